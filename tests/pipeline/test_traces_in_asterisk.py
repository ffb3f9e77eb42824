"""Traces against Asterisk: random tenants are compiled and loaded, calls are placed, and each must go as it was traced.

The caller's own channel must pass the same nodes, and the call must end alike. What the file, the clock, the telephones
and keys in menus decide is tried here, queues and words in `test_traces_and_probes`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
PROOF = os.environ.get("PBX_PROOF")
"""How many tenants are tried by `make proof`, others at each run; the same few at each run of all tests."""
TENANTS, CALLS = int(PROOF or 4), 16
"""About half a minute, most of it callers who stay on the line."""
LONG_ENOUGH = 20.0
"""Seconds on the line at most, after the core has answered. Who has passed what was traced leaves at once."""

Document = dict[str, dict[str, Any]]


FIRST = ("ivr:main", "ivr:deep", "schedule:one", "announcement:word", "ring_group:all", "user:anna")
LAST = (
    "conference:talk",
    "schedule:two",
    "ring_group:line",
    "ring_group:turn",
    "ring_group:chance",
    "ring_group:free",
    *(f"user:{each}" for each in USERS[1:]),
)
STRATEGIES = {"line": "linear", "turn": "round_robin", "chance": "random"}
"""ring group → its strategy, where it is another than usual."""
ORDER = (*FIRST, *LAST)
"""What is made, menus rather early: they have most ways to lead on."""
SECTIONS = {
    "user": "users",
    "schedule": "schedules",
    "ring_group": "ring_groups",
    "announcement": "announcements",
    "ivr": "ivr",
    "conference": "conferences",
}
SCREENS: tuple[dict[str, Any], ...] = (
    *[{}] * 6,
    {"active_from": "2090-01-01"},
    {"active_until": "2020-01-01"},
    {"blocked": ["+44*"], "refused": "hangup:busy"},
    {"blocked": ["+4670*"], "allowed": [CALLERS[0]]},
    {"withheld": {}},
    {"withheld": {"destination": "hangup:busy"}},
)
"""What a number may say of its days and its callers; mostly nothing, or few calls would come any further."""


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The sections of a tenant. Each thing leads to later ones alone, so that no call goes round."""
    order = (*draw(st.permutations(FIRST)), *draw(st.permutations(LAST)))
    document: Document = {
        "numbers": {},
        "prompts": {"word": {"text": {"en": "A word."}}},
        "add_ons": {"conferences": {}},
    }
    for index, name in enumerate(order):
        kind, _, short = name.partition(":")
        onward = st.sampled_from([*order[index + 1 :], "voicemail:info", *FINAL, f"number:{MOBILE}"])
        document.setdefault(SECTIONS[kind], {})[short] = draw(thing(kind, short, onward))
        main = {} if index else {"kind": "main"}
        document["numbers"][f"+468501001{index:02}"] = {"destination": name, **main, **draw(st.sampled_from(SCREENS))}
    return document


