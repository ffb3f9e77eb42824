"""Findings of access from outside alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.refs import Ref

from .model import Disa

O201 = Rule(
    code="O201",
    title="User of DISA whom nobody could know",
    why="She is known by the number of her mobile telephone; without one her calls are refused.",
    remedy="Give her a device of kind `mobile` with its number, or take her out of the list.",
    bad="# users\nanna: {devices: {desk: {kind: desk}}}\n# disa\nout: {users: [anna]}",
    good='# users\nanna: {devices: {pocket: {kind: mobile, number: "+46701740605"}}}\n# disa\nout: {users: [anna]}',
    source="N5",
)
O202 = Rule(
    code="O202",
    title="User of DISA listed twice",
    why="Whoever reads the file believes that somebody else may call in.",
    remedy="Keep the first mention.",
    bad="users: [anna, anna]",
    good="users: [anna, bo]",
    source="N5",
)
O203 = Rule(
    code="O203",
    title="DISA of a tenant without limits",
    why="Callers' numbers can be forged. Whoever learns a PIN would call for the tenant's money until somebody looks.",
    remedy="Write `limits` with a `fraud_stop`, or with what a day may cost.",
    bad="disa: {out: {users: [anna]}}",
    good="disa: {out: {users: [anna]}}\nlimits: {fraud_stop: {calls: 5, within: 1h, classes: [international]}}",
    severity=Severity.WARNING,
    source="CFCA, fraud loss survey: PBX hacking",
)
O204 = Rule(
    code="O204",
    title="Mobile telephone of two users at one DISA",
    why="Nobody would know which of the two calls.",
    remedy="Let one of them call in here.",
    bad='# both have {kind: mobile, number: "+46701740605"}\nout: {users: [anna, bo]}',
    good="out: {users: [anna]}",
    source="N5",
)
RULES = (O201, O202, O203, O204)


def check(entrances: dict[str, Disa], scope: Scope) -> Iterator[Finding]:
    for name, each in entrances.items():
        if not scope.limits_calls:
            yield O203.at(("disa", name), "the tenant limits no calls", expected="a section `limits`", on_key=True)
        seen: set[Ref] = set()
        owners: dict[str, str] = {}
        for index, user in enumerate(each.users):
            path = ("disa", name, "users", index)
            if user in seen:
                yield O202.at(path, f"{user.name} is listed twice", expected="each user once")
                continue
            seen.add(user)
            numbers = scope.mobile_devices.get(user.name, ())
            if user.name in scope.user_names and not numbers:
                yield O201.at(path, f"{user.name} has no mobile device", expected=f"one at users.{user.name}.devices")
            for number in numbers:
                if (other := owners.setdefault(number, user.name)) != user.name:
                    yield O204.at(path, f"{number} is {other}'s too", expected="users with telephones of their own")
