"""A schedule in Asterisk: one context that asks, at the time of the call, the switch, the day and the clock.

Extension `s` takes the call and asks the switch; `now` says what the schedule decides. `day` (a subroutine: instant,
time) finds the rule that holds for the instant's day and jumps to that rule's own extension (no hyphens: Asterisk reads
over them), which answers whether its windows hold the time. Times are compared as the numbers HHMM; a time of
yesterday's late windows is asked for as HHMM + 2400. The rule that decided is left in the channel event log, so that an
audit can say why a call went where it went. GotoIfTime is not used: its ends are inclusive, it does not go over
midnight, and it knows no clock but the machine's.

Days of a calendar file stand in a context of the schedule, one extension a year, each day with the number of its rule.

Holidays stand in a context of the tenant, one extension a year, that schedules with the same calendar share. They are
not shared between tenants: a bundle must hold all that its tenant needs, so that an update of the holiday tables is
seen in the plan of each tenant that it changes. A row a year keeps that copy to a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.week import DAYS, MIDNIGHT, Window, days_of
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import agenda
from .calendars import YEARS, days_off
from .model import Holidays, Schedule, SpecialDays
from .spans import LAST, DateSpan, NthWeekday, Span
from .switch import Switching, asked, clock
from .trace import all_hours


def lower(schedules: dict[str, Schedule], scope: Scope) -> Iterator[AsteriskObject]:
    shared: set[str] = set()
    for name, schedule in schedules.items():
        yield from _Lowering(name, schedule, scope).routes()
        if schedule.switch:
            yield from Switching(name, schedule.switch, scope, ("schedules", name, "switch")).objects()
        if schedule.holidays and (context := _calendar_context(name, schedule.holidays, scope)) not in shared:
            shared.add(context)
            yield from _calendar_routes(context, schedule.holidays, scope, ("schedules", name, "holidays"))


class _Lowering:
    """One schedule on its way to routes."""

    def __init__(self, name: str, schedule: Schedule, scope: Scope) -> None:
        self.name, self.schedule, self.scope = name, schedule, scope
        self.ref = Ref("schedule", name)
        self.path: Path = ("schedules", name)
        self.context = naming.destination(scope.slug, self.ref)[0]
        self.zone = schedule.time_zone or scope.time_zone
        self.agenda = agenda.of(schedule, scope)
        self.agenda_context = naming.context(scope.slug, "calendar", name)

    def routes(self) -> Iterator[Route]:
        yield Route(self.context, "s", tuple(self._entry()), self.path)
        yield Route(self.context, "asked", tuple(asked(self.name, self.scope.slug, self.path)), self.path)
        yield Route(self.context, "now", tuple(self._now()), self.path)
        yield Route(self.context, "day", tuple(self._day()), self.path)
        for each in (*self.schedule.dated(), *self.schedule.recurring()):
            yield self._rule(each.span.label, each.hours, (*self.path, *each.where))
            if each.prompt:
                yield self._away(each)
        yield from self._calendar()
        if self.schedule.holidays:
            yield self._rule("holiday", self.schedule.holidays.hours, (*self.path, "holidays"))
        yield from self._week()

    def _entry(self) -> Iterator[Step]:
        say, schedule = Steps(self.scope.slug), self.schedule
        yield say.enter(self.ref, self.path)
        yield self._step("Set", clock(self.scope.slug))
        yield self._step("Set", "PBX_RULE=switch")
        yield self._step("Gosub", f"{self.context},asked,1")
        yield self._step("GotoIf", '$["${GOSUB_RETVAL}" = "open"]?open')
        yield self._step("GotoIf", '$["${GOSUB_RETVAL}" = "closed"]?closed')
        yield self._step("Gosub", f"{self.context},now,1")
        yield self._step("GotoIf", "${GOSUB_RETVAL}?open")
        yield Step("CELGenUserEvent", "rule,${PBX_RULE}", "closed", (*self.path, "closed"))
        yield self._step("Set", "PBX_CLOSED=yes")
        yield from self._closed_days(say)
        yield say.goto(schedule.closed, (*self.path, "closed"))
        yield Step("CELGenUserEvent", "rule,${PBX_RULE}", "open", (*self.path, "open"))
        yield say.goto(schedule.open, (*self.path, "open"))

    def _now(self) -> Iterator[Step]:
        if self._over_midnight():
            # Half a day before midnight is yesterday, also where the clocks changed in between.
            yesterday = f"$[${{PBX_AT}} - {self._clock('PBX_AT', '%H')} * 3600 - 43200]"
            yield self._ask(yesterday, f"$[{self._clock('PBX_AT', '%H%M')} + 2400]")
            yield self._step("ExecIf", "${GOSUB_RETVAL}?Return(1)")
        yield self._ask("${PBX_AT}", self._clock("PBX_AT", "%H%M"))
        yield self._step("Return", "${GOSUB_RETVAL}")

    def _closed_days(self, say: Steps) -> Iterator[Step]:
        """Days that lead somewhere else than the schedule's own `closed`."""
        for each in self.schedule.special_days():
            where, holds = (*self.path, *each.where), f'"${{PBX_RULE}}" = "{each.span.label}"'
            if each.prompt:
                yield Step("GotoIf", f"$[{holds}]?away_{each.span.label},1", source=(*where, "prompt"))
            elif each.destination:
                yield say.goto_if(holds, each.destination, (*where, "destination"))
        if self.schedule.calendar and self.schedule.calendar.destination:
            where = (*self.path, "calendar", "destination")
            holds = f'"${{PBX_RULE:0:{len(agenda.LABEL)}}}" = "{agenda.LABEL}"'
            yield say.goto_if(holds, self.schedule.calendar.destination, where)
        if self.schedule.holidays and self.schedule.holidays.destination:
            where = (*self.path, "holidays", "destination")
            yield say.goto_if('"${PBX_RULE}" = "holiday"', self.schedule.holidays.destination, where)

    def _day(self) -> Iterator[Step]:
        yield self._step("Set", f"LOCAL(date)={self._clock('ARG1', '%Y%m%d')}")
        if any(isinstance(each.span, NthWeekday) for each in self.schedule.recurring()):
            yield self._step("Set", f"LOCAL(weekday)={self._clock('ARG1', '%u')}")
            # From noon it is a week to the same day of the next, also where the clocks change in between.
            noon = f"$[${{ARG1}} - {self._clock('ARG1', '%H')} * 3600 + 43200 + 604800]"
            yield self._step("Set", f"LOCAL(later)=${{STRFTIME({noon},{self.zone},%m)}}")
        yield from (self._when(each) for each in self.schedule.dated())
        if self.agenda:
            where = (*self.path, "calendar")
            yield Step("Gosub", f"{self.agenda_context},${{date:0:4}},1", source=where)
            for label in sorted({each.label for each in self.agenda.values()}):
                day = f"${{date:4}}{_numbered(label)}"
                yield Step("GotoIf", f'$["${{GOSUB_RETVAL}}" =~ "{day}"]?{label},1', source=where)
        yield from (self._when(each) for each in self.schedule.recurring())
        if self.schedule.holidays:
            where = (*self.path, "holidays")
            context = _calendar_context(self.name, self.schedule.holidays, self.scope)
            yield Step("Gosub", f"{context},${{date:0:4}},1", source=where)
            yield Step("GotoIf", '$["${GOSUB_RETVAL}" =~ "${date:4}"]?holiday,1', source=where)
        yield self._step("Goto", f"weekday_{self._clock('ARG1', '%u')},1")

    def _when(self, each: SpecialDays) -> Step:
        where = (*self.path, *each.where)
        return Step("GotoIf", f"$[{_condition(each.span)}]?{each.span.label},1", source=where)

    def _away(self, each: SpecialDays) -> Route:
        """Says why it is closed, and goes on."""
        assert each.prompt
        where, say = (*self.path, *each.where), Steps(self.scope.slug)
        words = heard(self.scope.sounds[each.prompt.name], self.scope.language)
        steps = (
            say.answer(where),
            Step("Playback", words, source=(*where, "prompt")),
            say.goto(each.destination or self.schedule.closed, (*where, "destination")),
        )
        return Route(self.context, f"away_{each.span.label}", steps, where)

    def _calendar(self) -> Iterator[Route]:
        """Each rule of the calendar file, and the years with their days."""
        if not self.agenda:
            return
        where = (*self.path, "calendar")
        for label, windows in sorted({each.label: list(each.windows) for each in self.agenda.values()}.items()):
            yield self._rule(label, windows, where)
        years: dict[int, str] = {}
        for day, entry in self.agenda.items():
            years[day.year] = years.get(day.year, "") + f"{day:%m%d}{_numbered(entry.label)}"
        for year, days in years.items():
            yield Route(self.agenda_context, str(year), (Step("Return", days, source=where),), where)
        yield Route(self.agenda_context, "_X.", (Step("Return", source=where),), where)

    def _week(self) -> Iterator[Route]:
        hours = {day: (days, hours) for days, hours in self.schedule.weekly.items() for day in days_of(days)}
        for day, label in enumerate(DAYS):
            days, windows = hours.get(day, ("", []))
            where = (*self.path, "weekly", days) if days else (*self.path, "weekly")
            yield self._rule(f"weekday_{day + 1}", windows, where, label)

    def _rule(self, extension: str, windows: list[Window], source: Path, label: str = "") -> Route:
        """Answers whether the time in ARG2 is in one of the windows, and leaves the rule's name."""
        steps = (
            Step("Set", f"PBX_RULE={label or extension}", source=source),
            Step("Return", _within(windows), source=source),
        )
        return Route(self.context, extension, steps, source)

    def _ask(self, instant: str, time: str) -> Step:
        return self._step("Gosub", f"{self.context},day,1({instant},{time})")

    def _clock(self, variable: str, form: str) -> str:
        return f"${{STRFTIME(${{{variable}}},{self.zone},{form})}}"

    def _step(self, application: str, arguments: str) -> Step:
        return Step(application, arguments, source=self.path)

    def _over_midnight(self) -> bool:
        return any(each.end > MIDNIGHT for windows in all_hours(self.schedule, self.scope) for each in windows)


