"""`pbx import`: tenant files out of other systems' lists and configurations."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.importing.company import Company

app = typer.Typer(name="import", help="Make a tenant file of what other systems export.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="TENANT", help="The name of the tenant to be: tenants/TENANT.yaml.")]
Called = Annotated[str, typer.Option("--name", help="What people call the tenant.", show_default="TENANT")]
Domain = Annotated[str, typer.Option(help="Its SIP domain.", show_default="TENANT.example")]
Country = Annotated[str, typer.Option(help="ISO 3166-1; national numbers are read as its.")]
Zone = Annotated[str, typer.Option(help="An IANA time zone.")]
Language = Annotated[str, typer.Option(help="What callers hear.")]
Plan = Annotated[str, typer.Option(help="The plan of users of whom nothing else says one.")]
Place = Annotated[str, typer.Option(help="Of the site's emergency address.")]
Write = Annotated[bool, typer.Option("--write", help="Write the file instead of printing it.")]


@app.callback()
def _import() -> None:
    """Make a tenant file of what other systems export."""


@app.command("csv")
def csv(
    slug: Slug,
    users: Annotated[Path, typer.Argument(help="The list of users, with headings.")],
    numbers: Annotated[Path | None, typer.Option(help="A list of public numbers and where they lead.")] = None,
    name: Called = "",
    domain: Domain = "",
    country: Country = "SE",
    time_zone: Zone = "Europe/Stockholm",
    language: Language = "sv",
    plan: Plan = "",
    street: Place = "",
    postal_code: Place = "",
    city: Place = "",
    write: Write = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of a list of users, and say what of it could not be taken over."""
    from provisioner.pipeline.importing import people, sheet

    def read() -> Company:
        listed = sheet.read(_content(users), users.name, people.USERS, "extension")
        lines = sheet.read(_content(numbers), numbers.name, people.NUMBERS, "number") if numbers else None
        return people.company(listed, lines, country, plan)

    head = (name, domain, time_zone, language, country, street, postal_code, city)
    return _made(slug, head, read, _named(users, numbers), write, folder)


@app.command("fusionpbx")
def fusionpbx(
    slug: Slug,
    extensions: Annotated[Path, typer.Argument(help="The export of Extensions (CSV).")],
    destinations: Annotated[Path | None, typer.Option(help="The export of Destinations (CSV).")] = None,
    name: Called = "",
    domain: Domain = "",
    country: Country = "SE",
    time_zone: Zone = "Europe/Stockholm",
    language: Language = "sv",
    plan: Plan = "",
    street: Place = "",
    postal_code: Place = "",
    city: Place = "",
    write: Write = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of what FusionPBX exports of extensions and destinations."""
    from provisioner.pipeline.importing import exports, people, sheet

    def read() -> Company:
        users = sheet.read(_content(extensions), extensions.name, exports.FUSIONPBX_USERS, "extension")
        lines = None
        if destinations:
            lines = sheet.read(_content(destinations), destinations.name, exports.FUSIONPBX_NUMBERS, "number")
        return _told(people.company, *exports.fusionpbx(users, lines, country), country, plan)

    head = (name, domain, time_zone, language, country, street, postal_code, city)
    return _made(slug, head, read, _named(extensions, destinations), write, folder)


@app.command("wazo")
def wazo(
    slug: Slug,
    users: Annotated[Path, typer.Argument(help="What wazo-confd gives for /users/export (CSV).")],
    name: Called = "",
    domain: Domain = "",
    country: Country = "SE",
    time_zone: Zone = "Europe/Stockholm",
    language: Language = "sv",
    plan: Plan = "",
    street: Place = "",
    postal_code: Place = "",
    city: Place = "",
    write: Write = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of the users that Wazo exports, with their direct numbers."""
    from provisioner.pipeline.importing import exports, people, sheet

    def read() -> Company:
        found = exports.wazo(sheet.read(_content(users), users.name, exports.WAZO, "first"))
        return _told(people.company, *found, country, plan)

    head = (name, domain, time_zone, language, country, street, postal_code, city)
    return _made(slug, head, read, users.name, write, folder)


@app.command("ivozprovider")
def ivozprovider(
    slug: Slug,
    lists: Annotated[list[Path], typer.Argument(help="Lists of its client API (JSON): users, extensions, DDIs.")],
    name: Called = "",
    domain: Domain = "",
    country: Country = "SE",
    time_zone: Zone = "Europe/Stockholm",
    language: Language = "sv",
    plan: Plan = "",
    street: Place = "",
    postal_code: Place = "",
    city: Place = "",
    write: Write = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of the users, extensions and DDIs that IvozProvider's client API lists."""
    from provisioner.pipeline.importing import exports, people

    def read() -> Company:
        found = exports.ivozprovider({each.name: _content(each) for each in lists})
        return _told(people.company, *found, country, plan)

    head = (name, domain, time_zone, language, country, street, postal_code, city)
    return _made(slug, head, read, ", ".join(each.name for each in lists), write, folder)


@app.command("asterisk")
def asterisk(
    slug: Slug,
    configuration: Annotated[Path, typer.Argument(help="A folder with extensions.conf, queues.conf, voicemail.conf.")],
    sounds: Annotated[
        Path | None, typer.Option(help="The sounds, in a folder of the provider's; without it prompts are TODO.")
    ] = None,
    name: Called = "",
    domain: Domain = "",
    country: Country = "SE",
    time_zone: Zone = "Europe/Stockholm",
    language: Language = "sv",
    plan: Plan = "",
    street: Place = "",
    postal_code: Place = "",
    city: Place = "",
    write: Write = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of an Asterisk's own dialplan, queues and mailboxes."""
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.importing.asterisk import files, read

    def company() -> Company:
        content = files.within(configuration)
        if content("extensions.conf") is None:
            raise UsageError(f"{configuration} has no extensions.conf", "name the folder, usually etc/asterisk")
        return read.company(content, country, plan, files.sounds(sounds, folder))

    head = (name, domain, time_zone, language, country, street, postal_code, city)
    return _made(slug, head, company, configuration.name, write, folder)


def _told(
    company: Callable[..., Company], users: object, numbers: object, left: list[str], country: str, plan: str
) -> Company:
    made = company(users, numbers, country, plan)
    made.left[:0] = left
    return made


def _made(
    slug: str, head: tuple[str, ...], read: Callable[[], Company], sources: str, write: bool, folder: Path
) -> int:
    """Prints or writes the file with what was read, tells its findings and what was left out; 3 where it has errors."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import Severity
    from provisioner.core.refs import NAME_PATTERN
    from provisioner.pipeline.editing.project import Project
    from provisioner.pipeline.importing.written import Header, written
    from provisioner.pipeline.load import platform

    from . import screen
    from .reports import text

    platform(folder)  # says where there is no provider's folder
    if not re.fullmatch(NAME_PATTERN, slug):
        raise UsageError(f"{slug!r} is no tenant's name", "take letters a–z, digits and hyphens")
    file = folder.resolve() / f"tenants/{slug}.yaml"
    if write and file.exists():
        raise UsageError(f"{file} is there already", "choose another name, or leave --write out and compare")
    name, domain, *others = head
    made = read()
    document = written(made, Header(name or slug, domain or f"{slug}.example", *others), sources)
    project = Project(folder.resolve())
    project.unsaved[file] = document
    findings = project.findings(slug)
    if write:
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


def _named(*files: Path | None) -> str:
    return " and ".join(each.name for each in files if each)


def _content(file: Path) -> bytes:
    from provisioner.core.errors import UsageError

    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "name a CSV file with headings") from None
