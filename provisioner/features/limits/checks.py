"""Findings about limits."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.source import Path

from .model import Limits, Spending, UserLimits

B101 = Rule(
    code="B101",
    title="Limit of spending where calls cost nothing",
    why="The catalogue has no price of any call, so the limit is never reached, and whoever wrote it feels safe.",
    remedy="Write prices into `catalogue.calls` of provider.yaml, or count calls with `fraud_stop`.",
    bad="limits: {spend: {daily: 500}}   # no catalogue.calls",
    good="catalogue: {calls: {premium: {start: 1, minute: 20}}}",
    source="N8",
)
B102 = Rule(
    code="B102",
    title="Calls that end before others may no longer begin",
    why="`cut_off` ends calls that are up; below `daily` new ones would begin only to be ended at once.",
    remedy="Let `cut_off` be `daily` or more.",
    bad="spend: {daily: 500, cut_off: 400}",
    good="spend: {daily: 500, cut_off: 600}",
    source="N8",
)
B103 = Rule(
    code="B103",
    title="Limits of a user who does not exist",
    why="They hold for nobody.",
    remedy="Name a user of the file.",
    bad="limits: {users: {ana: {outgoing: 1}}}",
    good="limits: {users: {anna: {outgoing: 1}}}",
    source="N8",
)
B104 = Rule(
    code="B104",
    title="Limits that tell nobody",
    why="Calls stop going out, and whoever could lift it hears so from angry users.",
    remedy="Name mail addresses or mobile numbers at `notify`.",
    bad="limits: {spend: {daily: 500}}",
    good="limits: {spend: {daily: 500}, notify: {mail: [it@acme.example]}}",
    severity=Severity.WARNING,
    source="N8",
)
B105 = Rule(
    code="B105",
    title="Limit that another one never lets be reached",
    why="The file says two things, and the narrower of them always counts.",
    remedy="Lower it, or leave it out.",
    bad="limits: {calls: 10, outgoing: 20}",
    good="limits: {calls: 10, outgoing: 5}",
    severity=Severity.WARNING,
    source="N8",
)
RULES = (B101, B102, B103, B104, B105)


def check(limits: Limits, scope: Scope) -> Iterator[Finding]:
    root: Path = ("limits",)
    if limits.spend:
        yield from _spending(limits.spend, (*root, "spend"), scope)
    if limits.each_user:
        yield from _user(limits.each_user, (*root, "each_user"), limits, scope)
    for name, each in limits.users.items():
        path = (*root, "users", name)
        if name not in scope.plans:
            listed, near = ", ".join(sorted(scope.plans)[:8]), nearest(name, scope.plans)
            yield B103.at(path, f"no user {name!r}", expected=f"one of {listed}", nearest=near, on_key=True)
        yield from _user(each, path, limits, scope)
    for key in ("incoming", "outgoing"):
        part = getattr(limits, key)
        if part and limits.calls and part > limits.calls:
            yield B105.at((*root, key), f"{part} {key} calls, of {limits.calls} in all", expected=_most(limits.calls))
    if (limits.any_spending or limits.fraud_stop) and not limits.notify:
        yield B104.at(root, "nobody is told", expected="the key 'notify'", on_key=True)


def _spending(spend: Spending, path: Path, scope: Scope) -> Iterator[Finding]:
    if not scope.call_rates:
        expected = "in provider.yaml: catalogue: {calls: {premium: {minute: 20}}}"
        yield B101.at(path, "no call has a price", expected=expected, on_key=True)
    if spend.cut_off is not None and spend.cut_off < spend.daily:
        yield B102.at(
            (*path, "cut_off"), f"{spend.cut_off} is below daily, {spend.daily}", expected=f"{spend.daily} or more"
        )


def _user(each: UserLimits, path: Path, limits: Limits, scope: Scope) -> Iterator[Finding]:
    most = min((number for number in (limits.calls, limits.outgoing) if number), default=None)
    if each.outgoing and most and each.outgoing > most:
        yield B105.at((*path, "outgoing"), f"{each.outgoing} calls, of the tenant's {most}", expected=_most(most))
    if not each.spend:
        return
    yield from _spending(each.spend, (*path, "spend"), scope)
    if limits.spend and each.spend.daily > limits.spend.daily:
        found = f"{each.spend.daily} a day, of the tenant's {limits.spend.daily}"
        yield B105.at((*path, "spend", "daily"), found, expected=_most(limits.spend.daily))


def _most(limit: object) -> str:
    return f"at most {limit}"