def _numbered(label: str) -> str:
    """How a day of the calendar is marked with its rule."""
    return f"={label.removeprefix(agenda.LABEL)}/"


def _condition(span: Span) -> str:
    """Whether the day in the variable `date` (YYYYMMDD) belongs to the span; `weekday` is its day of the week from 1,
    `later` the month in which the same weekday of the next week lies."""
    if isinstance(span, NthWeekday):
        return " & ".join(_nth(span))
    if isinstance(span, DateSpan):
        day, first, last = "${date}", f"{span.first:%Y%m%d}", f"{span.last:%Y%m%d}"
    else:
        day, first, last = "${date:4}", *(f"{month:02}{day:02}" for month, day in (span.first, span.last))
    if first == last:
        return f"{day} = {first}"
    return f"{day} >= {first} {'&' if first < last else '|'} {day} <= {last}"


def _nth(span: NthWeekday) -> Iterator[str]:
    yield f"${{weekday}} = {span.weekday + 1}"
    if span.month:
        yield f"${{date:4:2}} = {span.month}"
    if span.nth == LAST:
        yield "${date:4:2} != ${later}"
    else:
        yield f"${{date:6}} > {span.nth * 7 - 7}"
        yield f"${{date:6}} <= {span.nth * 7}"


@cache
def _window(start: int, end: int) -> str:
    return f"(${{ARG2}} >= {_hhmm(start)} & ${{ARG2}} < {_hhmm(end)})"


