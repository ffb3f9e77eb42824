"""Hours in which callers are hung up on without anybody, or anything, having answered them."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope, Way
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.flows import flow_of
from provisioner.core.refs import Ref
from provisioner.tenant import FEATURES, Tenant

from . import flow

RULE = Rule(
    code="R111",
    title="Hours that nobody covers",
    why="Callers from outside hear a tone and nothing else then: no person, no message, no mailbox.",
    remedy="Lead them to a mailbox or an announcement, or leave it where it is meant.",
    bad='office: {weekly: {mon-fri: "08:00-17:00"}, open: user:anna, closed: hangup:busy}',
    good='office: {weekly: {mon-fri: "08:00-17:00"}, open: user:anna, closed: voicemail:info}',
    severity=Severity.NOTE,
    source="R4",
)

_FLOWS = {feature.section: feature.flows for feature in FEATURES}


def check(_: Tenant, scope: Scope) -> Iterator[Finding]:
    onward: dict[Ref, list[flow.Edge]] = {}
    for edge in flow.edges(scope):
        if edge.path[0] == "numbers" and edge.path[2] == "destination":
            onward.setdefault(Ref("number", str(edge.path[1])), []).append(edge)
        elif edge.start and edge.start.kind == "schedule" and edge.way is Way.GOES:
            onward.setdefault(edge.start, []).append(edge)
    told = {path[:-1] for path, ref in scope.references if ref.kind == "prompt"}
    ahead = sorted(Ref("number", number) for number in scope.tenant_numbers)
    seen = set(ahead)
    while ahead:
        for edge in onward.get(ahead.pop(), ()):
            if edge.target.kind != "hangup":
                ahead += [edge.target] if edge.target not in seen else []
                seen.add(edge.target)
            elif edge.start and edge.path[:-1] not in told:  # a number says it of all its hours
                yield _finding(edge)


def _finding(edge: flow.Edge) -> Finding:
    section, name, *rest = edge.path
    said = flow_of(_FLOWS[str(section)], tuple(rest))
    when = f" ({said.said(tuple(rest))})" if said and said.label else ""
    found = f"callers of {name}{when} reach nobody and hear nothing: {edge.target}"
    return RULE.at(edge.path, found, expected="a mailbox, an announcement or a person")
