"""`pbx import`: tenant files out of other systems' lists and configurations."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.importing.company import Company
    from provisioner.pipeline.importing.sheet import Sheet
    from provisioner.pipeline.importing.written import Header

app = typer.Typer(name="import", help="Make a tenant file of what other systems export.", no_args_is_help=True)

Place = Annotated[str, typer.Option(help="Of the site's emergency address.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What every import is told beside its sources: the arguments and options that all of its commands have."""

    slug: Annotated[str, typer.Argument(metavar="TENANT", help="The name of the tenant to be: tenants/TENANT.yaml.")]
    name: Annotated[str, typer.Option("--name", help="What people call the tenant.", show_default="TENANT")] = ""
    domain: Annotated[str, typer.Option(help="Its SIP domain.", show_default="TENANT.example")] = ""
    country: Annotated[str, typer.Option(help="ISO 3166-1; national numbers are read as its.")] = "SE"
    time_zone: Annotated[str, typer.Option(help="An IANA time zone.")] = "Europe/Stockholm"
    language: Annotated[str, typer.Option(help="What callers hear.")] = "sv"
    plan: Annotated[str, typer.Option(help="The plan of users of whom nothing else says one.")] = ""
    street: Place = ""
    postal_code: Place = ""
    city: Place = ""
    write: Annotated[bool, typer.Option("--write", help="Write the file instead of printing it.")] = False
    folder: FolderOption = Path()


Found = tuple["Company", str]
"""The company as its sources have it, and their names."""
Read = Callable[..., Found]


def _command(name: str) -> Callable[[Read], Read]:
    """Mounts a command: what its function takes beside `Wanted`, and what `Wanted` says."""

    def mount(read: Read) -> Read:
        def command(**told: Any) -> int:
            wanted = Wanted(**{each.name: told.pop(each.name) for each in fields(Wanted)})
            file = _free(wanted)
            return _made(wanted, file, *read(wanted, **told))

        slug, *common = _parameters(Wanted)
        ordered = [slug, *_parameters(read)[1:], *common]
        command.__doc__ = read.__doc__
        command.__annotations__ = {each.name: each.annotation for each in ordered} | {"return": int}
        command.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]  # which typer reads
        app.command(name)(command)
        return read

    return mount


def _parameters(of: Callable[..., Any]) -> list[inspect.Parameter]:
    by_name = inspect.Parameter.KEYWORD_ONLY  # some have defaults, and some behind them none
    return [each.replace(kind=by_name) for each in inspect.signature(of, eval_str=True).parameters.values()]


@app.callback()
def _import() -> None:
    """Make a tenant file of what other systems export."""


@_command("csv")
def csv(
    wanted: Wanted,
    users: Annotated[Path, typer.Argument(help="The list of users, with headings.")],
    numbers: Annotated[Path | None, typer.Option(help="A list of public numbers and where they lead.")] = None,
) -> Found:
    """Make a tenant file of a list of users, and say what of it could not be taken over."""
    from provisioner.pipeline.importing import people, sheet

    listed = sheet.read(_content(users), users.name, people.USERS, "extension")
    lines = sheet.read(_content(numbers), numbers.name, people.NUMBERS, "number") if numbers else None
    return people.company(listed, lines, wanted.country, wanted.plan), _named(users, numbers)


@_command("fusionpbx")
def fusionpbx(
    wanted: Wanted,
    extensions: Annotated[Path, typer.Argument(help="The export of Extensions (CSV).")],
    destinations: Annotated[Path | None, typer.Option(help="The export of Destinations (CSV).")] = None,
) -> Found:
    """Make a tenant file of what FusionPBX exports of extensions and destinations."""
    from provisioner.pipeline.importing import exports, sheet

    users = sheet.read(_content(extensions), extensions.name, exports.FUSIONPBX_USERS, "extension")
    lines = None
    if destinations:
        lines = sheet.read(_content(destinations), destinations.name, exports.FUSIONPBX_NUMBERS, "number")
    return _company(wanted, *exports.fusionpbx(users, lines, wanted.country)), _named(extensions, destinations)