def _within(windows: list[Window]) -> str:
    return f"$[{' | '.join(_window(each.start, each.end) for each in windows)}]" if windows else "0"


def _hhmm(minutes: int) -> int:
    return minutes // 60 * 100 + minutes % 60


def _calendar_context(name: str, holidays: Holidays, scope: Scope) -> str:
    """Shared by the schedules that take a country's calendar as it is; capitals keep countries and names apart."""
    if holidays.without or holidays.with_:
        return naming.context(scope.slug, "holidays", name)
    country = holidays.country or scope.country
    return naming.context(scope.slug, "holidays", f"{country}-{holidays.region}" if holidays.region else country)


def _calendar_routes(context: str, holidays: Holidays, scope: Scope, source: Path) -> Iterator[Route]:
    country, region = holidays.country or scope.country, holidays.region or ""
    extra = tuple(span for day in holidays.with_ if (span := day.span))
    for year, days in _years(country, region, frozenset(holidays.without), extra):
        yield Route(context, year, (Step("Return", days, source=source),), source)
    yield Route(context, "_X.", (Step("Return", source=source),), source)


@cache
def _years(country: str, region: str, without: frozenset[str], extra: tuple[Span, ...]) -> tuple[tuple[str, str], ...]:
    """Year → its holidays as MMDD, in order."""
    days = set(days_off(country, region, without))
    if extra:
        every = (date.fromordinal(each) for each in range(_NEW_YEAR, date(YEARS[-1], 12, 31).toordinal() + 1))
        days.update(day for day in every if any(span.holds(day) for span in extra))
    rows: dict[int, list[str]] = {year: [] for year in YEARS}
    for day in sorted(days):
        rows[day.year].append(f"{day:%m%d}")
    return tuple((str(year), " ".join(row)) for year, row in rows.items())


_NEW_YEAR = date(YEARS[0], 1, 1).toordinal()
