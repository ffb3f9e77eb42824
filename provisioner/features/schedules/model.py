"""What a tenant file says of a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from provisioner.core.codes import Code
from provisioner.core.model import Country, Model, Text, TimeZone
from provisioner.core.refs import Destination, NameOf, Ref
from provisioner.core.source import Path
from provisioner.core.week import Hours, WeekDays, Window

from .spans import DateSpan, Recurs, Span


class Day(Model):
    """An extra holiday: either `date` or `recurs`."""

    title: Text | None = None
    """What people call it."""
    date: DateSpan | None = None
    """Once: a day or several of one year."""
    recurs: Recurs | None = None
    """Every year (`12-24`, `12-24..01-02`, `4th thu nov`), or every month (`last fri`)."""

    @property
    def span(self) -> Span | None:
        """The days that are meant."""
        return self.date or self.recurs


class ExceptionDay(Day):
    """Days that differ from the week: either `date` or `recurs`, and either `hours` or `closed: yes`."""

    hours: Hours | None = None
    """When it is open on these days, instead of the weekly hours."""
    closed: bool = False
    """Closed all day."""
    destination: Destination | None = None
    """Where calls go on these days while it is closed; the schedule's `closed` where it is not given."""


class Vacation(Model):
    """Days in a row on which it is closed, with words of their own for those who call."""

    title: Text | None = None
    """What people call it."""
    date: DateSpan
    """A day or several of one year: `2026-07-06..2026-08-02`."""
    prompt: NameOf("prompt") | None = None  # type: ignore[valid-type]
    """What callers hear before they go on."""
    destination: Destination | None = None
    """Where calls go on these days; the schedule's `closed` where it is not given."""


class Meaning(StrEnum):
    """What events with a time of day mean."""

    CLOSED = "closed"
    HOURS = "hours"


class Calendar(Model):
    """The days of an iCalendar file, as exceptions that are dated."""

    file: Text
    """The file, counted from the provider's folder: `tenants/klinik/closed.ics`."""
    as_: Meaning = Field(default=Meaning.CLOSED, alias="as")
    """Whole days are closed. Events with a time of day are opening hours with `hours`, else they say nothing."""
    destination: Destination | None = None
    """Where calls go on these days while it is closed; the schedule's `closed` where it is not given."""

    @property
    def hours(self) -> bool:
        return self.as_ is Meaning.HOURS


def _calendar(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


CalendarOrFile = Annotated[Calendar, BeforeValidator(_calendar, json_schema_input_type=Text | Calendar)]
"""`tenants/klinik/closed.ics`, or the keys of a calendar."""


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days that differ from the week, whichever part of the file says so; `where` is its place in the schedule."""

    where: Path
    span: Span
    hours: list[Window]
    title: str | None = None
    destination: Destination | None = None
    prompt: Ref | None = None


class Holidays(Model):
    """The public holidays of a country, and the days that nearly everybody there takes off."""

    country: Country | None = None
    """Whose holidays; the tenant's country where it is not given."""
    region: Text | None = None
    """ISO 3166-2 code of a part of the country, without the country: `BY` for Bavaria."""
    without: list[Text] = Field(default_factory=list)
    """Holidays that are ordinary days here, by name, in the country's language or in English."""
    with_: list[Day] = Field(default_factory=list, alias="with")
    """More days that count as holidays."""
    hours: Hours = Field(default_factory=list)
    """When it is open on holidays; closed where it is not given."""
    destination: Destination | None = None
    """Where calls go on holidays while it is closed; the schedule's `closed` where it is not given."""


class Switch(Model):
    """The manual switch, above everything else: users dial it, a key with a light shows it. What they set is theirs:
    applying the file never changes it."""

    code: Code
    """With `*28` users dial `*281` for open, `*282` for closed, `*280` to let the schedule decide again, and `*28` for
    the other way round: what is open closes, what is closed opens, what was switched is the schedule's again."""
    users: list[NameOf("user")] = Field(default_factory=list)  # type: ignore[valid-type]
    """Who may switch; everybody where nobody is named."""
    pin: bool = False
    """Whether a PIN is asked for; `pbx switch TENANT SCHEDULE --pin` tells it."""


def _switch(value: object) -> object:
    return {"code": value} if isinstance(value, str) else value


SwitchOrCode = Annotated[Switch, BeforeValidator(_switch, json_schema_input_type=Code | Switch)]
"""`"*28"`, or the keys of a switch."""


class Schedule(Model):
    """When it is open and where calls go. What decides, strongest first: the manual switch, a dated exception or a
    vacation, a day of the calendar file, an exception that recurs, a holiday, the weekly hours. Of two that recur a day
    of the year goes before a weekday of a month, and that before a weekday of every month; of two exceptions of one
    sort the shorter decides."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    time_zone: TimeZone | None = None
    """Whose clock counts; the tenant's where it is not given."""
    weekly: dict[WeekDays, Hours] = Field(default_factory=dict)
    """Hours by days of the week; a day that is not named is closed."""
    holidays: Holidays | None = None
    exceptions: list[ExceptionDay] = Field(default_factory=list)
    vacations: list[Vacation] = Field(default_factory=list)
    calendar: CalendarOrFile | None = None
    """An iCalendar file whose days count as exceptions."""
    switch: SwitchOrCode | None = None
    """The manual switch: a phone code such as `"*28"`, in quotes, or a mapping that says who may switch."""
    open: Destination
    """Where calls go while it is open."""
    closed: Destination
    """Where calls go while it is closed."""

    def special_days(self) -> list[SpecialDays]:
        """The exceptions and vacations, in the order of the file; those whose days are not clear are left out."""
        exceptions = (
            SpecialDays(("exceptions", index), span, each.hours or [], each.title, each.destination)
            for index, each in enumerate(self.exceptions)
            if (span := each.span) and not (each.date and each.recurs)
        )
        vacations = (
            SpecialDays(("vacations", index), each.date, [], each.title, each.destination, each.prompt)
            for index, each in enumerate(self.vacations)
        )
        return [*exceptions, *vacations]

    def dated(self) -> list[SpecialDays]:
        """Those of one year, strongest first: the shorter. They go before the calendar."""
        return sorted((each for each in self.special_days() if not each.span.rank), key=_weakness)

    def recurring(self) -> list[SpecialDays]:
        """Those of every year, strongest first: of a day of the year, of a weekday of one month, of a weekday of
        every month; of one sort the shorter."""
        return sorted((each for each in self.special_days() if each.span.rank), key=_weakness)


def _weakness(each: SpecialDays) -> tuple[int, int]:
    return each.span.rank, each.span.length
