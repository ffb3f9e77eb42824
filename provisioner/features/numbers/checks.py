"""Findings of the tenant's numbers alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.callers import everybody, nobody
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.numbering import calling_code, is_valid, line_of, plan_of

from .model import Kind, Number

N101 = Rule(
    code="N101",
    title="Number that its country's plan does not know",
    why="A mistyped number is never called, and the right one reaches nobody.",
    remedy="Compare it with the carrier's list. Plans change: where the number is right, the tables of the "
    "phonenumbers library are behind, and newer ones will know it.",
    bad='"+46850100": {kind: main, destination: "schedule:opening"}',
    good='"+46850100100": {kind: main, destination: "schedule:opening"}',
    severity=Severity.WARNING,
    source="N1",
)
N102 = Rule(
    code="N102",
    title="Tenant without a main number",
    why="Calls from users who show no number of their own, and emergency calls, would come from nobody: carriers "
    "refuse such calls, and no rescuer could call back.",
    remedy="Give one number the kind `main`.",
    bad='numbers: {"+46850100100": {kind: other, destination: "schedule:opening"}}',
    good='numbers: {"+46850100100": {kind: main, destination: "schedule:opening"}}',
    source="N1",
)
N103 = Rule(
    code="N103",
    title="Number that leads to a number of the same tenant",
    why="The call would come back into the tenant; two such numbers would send it round for ever.",
    remedy="Name the place itself where callers of both numbers go.",
    bad='"+46850100101": {destination: "number:+46850100100"}',
    good='"+46850100101": {destination: "schedule:opening"}',
    source="N1",
)
N104 = Rule(
    code="N104",
    title="Country without a numbering plan",
    why="Without the plan nobody knows which dialled numbers are national, and which are for emergencies.",
    remedy="Write the country as two capital letters of ISO 3166-1.",
    bad="country: UK",
    good="country: GB",
    source="ISO 3166-1",
)
N105 = Rule(
    code="N105",
    title="Kind that does not fit the number",
    why="A user who shows her mobile number would show a fixed one, and the invoice names the wrong thing.",
    remedy="Give mobile numbers of a user the kind `mobile`, and fixed ones `direct`. Plans change: where the number "
    "is right, the tables of the phonenumbers library are behind, and newer ones will know it.",
    bad='"+46701740640": {kind: direct, destination: "user:anna"}',
    good='"+46701740640": {kind: mobile, destination: "user:anna"}',
    severity=Severity.WARNING,
    source="N4",
)
N106 = Rule(
    code="N106",
    title="Number whose last day comes before its first",
    why="It would never lead anywhere.",
    remedy="Let `active_until` be the day of `active_from` or a later one.",
    bad='"+46850100101": {active_from: 2027-02-01, active_until: 2027-01-31, destination: "user:anna"}',
    good='"+46850100101": {active_from: 2027-02-01, active_until: 2027-02-28, destination: "user:anna"}',
    source="N1",
)
N107 = Rule(
    code="N107",
    title="Number whose days are over",
    why="It leads nowhere any more, and nobody is told how long the number rests.",
    remedy="Take it out of the file and note it in provider.yaml among `resting_numbers`; or say with "
    "`closed: {until: …}` how long its callers are to hear that it is closed.",
    bad='"+46850100101": {active_until: 2020-12-31, destination: "user:anna"}',
    good='"+46850100101": {active_until: 2020-12-31, closed: {until: 2090-12-31}, destination: "user:anna"}',
    severity=Severity.WARNING,
    source="N1",
)
N108 = Rule(
    code="N108",
    title="Pattern that holds everybody",
    why="Blocked, nobody could call the number; allowed, nobody would be screened.",
    remedy="Name beginnings or numbers. To take calls from a few only, block everybody and allow these.",
    bad='blocked: ["+*"]',
    good='blocked: ["+*"]\nallowed: ["+468*"]',
    source="N1",
)
N109 = Rule(
    code="N109",
    title="Pattern that holds nobody",
    why="Whoever was meant gets through, or does not.",
    remedy="Write the beginning of an international number with `*`, or a whole one.",
    bad='blocked: ["+4670174064"]',
    good='blocked: ["+4670174064*"]',
    severity=Severity.WARNING,
    source="N1",
)
N110 = Rule(
    code="N110",
    title="Exception without a rule",
    why="`allowed` lets callers through whom nothing stops, or `refused` says where those go whom nobody refuses; "
    "something is missing that somebody had in mind.",
    remedy="Add `blocked` or `withheld`, or leave it out.",
    bad='allowed: ["+468*"]',
    good='blocked: ["+*"]\nallowed: ["+468*"]',
    severity=Severity.WARNING,
    source="N1",
)
N111 = Rule(
    code="N111",
    title="Announcement of a closed number that is never heard",
    why="Callers would not be told what the file says they are told.",
    remedy="Give the number its last day, `active_until`, and let `until` come after it.",
    bad='"+46850100101": {closed: {prompt: moved}, destination: "user:anna"}',
    good='"+46850100101": {active_until: 2027-12-31, closed: {prompt: moved}, destination: "user:anna"}',
    source="N1",
)
RULES = (N101, N102, N103, N104, N105, N106, N107, N108, N109, N110, N111)


def check(numbers: dict[str, Number], scope: Scope) -> Iterator[Finding]:
    if (plan := plan_of(scope.country)) is None:
        yield N104.at(("country",), f"no numbering plan is known for {scope.country!r}", expected="for example SE")
    for number, what in numbers.items():
        path = ("numbers", number)
        if not is_valid(number):
            like = f", such as {plan.example}" if plan and calling_code(number) == plan.calling_code else ""
            yield N101.at(path, f"{number} is no possible number", expected=f"a valid number{like}", on_key=True)
        yield from _kind(number, what)
        yield from _days(number, what, scope)
        yield from _patterns(number, what)
    for place, ref in scope.references:
        if ref.kind == "number" and place[0] == "numbers" and ref.name in numbers:
            expected = f"where {ref.name} leads: {numbers[ref.name].destination}"
            yield N103.at(place, f"{ref} is this tenant's own", expected=expected)
    if not any(number.kind is Kind.MAIN for number in numbers.values()):
        near = next(iter(numbers), "")
        found = f"none of {len(numbers)} numbers is of kind main"
        yield N102.at(("numbers",), found, expected="at least one `kind: main`", nearest=near)


def _kind(number: str, what: Number) -> Iterator[Finding]:
    line = line_of(number)
    fitting = {("mobile", Kind.DIRECT): Kind.MOBILE, ("fixed", Kind.MOBILE): Kind.DIRECT}.get((line, what.kind))
    if fitting and what.destination.kind == "user":
        found = f"{number} is a {line} number and of kind {what.kind}"
        yield N105.at(("numbers", number, "kind"), found, expected=f"kind: {fitting}")


def _days(number: str, what: Number, scope: Scope) -> Iterator[Finding]:
    path, closed = ("numbers", number), what.closed
    if what.backwards():
        found = f"{number} ends on {what.active_until} and begins on {what.active_from}"
        yield N106.at((*path, "active_until"), found, expected=f"{what.active_from} or later")
    elif what.ended(scope.today) and (closed.until is None or closed.until < scope.today):
        found = f"the last day of {number} was {what.active_until}"
        yield N107.at((*path, "active_until"), found, expected="a day to come, or closed: {until: …}")
    if what.active_until is None and closed:
        yield N111.at((*path, "closed"), f"{number} has no last day", expected="active_until beside it")
    elif what.active_until and closed.until and closed.until <= what.active_until:
        found = f"{number} is open until {what.active_until}"
        yield N111.at((*path, "closed", "until"), found, expected=f"a day after {what.active_until}")


def _patterns(number: str, what: Number) -> Iterator[Finding]:
    path = ("numbers", number)
    for key, patterns in (("allowed", what.allowed), ("blocked", what.blocked)):
        for index, pattern in enumerate(patterns):
            where = (*path, key, index)
            if everybody(pattern) and not (key == "blocked" and what.allowed):
                yield N108.at(where, f"{pattern} holds every caller", expected="a beginning such as +4670*")
            elif why := nobody(pattern):
                yield N109.at(where, f"{pattern} {why}", expected="a beginning such as +4670*, or a whole number")
    if what.allowed and not (what.blocked or what.withheld):
        yield N110.at((*path, "allowed"), "nothing is blocked", expected="blocked or withheld beside it")
    if what.refused and not what.blocked:
        yield N110.at((*path, "refused"), "nothing is blocked", expected="blocked beside it")