def thing(kind: str, name: str, onward: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    match kind:
        case "user":
            return user(name, onward)
        case "schedule":
            windows = st.sampled_from(["00:00-24:00", "08:00-17:00", "17:00-08:00"]).map(lambda each: {"mon-sun": each})
            return st.fixed_dictionaries({"weekly": windows, "open": onward, "closed": onward})
        case "announcement":
            return st.fixed_dictionaries({"prompt": st.just("word"), "then": onward})
        case "ivr":
            return menu(onward)
        case "conference":
            # Who is asked for a PIN and who is not: callers leave at once, for nobody is there and all are heard.
            asks = st.sampled_from([{"pin": "no", "wait_for_leader": "no"}, {"greeting": "word"}])
            return asks.map(lambda each: {"leaders": ["anna"], **each})
        case _:
            members = st.lists(st.sampled_from([f"user:{each}" for each in USERS]), min_size=1, max_size=3, unique=True)
            ways = {"strategy": STRATEGIES.get(name, "all"), "skip_busy": "yes" if name == "free" else "no"}
            return st.fixed_dictionaries(
                {"members": members, "no_answer": onward, **{k: st.just(v) for k, v in ways.items()}}
            )


def user(name: str, onward: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Seldom one who forwards everything or has no telephone: most would lead past all others then."""
    rules = st.fixed_dictionaries({}, optional={"busy": onward, "no_answer": onward, "unreachable": onward})
    always = st.fixed_dictionaries({"always": onward})
    desk = {"desk": {"kind": "desk"}}
    return st.fixed_dictionaries(
        {
            "name": st.just(name.capitalize()),
            "extension": st.just(str(101 + USERS.index(name))),
            "plan": st.just("business"),
            "devices": st.sampled_from([desk, desk, desk, {}]),
            "forwarding": st.one_of(rules, rules, rules, always),
            "blocked": st.sampled_from([[], ["+44*"]]),
        }
    )


def menu(onward: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    reaction = st.one_of(st.just({}), st.just({}), st.just({}), st.fixed_dictionaries({"destination": onward}))
    keys = st.fixed_dictionaries({"1": onward, "2": st.one_of(onward, st.just("repeat"), st.just("back"))})
    return st.fixed_dictionaries(
        {
            "prompt": st.just("word"),
            "timeout": st.just("2s"),
            "attempts": st.sampled_from(["1", "2"]),
            "keys": keys,
            "no_input": reaction,
            "invalid": reaction,
            "exhausted": onward,
        }
    )


@dataclass(frozen=True)
class Planned:
    """A call, and what the telephones of the users do."""

    number: str
    caller: str
    does: Mapping[str, str]
    keys: str


def planned(number: str, caller: str, does: list[str], keys: list[str]) -> Planned:
    return Planned(number, caller, dict(zip(USERS, does, strict=True)), "".join(keys))


calls = st.lists(
    st.builds(
        planned,
        st.one_of(st.integers(0, len(FIRST) - 1), st.integers(0, len(ORDER) - 1)).map("+468501001{:02}".format),
        st.sampled_from(CALLERS),
        st.lists(st.sampled_from(list(GIVES)), min_size=len(USERS), max_size=len(USERS)),
        st.lists(st.sampled_from("1255"), min_size=1, max_size=3),
    ),
    min_size=CALLS,
    max_size=CALLS,
    unique_by=repr,
)


@pytest.mark.lab
@settings(
    max_examples=TENANTS,
    derandomize=not PROOF,
    deadline=None,
    phases=[Phase.generate],  # each tenant is a start of Asterisk: what fails is told as it is
    suppress_health_check=list(HealthCheck),
)
@given(document=documents(), wanted=calls)
def test_calls_go_as_they_were_traced(document: Document, wanted: list[Planned]) -> None:
    # The first that is made is the plainest there is, and would be the same tenant for ever.
    assume([each["destination"] for each in document["numbers"].values()] != list(ORDER))
    folder = Path(mkdtemp())
    text = "\n".join(f"{section}: {json.dumps(entries)}" for section, entries in document.items())
    specification = specification_of(text, folder / "provider")
    assume(specification.valid)
    alone = {user: "gone" for user, said in document["users"].items() if not said["devices"]}
    tried = [replace(each, does={**each.does, **alone}) for each in wanted]
    before = [traced(specification, each) for each in tried]
    bundles = compile_tenant(specification.tenants[SLUG], specification.scopes[SLUG]).bundles
    files = next(bundle.files for bundle in bundles if bundle.product == "asterisk")
    placed = [place(each, trail) for each, trail in zip(tried, before, strict=True)]
    seen = real_core.place(folder / "core", SLUG, files, placed, 300)
    differ = [
        f"{each}: traced {told(early)}, seen {found_as(early, found)}"
        for each, early, found in zip(tried, before, seen, strict=True)
        # Where an hour ends meanwhile, the one trace or the other is right.
        if found_as(early, found) not in (told(early), told(traced(specification, each)))
    ]
    assert not differ, "\n".join([*differ, text])


def traced(specification: Specification, each: Planned) -> interpreter.Trail:
    tenant, scope = specification.tenants[SLUG], specification.scopes[SLUG]
    caller = Caller(each.caller)
    said = Given(
        keys=tuple(each.keys),
        busy=frozenset(user for user, what in each.does.items() if what == "busy"),
        unregistered=frozenset(user for user, what in each.does.items() if what == "gone"),
    )
    call = Call(datetime.now(ZoneInfo(scope.time_zone)), caller, each.number, scope.language)
    first = dialled.begins(tenant, scope, each.number, caller)
    return interpreter.follow(tenant, scope, first, call, Situation(said, tenant.users))


def place(each: Planned, trail: interpreter.Trail) -> real_core.Call:
    """The call as the edge sends it. Keys that no menu asked for are not pressed: other things would hear them."""
    who = {"P-Asserted-Identity": f"<sip:{each.caller}@edge>"} if each.caller else {}
    keys = each.keys[: sum(what != "nothing" for what in pressed(trail))]
    answers = {MOBILE: 200, **{user: GIVES[what] for user, what in each.does.items()}}
    headers = {"X-PBX-Tenant": SLUG, "X-PBX-Trunk": "carrier", **who}
    stays = LONG_ENOUGH if speaks(trail) else 0
    return real_core.Call(each.number, headers, answers, stays, keys, len(trail.nodes))


def pressed(trail: interpreter.Trail) -> list[str]:
    """What the caller gives to each question of a menu: a key or `nothing`."""
    return [step.what.removeprefix("presses ") for at in trail.visited for step in at.steps if "presses" in step.what]


def speaks(trail: interpreter.Trail) -> bool:
    """Whether the core answers before the call has come to its end."""
    return any(each.kind in ("announcement", "conference", "ivr") for each in trail.nodes)


def told(trail: interpreter.Trail) -> tuple[list[str], int, int]:
    """The nodes, how often a menu asked for a key, and the answer that the caller gets in the end."""
    nodes, asked = [str(each) for each in trail.nodes], len(pressed(trail))
    if trail.end.how in (Ending.ANSWERED, Ending.MESSAGE, Ending.PUBLIC) or speaks(trail):
        return nodes, asked, 200
    return nodes, asked, {Ending.REFUSED: 403, Ending.UNKNOWN: 404}.get(trail.end.how) or FINAL[trail.end.by]


def may_answer(trail: interpreter.Trail) -> list[str]:
    """Whoever answers as traced; where members ring in turn, whoever has the turn of those who would answer."""
    last = trail.visited[-1]
    in_turn = [step.what for step in last.steps if "one after the other" in step.what]
    return re.findall(r"user:(\w+)", in_turn[0]) if in_turn else [trail.end.by.removeprefix("user:")]


def found_as(trail: interpreter.Trail, seen: real_core.Seen) -> tuple[list[str], int, int]:
    """What was seen, with the telephone that rang instead of the traced one where another answered."""
    if trail.end.how is Ending.ANSWERED and not set(may_answer(trail)) & set(seen.called):
        return [f"{trail.end.by} did not ring"], seen.asked, seen.final
    return list(seen.nodes), seen.asked, seen.final
