"""`pbx import`: tenant files out of other systems' lists."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import FolderOption

app = typer.Typer(name="import", help="Make a tenant file of what other systems export.", no_args_is_help=True)


@app.callback()
def _import() -> None:
    """Make a tenant file of what other systems export."""


@app.command("csv")
def csv(
    slug: Annotated[str, typer.Argument(metavar="TENANT", help="The name of the tenant to be: tenants/TENANT.yaml.")],
    users: Annotated[Path, typer.Argument(help="The list of users, with headings.")],
    numbers: Annotated[Path | None, typer.Option(help="A list of public numbers and where they lead.")] = None,
    name: Annotated[str, typer.Option(help="What people call the tenant.", show_default="TENANT")] = "",
    domain: Annotated[str, typer.Option(help="Its SIP domain.", show_default="TENANT.example")] = "",
    country: Annotated[str, typer.Option(help="ISO 3166-1; national numbers are read as its.")] = "SE",
    time_zone: Annotated[str, typer.Option(help="An IANA time zone.")] = "Europe/Stockholm",
    language: Annotated[str, typer.Option(help="What callers hear.")] = "sv",
    plan: Annotated[str, typer.Option(help="The plan of users whose row names none.")] = "",
    street: Annotated[str, typer.Option(help="Of the site's emergency address.")] = "",
    postal_code: Annotated[str, typer.Option(help="Of the site's emergency address.")] = "",
    city: Annotated[str, typer.Option(help="Of the site's emergency address.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the file instead of printing it.")] = False,
    folder: FolderOption = Path(),
) -> int:
    """Make a tenant file of a list of users, and say what of it could not be taken over."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import Severity
    from provisioner.core.refs import NAME_PATTERN
    from provisioner.pipeline.editing.project import Project
    from provisioner.pipeline.importing import people, sheet
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
    listed = sheet.read(_content(users), users.name, people.USERS, "extension")
    lines = sheet.read(_content(numbers), numbers.name, people.NUMBERS, "number") if numbers else None
    made = people.company(listed, lines, country, plan)
    header = Header(name or slug, domain or f"{slug}.example", time_zone, language, country, street, postal_code, city)
    document = written(made, header, " and ".join(each.name for each in (users, numbers) if each))
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
        screen.current().note(f"left out: {each}")
    screen.current().note(f"{len(made.people)} users, {len(made.lines)} numbers, {len(made.left)} remarks")
    return 3 if any(each.severity is Severity.ERROR for each in findings) else 0


def _content(file: Path) -> bytes:
    from provisioner.core.errors import UsageError

    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "name a CSV file with headings") from None