@_command("wazo")
def wazo(
    wanted: Wanted,
    users: Annotated[Path, typer.Argument(help="What wazo-confd gives for /users/export (CSV).")],
    lists: Annotated[
        list[Path] | None,
        typer.Option("--list", help="A list of wazo-confd (JSON): incalls, groups, queues, ivr or schedules; repeat."),
    ] = None,
) -> Found:
    """Make a tenant file of the users that Wazo exports, and of the calls, groups, queues and menus that it lists."""
    from provisioner.pipeline.importing import exports, sheet
    from provisioner.pipeline.importing.wazo import Lists

    people = sheet.read(_content(users), users.name, exports.WAZO, "first")
    made = _company(wanted, *exports.wazo(people))
    if lists:
        by_place = {each.place: each for each in made.people}
        known = {row.get("uuid"): by_place[row.place] for row in people.rows if row.place in by_place}
        Lists(made, known, wanted.country).read({each.name: _content(each) for each in lists})
    return made, _named(users, *lists or ())


@_command("ivozprovider")
def ivozprovider(
    wanted: Wanted,
    lists: Annotated[list[Path], typer.Argument(help="Lists of its client API (JSON): users, extensions, DDIs.")],
) -> Found:
    """Make a tenant file of the users, extensions and DDIs that IvozProvider's client API lists."""
    from provisioner.pipeline.importing import exports

    found = exports.ivozprovider({each.name: _content(each) for each in lists})
    return _company(wanted, *found), ", ".join(each.name for each in lists)


@_command("asterisk")
def asterisk(
    wanted: Wanted,
    configuration: Annotated[Path, typer.Argument(help="A folder with extensions.conf, queues.conf, voicemail.conf.")],
    sounds: Annotated[
        Path | None, typer.Option(help="The sounds, in a folder of the provider's; without it prompts are TODO.")
    ] = None,
) -> Found:
    """Make a tenant file of an Asterisk's own dialplan, queues and mailboxes."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.importing.asterisk import files, read

    content = files.within(configuration)
    if content("extensions.conf") is None:
        raise UsageError(f"{configuration} has no extensions.conf", "name the folder, usually etc/asterisk")
    made = read.company(content, wanted.country, wanted.plan, files.sounds(sounds, wanted.folder))
    return made, configuration.name


def _company(wanted: Wanted, users: Sheet, numbers: Sheet, left: list[str]) -> Company:
    """The company of two sheets; `left` is what was left out of them before."""
    from provisioner.pipeline.importing import people

    made = people.company(users, numbers, wanted.country, wanted.plan)
    made.left[:0] = left
    return made


def _free(wanted: Wanted) -> Path:
    """The file that the tenant is to have; raises UsageError where it cannot be written."""
    from provisioner.core.errors import UsageError
    from provisioner.core.refs import NAME_PATTERN
    from provisioner.pipeline.load import platform

    platform(wanted.folder)  # says where there is no provider's folder
    if not re.fullmatch(NAME_PATTERN, wanted.slug):
        raise UsageError(f"{wanted.slug!r} is no tenant's name", "take letters a–z, digits and hyphens")
    file = wanted.folder.resolve() / f"tenants/{wanted.slug}.yaml"
    if wanted.write and file.exists():
        raise UsageError(f"{file} is there already", "choose another name, or leave --write out and compare")
    return file


def _made(wanted: Wanted, file: Path, made: Company, sources: str) -> int:
    """Prints or writes the file with what was read, tells its findings and what was left out; 3 where it has errors."""
    from provisioner.core.findings import Severity
    from provisioner.pipeline.editing.project import Project
    from provisioner.pipeline.importing.written import written

    from . import screen
    from .reports import text

    document = written(made, _header(wanted), sources)
    project = Project(wanted.folder.resolve())
    project.unsaved[file] = document
    findings = project.findings(wanted.slug)
    if wanted.write:
        file.parent.mkdir(exist_ok=True)
        file.write_text(document, encoding="utf-8")
    else:
        print(document, end="")
    text.write(findings, sys.stderr)
    for each in made.left:
        shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in each)  # a terminal obeys some
        screen.current().note(f"left out: {shown}")
    things = {"users": len(made.people), "numbers": len(made.lines)}
    things |= {section.replace("_", " "): len(entries) for section, entries in made.sections.items()}
    things["remarks"] = len(made.left)
    screen.current().note(", ".join(f"{count} {what}" for what, count in things.items()))
    return 3 if any(each.severity is Severity.ERROR for each in findings) else 0


def _header(wanted: Wanted) -> Header:
    from provisioner.pipeline.importing.written import Header

    return Header(
        wanted.name or wanted.slug,
        wanted.domain or f"{wanted.slug}.example",
        wanted.time_zone,
        wanted.language,
        wanted.country,
        wanted.street,
        wanted.postal_code,
        wanted.city,
    )


def _named(*files: Path | None) -> str:
    return " and ".join(each.name for each in files if each)


def _content(file: Path) -> bytes:
    from provisioner.core.errors import UsageError

    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "name a CSV file with headings") from None
