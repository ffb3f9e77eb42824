"""Traces against the planned test calls: two readings of the tenant file that know nothing of each other.

`pbx verify` makes these calls through the real platform and sees them pass the same nodes, so where a trace and a probe
agree, the trace agrees with Asterisk too.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from provisioner.core import probes as p
from provisioner.core.trace import Call, Caller, Ending
from provisioner.pipeline import testcalls
from provisioner.pipeline.load import load
from provisioner.pipeline.tracing import dialled, given, interpreter
from provisioner.pipeline.validate import Specification, validate

EXAMPLES = Path(__file__).parents[2] / "examples"
SUNDAY = datetime(2026, 11, 22, 21, tzinfo=UTC)


@cache
def examples() -> Specification:
    return validate(load(EXAMPLES, frozenset()))


@cache
def walked() -> tuple[tuple[str, p.Probe], ...]:
    """Every planned call that passes nodes, with its tenant."""
    specification = examples()
    return tuple(
        (slug, probe)
        for slug, tenant in specification.tenants.items()
        for probe in testcalls.of_tenant(tenant, specification.scopes[slug], SUNDAY)
        if any(isinstance(step, p.Passes) for step in probe.steps)
    )


def traced(slug: str, probe: p.Probe) -> interpreter.Trail:
    """The call of a probe, traced with what its steps do."""
    tenant, scope = examples().tenants[slug], examples().scopes[slug]
    dials = next(step for step in probe.steps if isinstance(step, p.Dials | p.Faxes))
    inside = isinstance(dials.caller, p.Phone)
    caller = Caller(user=dials.caller.user, inside=True) if inside else Caller(dials.caller.number)  # type: ignore[union-attr]
    answering = {user for step in probe.steps if isinstance(step, p.Answers) for user in users(step.phone)}
    reached = any(isinstance(step, p.Reaches) for step in probe.steps)
    silent = frozenset(tenant.users) - answering
    said = given.Given(
        keys=tuple(step.keys for step in probe.steps if isinstance(step, p.Presses)),
        busy=frozenset(user for step in probe.steps if isinstance(step, p.Rejects) for user in users(step.phone)),
        no_answer=silent if answering or reached else frozenset({given.EVERYBODY}),
    )
    language = tenant.users[caller.user].language if inside else None
    call = Call(probe.at or SUNDAY, caller, dials.number, language or scope.language)
    first = dialled.begins(tenant, scope, dials.number, caller)
    return interpreter.follow(tenant, scope, first, call, given.Situation(said, tenant.users))


def users(party: p.Callee) -> set[str]:
    return {phone.user for phone in (party.phones if isinstance(party, p.AnyOf) else (party,))}


def test_there_are_calls_of_every_kind() -> None:
    kinds = {node.partition(":")[0] for _, probe in walked() for node in passes(probe)}
    assert kinds >= {"number", "schedule", "ivr", "ring_group", "queue", "user", "voicemail", "announcement", "fax"}
    assert kinds >= {"directory", "call_back", "voice_attendant", "external_attendant"}


def passes(probe: p.Probe) -> tuple[str, ...]:
    return next(step.nodes for step in probe.steps if isinstance(step, p.Passes))


@pytest.mark.parametrize(("slug", "probe"), walked(), ids=lambda each: getattr(each, "id", each))
def test_a_trace_passes_the_nodes_of_the_planned_call(slug: str, probe: p.Probe) -> None:
    nodes = passes(probe)
    assert tuple(map(str, traced(slug, probe).nodes[: len(nodes)])) == nodes


@pytest.mark.parametrize(("slug", "probe"), walked(), ids=lambda each: getattr(each, "id", each))
def test_a_trace_ends_as_the_planned_call_does(slug: str, probe: p.Probe) -> None:
    end = traced(slug, probe).end
    for step in probe.steps:
        match step:
            case p.Answers(phone=phone):
                assert end.how is Ending.ANSWERED
                assert end.by.removeprefix("user:") in users(phone)
            case p.MessageLeft(mailbox=mailbox):
                assert (end.how, end.by) == (Ending.MESSAGE, f"voicemail:{mailbox}")
            case p.FaxArrives():
                assert end.how is Ending.FAX
            case p.Reaches():
                assert end.how in (Ending.ANSWERED, Ending.PUBLIC)
            case p.IsEnded():
                assert end.how in (Ending.REFUSED, Ending.UNKNOWN, Ending.ENDED)
            case _:
                pass
