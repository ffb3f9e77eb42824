"""`pbx schedule`: looks at a year of a schedule, and takes days over from a calendar file."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.switching import Found

    from .year import Year

FORMAT_VERSION = 1

app = typer.Typer(
    name="schedule", help="Show a year of a schedule, or take days over from a calendar file.", no_args_is_help=True
)


class Drawn(StrEnum):
    TEXT = "text"
    JSON = "json"
    SVG = "svg"


class Meaning(StrEnum):
    CLOSED = "closed"
    HOURS = "hours"


TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]


@app.command()
def show(
    tenant: TenantArgument,
    schedule: Annotated[str | None, typer.Argument(help="The schedule; all of the tenant where none is named.")] = None,
    year: Annotated[int | None, typer.Option(min=2024, max=2060, help="The year.", show_default="this year")] = None,
    form: Annotated[
        Drawn, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries; svg takes one schedule.")
    ] = Drawn.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Print or draw a year: what holds on each day, holidays by name, days on which the clocks change."""
    from provisioner.core.errors import UsageError

    found = _found(folder, tenant, schedule)
    if form is Drawn.SVG and len(found) != 1:
        names = ", ".join(each.name for each in found)
        raise UsageError(f"{tenant} has {len(found)} schedules and a picture shows one", f"name one of: {names}")
    years = [_year(each, year or date.today().year) for each in found]  # noqa: DTZ011  (which year is it here?)
    if form is Drawn.SVG:
        from .year.picture import draw

        print(draw(years[0]), end="")
    elif form is Drawn.JSON:
        document = {"format_version": FORMAT_VERSION, "schedules": [_document(each) for each in years]}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from .year.text import lines

        for each in years:
            for line in lines(each):
                screen.current().console().print(line, soft_wrap=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An iCalendar file, such as school holidays.")],
    tenant: TenantArgument,
    schedule: Annotated[str, typer.Argument(help="The schedule whose clock counts.")],
    year: Annotated[
        list[int] | None, typer.Option(help="A year to take over; may be repeated.", show_default="this and the next")
    ] = None,
    meaning: Annotated[
        Meaning, typer.Option("--as", help="Whole days are closed; events with a time of day are opening hours.")
    ] = Meaning.CLOSED,
    folder: FolderOption = Path(),
) -> None:
    """Write the days of a calendar file as exceptions, to be pasted into the schedule."""
    from provisioner.pipeline import ical

    (found,) = _found(folder, tenant, schedule)
    years = sorted(year or [date.today().year, date.today().year + 1])  # noqa: DTZ011
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    taken = ical.read(file, first, last, found.zone, hours=meaning is Meaning.HOURS)
    kept = tuple(each for each in taken.closures if each.first.year in years or each.last.year in years)
    print("\n".join(ical.written(kept)))
    for each in taken.passed_over:
        screen.current().note(f"passed over: {each}")


def _found(folder: Path, tenant: str, schedule: str | None) -> list[Found]:
    from provisioner.core.errors import SpecificationInvalid
    from provisioner.pipeline import switching
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    specification = validate(load(folder, frozenset([tenant])))
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    names = [schedule] if schedule else list(specification.tenants[tenant].schedules)
    return [switching.find(specification, tenant, name) for name in names]


def _year(found: Found, year: int) -> Year:
    from provisioner.features.schedules.year import days

    from .year import Year

    return Year(
        found.tenant, found.name, year, found.zone.key, tuple(days(found.name, found.schedule, found.scope, year))
    )


def _document(year: Year) -> dict[str, Any]:
    days = [
        {
            "date": each.date.isoformat(),
            "kind": each.kind.value,
            "hours": list(each.hours),
            "titles": list(each.titles),
            "destination": each.destination,
            "clocks": each.clocks,
            "source": ".".join(map(str, each.source)),
        }
        for each in year.days
    ]
    return {"tenant": year.tenant, "schedule": year.schedule, "year": year.year, "time_zone": year.zone, "days": days}
