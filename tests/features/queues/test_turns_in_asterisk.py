"""Strategies of queues in a real Asterisk: who takes which of several calls, and which queue a member serves first."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.features.queues import FEATURE
from provisioner.features.queues import asterisk as queues
from provisioner.features.queues.model import Queue
from provisioner.targets.asterisk import agents, render
from provisioner.targets.asterisk.objects import Route
from tests.real_asterisk import log_of_calls

SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "en", "SE", services=FEATURE.services)
STRATEGIES = {
    "linear": ("linear", "ada bea"),
    "in-turn": ("round_robin", "uma vera wilma"),
    "any": ("random", "rut rolf"),
    "fewest": ("fewest_calls", "fia finn frej"),
    "rested": ("least_recent", "lisa lars lo"),
    "light": ("all", "wim"),
    "heavy": ("all", "wim"),
}
BEGIN, APART, SHORT = 2.5, 2.0, 0.7
"""Seconds until the first call and between calls: Asterisk notes ends of calls by whole seconds."""
CALLS = {
    # When the calls of a queue come in.
    "linear": [BEGIN + APART * number for number in range(3)],
    "in-turn": [BEGIN + APART * number for number in range(6)],
    "any": [BEGIN + SHORT * number for number in range(24)],
    "fewest": [BEGIN + APART * number for number in range(6)],
    "rested": [BEGIN + APART * number for number in range(7)],
    "light": [BEGIN],
    "heavy": [BEGIN + 2],
}
BUSY = {"frej": BEGIN + 3.5 * APART, "lo": BEGIN + 3.5 * APART, "wim": BEGIN + 4.5}
"""Who is on another call at first, and until when: `frej` and `lo` while four calls come in, `wim` while both do."""


@pytest.mark.lab
@pytest.mark.row("Q1", "Q2")
def test_strategies_and_weight(tmp_path: Path) -> None:
    names = [*(f"{name}-{number}" for name, times in CALLS.items() for number in range(len(times))), "seed", *BUSY]
    calls = [f"Local/{name}@entrance/n application Wait 60" for name in names]
    log = log_of_calls(tmp_path, dict(configuration()), calls, "DONE", 60)
    took = re.findall(r"TOOK (\S+)-(\d+) (\S+)", log)

    def by(queue: str) -> list[str]:
        found = {int(number): member for name, number, member in took if name == queue}
        assert len(found) == len([each for each in took if each[0] == queue]) == len(CALLS[queue]), "one for each call"
        return [found[number] for number in sorted(found)]

    assert by("linear") == ["ada"] * 3
    assert by("in-turn") == ["uma", "vera", "wilma"] * 2
    # That all 24 go to one, or exactly by turns, happens to chance once in four million runs.
    assert set(by("any")) == {"rut", "rolf"}
    assert any(one == next_one for one, next_one in pairwise(by("any")))
    first, late = by("fewest")[:4], by("fewest")[4:]
    assert Counter(first) == {"fia": 2, "finn": 2}
    assert late == ["frej", "frej"], "by turns, or by rest, the second would be another's"
    first, late = by("rested")[:4], by("rested")[4:]
    assert sorted(first[:2]) == ["lars", "lisa"]
    assert late == ["lo", *first[2:]], "then whoever has rested longest"
    assert [name for name, _, member in took if member == "wim"] == ["heavy", "light"], "though light came first"


def configuration() -> list[tuple[str, str]]:
    ways = {"timeout": "hangup:busy", "empty": "hangup:busy"}
    declared = {
        name: {
            "strategy": strategy,
            "members": [f"user:{each}" for each in members.split()],
            "timeout": "60s",
            "weight": "5" if name == "heavy" else "0",
            "overflow": ways,
        }
        for name, (strategy, members) in STRATEGIES.items()
    }
    objects = queues.lower({name: Queue.model_validate(each) for name, each in declared.items()}, SCOPE)
    own = [each for each in objects if not (isinstance(each, Route) and each.context == "acme.agent")]
    rendered = {file.path: file.text for file in render("acme", own).files}
    lines = [rendered["extensions.conf"], agents.DIALPLAN, "[acme.hangup]", "exten => busy,1,Busy()"]
    lines += ["[acme.agent]", *TELEPHONES, "[entrance]", "exten => seed,1,NoOp(members take their seats)"]
    lines += [f"same => n,Set(DEVICE_STATE(Custom:acme.{member})=INUSE)" for member in BUSY]
    lines += [f"same => n,Gosub(acme.queue.{name}.agents,0,1)" for name in STRATEGIES]
    lines += ["same => n,Log(NOTICE,DONE)"]
    for member, until in BUSY.items():
        lines += [
            f"exten => {member},1,Wait({until})",
            f"same => n,Set(DEVICE_STATE(Custom:acme.{member})=NOT_INUSE)",
            "same => n,Log(NOTICE,DONE)",
        ]
    for name, times in CALLS.items():
        for number, at in enumerate(times):
            lines += [
                f"exten => {name}-{number},1,Set(__CASE={name}-{number})",
                f"same => n,Wait({at:.1f})",
                f"same => n,Goto(acme.queue.{name},s,1)",
            ]
    return [
        ("extensions.conf", "\n".join([*lines, ""])),
        ("queues.conf", "[general]\n" + rendered["queues.conf"]),
        ("musiconhold.conf", "[default]\nmode=files\ndirectory=/tmp\n"),
    ]


TELEPHONES = (
    "exten => _[a-gi-z]!,1,Log(NOTICE,TOOK ${CASE} ${EXTEN})",
    "same => n,Set(TAKES=${EXTEN})",
    "same => n,Set(DEVICE_STATE(Custom:acme.${TAKES})=INUSE)",
    "same => n,Answer()",
    "same => n,Wait(0.2)",
    "same => n,Hangup()",
    "exten => h,1,Set(DEVICE_STATE(Custom:acme.${TAKES})=NOT_INUSE)",
    "same => n,Log(NOTICE,DONE)",
)
