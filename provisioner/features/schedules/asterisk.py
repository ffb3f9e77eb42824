"""A schedule in Asterisk: one context that asks, at the time of the call, the switch, the day and the clock.

Extension `s` takes the call. `day` (a subroutine: instant, time) finds the rule that holds for the instant's day and
jumps to that rule's own extension (no hyphens: Asterisk reads over them), which answers whether its windows hold the
time. Times are compared as the numbers HHMM; a time of yesterday's late windows is asked for as HHMM + 2400. The rule
that decided is left in the channel event log, so that an audit can say why a call went where it went. GotoIfTime is
not used: its ends are inclusive, it does not go over midnight, and it knows no clock but the machine's.

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
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .calendars import YEARS, days_off
from .model import DAYS, MIDNIGHT, DateSpan, Holidays, Schedule, Window, YearlySpan, days_of

SWITCH = (
    ("0", "auto", spoken(sv="Schemat bestämmer igen.", en="The schedule decides again.")),
    ("1", "open", spoken(sv="Öppet tills vidare.", en="Open until further notice.")),
    ("2", "closed", spoken(sv="Stängt tills vidare.", en="Closed until further notice.")),
)
"""Last digit of the code, what it sets, what the user is told."""


def lower(schedules: dict[str, Schedule], scope: Scope) -> Iterator[AsteriskObject]:
    shared: set[str] = set()
    if any(schedule.switch for schedule in schedules.values()):
        for _, _, sentence in SWITCH:
            yield from (Sound(recipe, ("schedules",)) for recipe in sentence.values())
    for name, schedule in schedules.items():
        yield from _Lowering(name, schedule, scope).routes()
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

    def routes(self) -> Iterator[Route]:
        yield Route(self.context, "s", tuple(self._entry()), self.path)
        yield Route(self.context, "day", tuple(self._day()), self.path)
        for index, each in self.schedule.by_precedence():
            if span := each.date or each.recurs:
                yield self._rule(span.label, each.hours or [], (*self.path, "exceptions", index))
        if self.schedule.holidays:
            yield self._rule("holiday", self.schedule.holidays.hours, (*self.path, "holidays"))
        yield from self._week()
        if self.schedule.switch:
            yield from self._switch(self.schedule.switch, (*self.path, "switch"))

    def _switch(self, code: str, where: Path) -> Iterator[Route]:
        say = Steps(self.scope.slug)
        for digit, state, sentence in SWITCH:
            steps = (
                say.answer(where),
                Step("Set", f"DB({self._switch_key()})={state}", source=where),
                Step("CELGenUserEvent", f"switch,{self.ref} {state}", source=where),
                Step("Playback", heard(sentence, self.scope.language), source=where),
                Step("Hangup", source=where),
            )
            yield Route(naming.context(self.scope.slug, "service"), f"{code}{digit}", steps, where)

    def _switch_key(self) -> str:
        return f"{naming.database_family(self.scope.slug)}/switch-{self.name}"

    def _entry(self) -> Iterator[Step]:
        say, schedule, family = Steps(self.scope.slug), self.schedule, naming.database_family(self.scope.slug)
        switch = f"${{DB({self._switch_key()})}}"
        yield say.enter(self.ref, self.path)
        yield self._step("Set", f"PBX_AT=$[${{EPOCH}} + 0${{DB({family}/clock-offset)}}]")
        yield self._step("Set", "PBX_RULE=switch")
        yield self._step("GotoIf", f'$["{switch}" = "open"]?open')
        yield self._step("GotoIf", f'$["{switch}" = "closed"]?closed')
        if self._over_midnight():
            # Half a day before midnight is yesterday, also where the clocks changed in between.
            yesterday = f"$[${{PBX_AT}} - {self._clock('PBX_AT', '%H')} * 3600 - 43200]"
            yield self._ask(yesterday, f"$[{self._clock('PBX_AT', '%H%M')} + 2400]")
            yield self._step("GotoIf", "${GOSUB_RETVAL}?open")
        yield self._ask("${PBX_AT}", self._clock("PBX_AT", "%H%M"))
        yield self._step("GotoIf", "${GOSUB_RETVAL}?open")
        yield Step("CELGenUserEvent", "rule,${PBX_RULE}", "closed", (*self.path, "closed"))
        yield from self._closed_days(say)
        yield say.goto(schedule.closed, (*self.path, "closed"))
        yield Step("CELGenUserEvent", "rule,${PBX_RULE}", "open", (*self.path, "open"))
        yield say.goto(schedule.open, (*self.path, "open"))

    def _closed_days(self, say: Steps) -> Iterator[Step]:
        """Days that lead somewhere else than the schedule's own `closed`."""
        for index, each in enumerate(self.schedule.exceptions):
            if each.destination and (span := each.date or each.recurs):
                where = (*self.path, "exceptions", index, "destination")
                yield say.goto_if(f'"${{PBX_RULE}}" = "{span.label}"', each.destination, where)
        if self.schedule.holidays and self.schedule.holidays.destination:
            where = (*self.path, "holidays", "destination")
            yield say.goto_if('"${PBX_RULE}" = "holiday"', self.schedule.holidays.destination, where)

    def _day(self) -> Iterator[Step]:
        yield self._step("Set", f"LOCAL(date)={self._clock('ARG1', '%Y%m%d')}")
        for index, each in self.schedule.by_precedence():
            if span := each.date or each.recurs:
                where = (*self.path, "exceptions", index)
                yield Step("GotoIf", f"$[{_condition(span)}]?{span.label},1", source=where)
        if self.schedule.holidays:
            where = (*self.path, "holidays")
            context = _calendar_context(self.name, self.schedule.holidays, self.scope)
            yield Step("Gosub", f"{context},${{date:0:4}},1", source=where)
            yield Step("GotoIf", '$["${GOSUB_RETVAL}" =~ "${date:4}"]?holiday,1', source=where)
        yield self._step("Goto", f"weekday_{self._clock('ARG1', '%u')},1")

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
        schedule = self.schedule
        hours = [*schedule.weekly.values(), *(each.hours or [] for each in schedule.exceptions)]
        if schedule.holidays:
            hours.append(schedule.holidays.hours)
        return any(each.end > MIDNIGHT for windows in hours for each in windows)


def _condition(span: DateSpan | YearlySpan) -> str:
    """Whether the day in the variable `date` (YYYYMMDD) belongs to the span."""
    if isinstance(span, DateSpan):
        day, first, last = "${date}", f"{span.first:%Y%m%d}", f"{span.last:%Y%m%d}"
    else:
        day, first, last = "${date:4}", *(f"{month:02}{day:02}" for month, day in (span.first, span.last))
    if first == last:
        return f"{day} = {first}"
    return f"{day} >= {first} {'&' if first < last else '|'} {day} <= {last}"


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
    extra = tuple(span for day in holidays.with_ if (span := day.date or day.recurs))
    for year, days in _years(country, region, frozenset(holidays.without), extra):
        yield Route(context, year, (Step("Return", days, source=source),), source)
    yield Route(context, "_X.", (Step("Return", source=source),), source)


@cache
def _years(
    country: str, region: str, without: frozenset[str], extra: tuple[DateSpan | YearlySpan, ...]
) -> tuple[tuple[str, str], ...]:
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
