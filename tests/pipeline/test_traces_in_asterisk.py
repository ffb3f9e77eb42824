"""Traces against Asterisk: random tenants are compiled and loaded, calls are placed, and each must go as it was traced.

The caller's own channel must pass the same nodes, and the call must end alike. What only keys and words decide is tried
by `test_traces_and_probes`; here it is what the file, the clock and the telephones decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from provisioner.core.trace import Call, Caller, Ending
from provisioner.pipeline.compile import compile_tenant
from provisioner.pipeline.tracing import dialled, interpreter
from provisioner.pipeline.tracing.given import Given, Situation
from provisioner.pipeline.validate import Specification
from tests import real_core
from tests.features.test_cases import SLUG, specification_of

USERS = ("anna", "bo", "cecilia", "david", "eva")
MOBILE = "+46701740605"
CALLERS = ("+46701740641", "+442079460000", "")
GIVES = {"answers": 200, "busy": 486, "gone": 480}
"""What a user's telephone does → what it gives to a call."""
FINAL = {
    "hangup:busy": 486, "hangup:unavailable": 480, "hangup:congestion": 503,
}  # fmt: skip
TENANTS, CALLS = 3, 12
"""About half a minute, most of it callers who stay on the line."""
LONG_ENOUGH = 2.0
"""Seconds on the line after the core has answered: a call passes what only plays something in less."""

