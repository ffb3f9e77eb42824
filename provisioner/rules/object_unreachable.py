"""Something that a tenant defines and that no call ever reaches."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.refs import Ref
from provisioner.tenant import FEATURES, Tenant

from . import flow

RULE = Rule(
    code="R103",
    title="Object that no call reaches",
    why="Somebody wrote it for callers, and no number, extension, menu or schedule leads there.",
    remedy="Lead a number, a key or a schedule to it, give it an extension, or delete it.",
    bad="# nothing names announcement:xmas\nannouncements: {xmas: {prompt: xmas, then: hangup:normal}}",
    good="# and in a schedule:\nexceptions: [{recurs: 12-24, closed: yes, destination: announcement:xmas}]",
    severity=Severity.WARNING,
)

KINDS = (
    "announcement",
    "call_back",
    "conference",
    "directory",
    "external_attendant",
    "fax",
    "ivr",
    "queue",
    "ring_group",
    "schedule",
    "voice_attendant",
    "voicemail",
)
"""Users are reached by their extensions, prompts have a rule of their own."""


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    if not scope.whole:
        return
    reached = _reached(scope)
    for feature in FEATURES:
        if feature.kind in KINDS:
            for name in getattr(tenant, feature.section):
                if (ref := Ref(feature.kind, name)) not in reached:
                    path = (feature.section, name)
                    yield RULE.at(path, f"no call reaches {ref}", expected="something that leads to it", on_key=True)


def _reached(scope: Scope) -> set[Ref]:
    onward: dict[Ref, list[Ref]] = {}
    reached = set(scope.extensions.values())
    for edge in flow.edges(scope):
        if edge.start is None or edge.start.kind not in KINDS:
            reached.add(edge.target)
        else:
            onward.setdefault(edge.start, []).append(edge.target)
    ahead = list(reached)
    while ahead:
        for target in onward.get(ahead.pop(), ()):
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    return reached
