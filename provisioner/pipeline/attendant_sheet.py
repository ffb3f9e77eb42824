"""What an external attendant must know to answer for a tenant: how for each called number, its office, its people.

Everything but what people are doing stands in the tenant's file. A number is on the sheet of an attendant where calls
for it can come to her; how they come is said in the words of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope, Way
from provisioner.core.ports.activities import Doing
from provisioner.core.refs import Ref
from provisioner.features.activities.model import known
from provisioner.features.external_attendants.model import ExternalAttendant, Instructions
from provisioner.rules import flow
from provisioner.targets.asterisk.attendants import ANNOUNCES, BACK, KEYS
from provisioner.tenant import Tenant

from .doing import in_force

KIND = "external_attendant"
SENT_ON = ("sent_on",)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom callers may be connected or a message sent."""

    user: str
    name: str
    extension: str
    number: str
    mail: str
    mobile: str
    activity: str = ""
    """What she is doing, in the tenant's language; empty where that was not asked for, or there are no activities."""
    until: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """How calls for one number are answered."""

    number: str
    title: str
    language: str
    modes: tuple[str, ...]
    """When calls for it come: `only`, `overflow`, `out_of_hours`, `absence`, `chosen` by a key; `sent_on` where nothing
    but a user's sending them on to her extension brings them."""
    answer: str
    connect: str
    notify: str
    temporary: tuple[str, ...]
    """What holds today."""
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one attendant sees of a tenant."""

    tenant: str
    name: str
    attendant: str
    number: str
    """By this number she knows for whom she answers."""
    connects: str
    """What she presses before an extension; empty where she may not connect."""
    announces: str
    """The same, to speak to whoever is there first."""
    office: Mapping[str, str]
    called: tuple[Called, ...]
    colleagues: tuple[Colleague, ...]

    def document(self) -> dict[str, Any]:
        """As plain data, keys as the fields are called."""
        facts = asdict(self)
        for each in facts["called"]:
            each["questions"] = [{"question": asked, "answer": told} for asked, told in each["questions"]]
        return facts


def of_tenant(tenant: Tenant, scope: Scope, doing: Mapping[str, Doing] | None, now: datetime) -> tuple[Sheet, ...]:
    """A sheet for each external attendant of the tenant; `doing` is None where nobody was asked. `now` is aware.

    Raises UsageError where the tenant has none.
    """
    if not tenant.external_attendants:
        raise UsageError(f"{scope.slug} has no external attendant", "write the section `external_attendants`")
    today = now.astimezone(ZoneInfo(scope.time_zone)).date()
    people = tuple(_colleagues(tenant, scope, doing, now))
    return tuple(
        Sheet(
            tenant=scope.slug,
            name=tenant.name,
            attendant=name,
            number=each.number,
            connects=KEYS if each.connects else "",
            announces=ANNOUNCES if each.connects else "",
            office={key: text for key, text in each.office.model_dump().items() if text},
            called=tuple(_called(name, each, tenant, scope, today)),
            colleagues=people,
        )
        for name, each in tenant.external_attendants.items()
    )


def _called(name: str, attendant: ExternalAttendant, tenant: Tenant, scope: Scope, today: date) -> Iterator[Called]:
    for number, what in tenant.numbers.items():
        modes = _modes(Ref("number", number), Ref(KIND, name), scope) or (SENT_ON if attendant.extension else ())
        if not modes:
            continue
        common, own = attendant.instructions, attendant.numbers.get(number, Instructions())
        yield Called(
            number=number,
            title=what.title or "",
            language=what.language or scope.language,
            modes=modes,
            answer=own.answer or common.answer or "",
            connect=own.connect or common.connect or "",
            notify=own.notify or common.notify or "",
            temporary=tuple(each.text for each in (*own.temporary, *common.temporary) if each.days(today, today)),
            questions=tuple((each.question, each.answer) for each in (*own.questions, *common.questions)),
        )


def _modes(start: Ref, goal: Ref, scope: Scope) -> tuple[str, ...]:
    """How calls for a number come to the attendant: by the last step of each way there."""
    onward: dict[Ref, list[flow.Edge]] = {}
    for edge in flow.edges(scope):
        if at := _start(edge):
            onward.setdefault(at, []).append(edge)
    found: dict[str, None] = {}
    seen, ahead = {start}, [start]
    while ahead:
        for edge in onward.get(ahead.pop(0), ()):
            if edge.target == goal:
                found[_mode(edge, goal, scope)] = None
            if edge.target not in seen and edge.way is not Way.USES:
                seen.add(edge.target)
                ahead.append(edge.target)
    return tuple(found)


def _start(edge: flow.Edge) -> Ref | None:
    """From where a call goes: the graph of the rules knows nodes between numbers and people, this one the ends too."""
    kinds = {"numbers": "number", "users": "user"}
    return edge.start or (Ref(kinds[section], str(edge.path[1])) if (section := str(edge.path[0])) in kinds else None)


def _mode(edge: flow.Edge, goal: Ref, scope: Scope) -> str:
    section = edge.path[0]
    if edge.way is Way.CHOSEN:
        return "chosen"
    if section == "numbers":
        return "absence" if _has_absence(goal, scope) else "only"
    if section == "schedules":
        return "out_of_hours" if "open" not in edge.path[2:] else "only"
    return "absence" if "activities" in edge.path else "overflow"


def _has_absence(goal: Ref, scope: Scope) -> bool:
    return any(path[:3] == ("external_attendants", goal.name, "absence") for path, _ in scope.references)


def _colleagues(tenant: Tenant, scope: Scope, doing: Mapping[str, Doing] | None, now: datetime) -> Iterator[Colleague]:
    every, zone = known(tenant.activities), ZoneInfo(scope.time_zone)
    for user, what in tenant.users.items():
        mail, mobile = scope.addresses.get(user, ("", ""))
        person = Colleague(user, what.name, what.extension, scope.direct_numbers.get(user, ""), mail, mobile)
        if doing is None or not every:
            yield person
            continue
        current = in_force(doing.get(user, Doing()), now)
        title = every[current.activity].title_in(scope.language) if current.activity in every else current.activity
        ends = datetime.fromtimestamp(current.until, zone).isoformat(timespec="minutes") if current.until else ""
        yield replace(person, activity=title, until=ends, note=current.note)


def text(sheet: Sheet) -> Iterator[str]:
    """The sheet as lines to read."""
    yield f"{sheet.name}: {sheet.attendant}, dialled as {sheet.number}"
    if sheet.connects:
        yield f"  to connect: {sheet.connects}, the extension, #"
        yield f"  to announce first: {sheet.announces}, the extension, #; hanging up connects, {BACK} goes back"
    for each in sheet.called:
        yield ""
        yield " ".join(filter(None, (each.number, each.title, f"({each.language}; {', '.join(each.modes)})")))
        yield from _said(("answer", each.answer), ("connect", each.connect), ("notify", each.notify))
        yield from (f"  today: {words}" for words in each.temporary)
        yield from (f"  {asked}\n    {told}" for asked, told in each.questions)
    if sheet.office:
        yield "\nOffice"
        yield from _said(*sheet.office.items())
    yield "\nPeople"
    for person in sheet.colleagues:
        yield "  " + ", ".join(_person(person))


def _said(*pairs: tuple[str, str]) -> Sequence[str]:
    return [f"  {key}: {words}" for key, words in pairs if words]


def _person(person: Colleague) -> Iterator[str]:
    yield from filter(None, (person.name, person.extension, person.number, person.mail, person.mobile))
    if person.activity:
        until = f" until {person.until.replace('T', ' ')[:16]}" if person.until else ""
        yield person.activity + until + (f" ({person.note})" if person.note else "")
