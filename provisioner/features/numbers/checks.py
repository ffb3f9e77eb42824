"""Findings of the tenant's numbers alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.numbering import calling_code, is_valid, plan_of

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
RULES = (N101, N102, N103, N104)


def check(numbers: dict[str, Number], scope: Scope) -> Iterator[Finding]:
    if (plan := plan_of(scope.country)) is None:
        yield N104.at(("country",), f"no numbering plan is known for {scope.country!r}", expected="for example SE")
    for number, what in numbers.items():
        path = ("numbers", number)
        if not is_valid(number):
            like = f", such as {plan.example}" if plan and calling_code(number) == plan.calling_code else ""
            yield N101.at(path, f"{number} is no possible number", expected=f"a valid number{like}", on_key=True)
        if what.destination.kind == "number" and what.destination.name in numbers:
            expected = f"where {what.destination.name} leads: {numbers[what.destination.name].destination}"
            yield N103.at((*path, "destination"), f"{what.destination} is this tenant's own", expected=expected)
    if not any(number.kind is Kind.MAIN for number in numbers.values()):
        near = next(iter(numbers), "")
        found = f"none of {len(numbers)} numbers is of kind main"
        yield N102.at(("numbers",), found, expected="at least one `kind: main`", nearest=near)
