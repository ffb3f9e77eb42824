"""Queues and ring groups in a real Asterisk: who rings, and where callers go whom nobody serves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.features.queues import FEATURE
from provisioner.features.queues import asterisk as queues
from provisioner.features.queues.model import Queue
from provisioner.features.ring_groups import asterisk as ring_groups
from provisioner.features.ring_groups.model import RingGroup
from provisioner.targets.asterisk import agents, render
from provisioner.targets.asterisk.objects import Route
from tests.real_asterisk import log_of_calls

SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "en", "SE", services=FEATURE.services)
WAYS = {"timeout": "user:late", "empty": "user:empty", "full": "user:full", "unavailable": "user:nobody"}
QUEUES = {
    "waits": {"members": ["user:anna"], "timeout": "10s", "ring_time": "5s", "overflow": WAYS, "max_waiting": 9},
    "empty": {"members": ["user:gone"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "half": {"members": ["user:gone", "user:bo"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "busy": {"members": ["user:talks"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "full": {"members": ["user:talks"], "timeout": "10s", "overflow": WAYS, "max_waiting": 1},
    "pauses": {"members": ["user:pia"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "out": {"members": ["user:olle"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "back": {
        "members": ["user:ada", "user:bea", "user:cia"],
        "strategy": "linear",
        "timeout": "10s",
        "ring_time": "5s",
        "overflow": WAYS,
        "max_waiting": 9,
    },
    "penalty": {
        "members": [{"member": "user:quin", "penalty": "1"}, "user:rut"],
        "timeout": "10s",
        "ring_time": "5s",
        "overflow": WAYS,
        "max_waiting": 9,
    },
    "begins-out": {
        "members": [{"member": "user:sam", "logged_in": "no"}],
        "timeout": "10s",
        "overflow": WAYS,
        "max_waiting": 9,
    },
}
BEFORE = {
    # What members do before the call comes in.
    "queue.pauses": ("pia,1(pause)",),
    "queue.out": ("olle,1(out)",),
    "queue.back": ("ada,1(out)", "ada,1(in)"),
    "ring_group.out": ("lotta,1(out)",),
    "ring_group.all-out": ("inga,1(toggle)",),
    "ring_group.turn": ("zita,1(out)",),
}
RING_GROUPS = {
    "out": {"members": ["user:lotta", "user:jo"], "ring_time": "5s", "no_answer": "user:late", "empty": "user:empty"},
    "all-out": {"members": ["user:inga"], "ring_time": "5s", "no_answer": "user:late", "empty": "user:empty"},
    "all": {"members": ["user:cecilia", "user:gina"], "ring_time": "5s", "no_answer": "user:late"},
    "free": {"members": ["user:dora", "user:talks"], "ring_time": "5s", "no_answer": "user:late", "skip_busy": "yes"},
    "none": {"members": ["user:talks"], "ring_time": "5s", "no_answer": "user:late", "skip_busy": "yes"},
    "one-by-one": {
        "members": ["user:eva", "user:talks", "user:fia"],
        "ring_time": "5s",
        "no_answer": "user:late",
        "strategy": "linear",
        "skip_busy": "yes",
    },
    "turn": {
        "members": ["user:ulla", "user:zita", "user:wera"],
        "ring_time": "5s",
        "no_answer": "user:late",
        "strategy": "round_robin",
    },
    "chance": {
        "members": ["user:ina", "user:ola"],
        "ring_time": "5s",
        "no_answer": "user:late",
        "strategy": "random",
    },
}
CALLS = {
    # Where the call goes in and after how many seconds; who rings, in order unless & joins them; where the call ends.
    "queue.waits": (0, "anna anna", "late"),
    "queue.empty": (0, "", "nobody"),
    "queue.half": (0, "bo", "late"),
    "queue.busy": (0, "", "late"),
    "queue.full": (0, "", "late"),
    "queue.full ": (2, "", "full"),
    "queue.pauses": (0, "", "nobody"),
    "queue.out": (0, "", "empty"),
    "queue.back": (0, "ada bea", "late"),
    "queue.penalty": (0, "rut rut", "late"),
    "queue.begins-out": (0, "", "empty"),
    "ring_group.out": (0, "jo", "late"),
    "ring_group.all-out": (0, "", "empty"),
    "ring_group.all": (0, "cecilia&gina", "late"),
    "ring_group.free": (0, "dora", "late"),
    "ring_group.none": (0, "", "late"),
    "ring_group.one-by-one": (0, "eva fia", "late"),
    "ring_group.turn": (0, "ulla wera", "late"),
    "ring_group.turn ": (2, "wera ulla", "late"),
    "ring_group.chance": (0, "ina&ola", "late"),
}


@pytest.mark.lab
@pytest.mark.row("Q1", "Q2", "Q3", "Q7")
def test_members_ring_and_callers_go_on(tmp_path: Path) -> None:
    files = dict(configuration())
    calls = [f"Local/{number}@entrance/n application Wait 60" for number in ("seed", *range(len(CALLS)))]
    log = log_of_calls(tmp_path, files, calls, "ARRIVED", 60)
    for number, (name, (_, members, place)) in enumerate(CALLS.items()):
        rang = re.findall(rf"RANG {number} (\S+)", log)
        assert ("&".join(sorted(rang)) if "&" in members else " ".join(rang)) == members, name
        assert re.findall(rf"ARRIVED {number} (\S+)", log) == [place], name


def configuration() -> list[tuple[str, str]]:
    objects = [
        *queues.lower({name: Queue.model_validate(each) for name, each in QUEUES.items()}, SCOPE),
        *ring_groups.lower({name: RingGroup.model_validate(each) for name, each in RING_GROUPS.items()}, SCOPE),
    ]
    own = [each for each in objects if not (isinstance(each, Route) and each.context == "acme.agent")]
    rendered = {file.path: file.text for file in render("acme", own).files}
    lines = [rendered["extensions.conf"], agents.DIALPLAN, "[acme.user]"]
    for place in ("late", "empty", "full", "nobody"):
        lines += [f"exten => {place},1,Log(NOTICE,ARRIVED ${{CASE}} {place})"]
    for context in ("ring", "agent"):
        lines += [f"[acme.{context}]", *TELEPHONES]
    lines += ["[entrance]", "exten => seed,1,NoOp(members take their seats)"]
    lines += [f"same => n,Gosub(acme.queue.{name}.agents,0,1)" for name in QUEUES]
    lines += ["same => n,Log(NOTICE,ARRIVED seed)"]
    for number, (name, (delay, _, _)) in enumerate(CALLS.items()):
        lines += [
            f"exten => {number},1,Set(__CASE={number})",
            "same => n,Set(DEVICE_STATE(Custom:acme.gone)=UNAVAILABLE)",
            "same => n,Set(DEVICE_STATE(Custom:acme.talks)=INUSE)",
            f"same => n,Wait({delay + 2}.5)",
            *(f"same => n,Gosub(acme.{name}.agents,{each})" for each in BEFORE.get(name, ())),
            f"same => n,Goto(acme.{name.strip()},s,1)",
        ]
    return [
        ("extensions.conf", "\n".join([*lines, ""])),
        ("queues.conf", "[general]\n" + rendered["queues.conf"]),
        ("musiconhold.conf", "[default]\nmode=files\ndirectory=/tmp\n"),
    ]


TELEPHONES = (
    "exten => _[a-gi-z]!,1,Log(NOTICE,RANG ${CASE} ${EXTEN})",
    "same => n,Set(RINGS=${EXTEN})",
    "same => n,Set(DEVICE_STATE(Custom:acme.${RINGS})=INUSE)",
    "same => n,Wait(60)",
    "exten => h,1,Set(DEVICE_STATE(Custom:acme.${RINGS})=NOT_INUSE)",
)