Document = dict[str, dict[str, Any]]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The sections of a tenant. Each thing leads to later ones alone, so that no call goes round."""
    order = draw(st.permutations([*(f"user:{each}" for each in USERS), "schedule:one", "schedule:two", "ring_group:all",
                                  "ring_group:line", "announcement:word", "ring_group:free"]))  # fmt: skip
    document: Document = {"schedules": {}, "ring_groups": {}, "announcements": {}, "users": {}}

    def later(name: str) -> st.SearchStrategy[str]:
        ends = ["voicemail:info", *FINAL, f"number:{MOBILE}"]
        return st.sampled_from([*order[order.index(name) + 1 :], *ends])

    for name in order:
        kind, _, short = name.partition(":")
        onward = later(name)
        if kind == "user":
            rules = st.fixed_dictionaries({}, optional={"busy": onward, "no_answer": onward, "unreachable": onward})
            always = draw(st.integers(0, 5)) == 0
            document["users"][short] = {
                "name": short.capitalize(), "extension": str(101 + USERS.index(short)), "plan": "business",
                "devices": {} if draw(st.integers(0, 5)) == 0 else {"desk": {"kind": "desk"}},
                "forwarding": {"always": draw(onward)} if always else draw(rules),
                "blocked": ["+44*"] if draw(st.booleans()) else [],
            }  # fmt: skip
        elif kind == "schedule":
            windows = draw(st.sampled_from(["00:00-24:00", "08:00-17:00", "17:00-08:00"]))
            document["schedules"][short] = {
                "weekly": {"mon-sun": windows},
                "open": draw(onward),
                "closed": draw(onward),
            }
        elif kind == "announcement":
            document["announcements"][short] = {"prompt": "word", "then": draw(onward)}
        else:
            members = draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=3, unique=True))
            document["ring_groups"][short] = {
                "members": [f"user:{each}" for each in members], "no_answer": draw(onward),
                "strategy": "linear" if short == "line" else "all", "skip_busy": "yes" if short == "free" else "no",
            }  # fmt: skip
    periods: list[dict[str, Any]] = [
        {},
        {"active_from": "2090-01-01"},
        {"active_until": "2020-01-01"},
        {"blocked": ["+44*"], "refused": "hangup:busy"},
        {"blocked": ["+4670*"], "allowed": [CALLERS[0]]},
        {"withheld": {}},
        {"withheld": {"destination": "hangup:busy"}},
    ]
    document["numbers"] = {
        f"+468501001{index:02}": {"destination": name, **draw(st.sampled_from(periods))}
        for index, name in enumerate(order)
    }
    next(iter(document["numbers"].values()))["kind"] = "main"
    document["prompts"] = {"word": {"text": {"en": "A word."}}}
    return document


calls = st.lists(
    st.tuples(
        st.integers(0, 10), st.sampled_from(CALLERS), st.lists(st.sampled_from(list(GIVES)), min_size=5, max_size=5)
    ),
    min_size=CALLS,
    max_size=CALLS,
    unique_by=lambda each: (each[0], each[1], tuple(each[2])),
)


@pytest.mark.lab
@settings(
    max_examples=TENANTS,
    deadline=None,
    phases=[Phase.generate],  # each tenant is a start of Asterisk: what fails is told as it is
    suppress_health_check=list(HealthCheck),
)
@given(document=documents(), wanted=calls)
def test_calls_go_as_they_were_traced(document: Document, wanted: list[tuple[int, str, list[str]]]) -> None:
    folder = Path(mkdtemp())
    text = "\n".join(f"{section}: {json.dumps(entries)}" for section, entries in document.items())
    specification = specification_of(text, folder / "provider")
    # The first that is made is the plainest there is, and would be the same tenant for ever.
    assume(specification.valid and len({caller for _, caller, _ in wanted}) > 1)
    numbers = list(document["numbers"])
    alone = {user: "gone" for user in USERS if not document["users"][user]["devices"]}
    planned = [
        (numbers[index], caller, {**dict(zip(USERS, does, strict=True)), **alone}) for index, caller, does in wanted
    ]
    before = [traced(specification, *each) for each in planned]
    bundles = compile_tenant(specification.tenants[SLUG], specification.scopes[SLUG]).bundles
    files = next(bundle.files for bundle in bundles if bundle.product == "asterisk")
    tried = [placed(trail, does) for (_, _, does), trail in zip(planned, before, strict=True)]
    seen = real_core.place(folder / "core", SLUG, files, tried, 300)
    differ = [
        f"{each}: traced {told(early)}, seen {found_as(early, found)}"
        for each, early, found in zip(planned, before, seen, strict=True)
        # Where an hour ends meanwhile, the one trace or the other is right.
        if found_as(early, found) not in (told(early), told(traced(specification, *each)))
    ]
    assert not differ, "\n".join([*differ, text])


def traced(specification: Specification, number: str, shown: str, does: Mapping[str, str]) -> interpreter.Trail:
    tenant, scope = specification.tenants[SLUG], specification.scopes[SLUG]
    caller = Caller(shown)
    said = Given(
        busy=frozenset(user for user, what in does.items() if what == "busy"),
        unregistered=frozenset(user for user, what in does.items() if what == "gone"),
    )
    call = Call(datetime.now(ZoneInfo(scope.time_zone)), caller, number, scope.language)
    first = dialled.begins(tenant, scope, number, caller)
    return interpreter.follow(tenant, scope, first, call, Situation(said, tenant.users))


def placed(trail: interpreter.Trail, does: Mapping[str, str]) -> real_core.Call:
    shown = trail.call.caller.number
    who = {"P-Asserted-Identity": f"<sip:{shown}@edge>"} if shown else {}
    answers = {MOBILE: 200, **{user: GIVES[what] for user, what in does.items()}}
    headers = {"X-PBX-Tenant": SLUG, "X-PBX-Trunk": "carrier", **who}
    return real_core.Call(trail.call.dialled, headers, answers, LONG_ENOUGH if speaks(trail) else 0)


def speaks(trail: interpreter.Trail) -> bool:
    """Whether the core answers before the call has come to its end."""
    return any(each.kind == "announcement" for each in trail.nodes)


def told(trail: interpreter.Trail) -> tuple[list[str], int]:
    """The nodes, and the answer that the caller gets in the end."""
    nodes = [str(each) for each in trail.nodes]
    if trail.end.how in (Ending.ANSWERED, Ending.MESSAGE, Ending.PUBLIC) or speaks(trail):
        return nodes, 200
    return nodes, {Ending.REFUSED: 403, Ending.UNKNOWN: 404}.get(trail.end.how) or FINAL[trail.end.by]


def found_as(trail: interpreter.Trail, seen: real_core.Seen) -> tuple[list[str], int]:
    """What was seen, with the telephone that rang instead of the traced one where another answered."""
    if trail.end.how is Ending.ANSWERED and trail.end.by.removeprefix("user:") not in seen.called:
        return [f"{trail.end.by} did not ring"], seen.final
    return list(seen.nodes), seen.final
