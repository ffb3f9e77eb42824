"""Queues and ring groups in a real Asterisk: who rings, and where callers go whom nobody serves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.core.feature import Scope
from provisioner.features.queues import asterisk as queues
from provisioner.features.queues.model import Queue
from provisioner.features.ring_groups import asterisk as ring_groups
from provisioner.features.ring_groups.model import RingGroup
from provisioner.targets.asterisk import render
from tests.real_asterisk import log_of_calls

SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "en", "SE")
WAYS = {"timeout": "user:late", "empty": "user:empty", "full": "user:full"}
QUEUES = {
    "waits": {"members": ["user:anna"], "timeout": "10s", "ring_time": "5s", "overflow": WAYS, "max_waiting": 9},
    "empty": {"members": ["user:gone"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "half": {"members": ["user:gone", "user:bo"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "busy": {"members": ["user:talks"], "timeout": "10s", "overflow": WAYS, "max_waiting": 9},
    "full": {"members": ["user:talks"], "timeout": "10s", "overflow": WAYS, "max_waiting": 1},
}
RING_GROUPS = {
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
}
CALLS = {
    # Where the call goes in and after how many seconds; who rings, in order; where the call ends.
    "queue.waits": (0, "anna anna", "late"),
    "queue.empty": (0, "", "empty"),
    "queue.half": (0, "bo", "late"),
    "queue.busy": (0, "", "late"),
    "queue.full": (0, "", "late"),
    "queue.full ": (2, "", "full"),
    "ring_group.all": (0, "cecilia gina", "late"),
    "ring_group.free": (0, "dora", "late"),
    "ring_group.none": (0, "", "late"),
    "ring_group.one-by-one": (0, "eva fia", "late"),
}


@pytest.mark.lab
def test_members_ring_and_callers_go_on(tmp_path: Path) -> None:
    files = dict(configuration())
    calls = [f"Local/{number}@entrance/n application Wait 60" for number in range(len(CALLS))]
    log = log_of_calls(tmp_path, files, calls, "ARRIVED", 60)
    for number, (name, (_, members, place)) in enumerate(CALLS.items()):
        rang = re.findall(rf"RANG {number} (\S+)", log)
        assert " ".join(rang) == members or sorted(rang) == members.split(), name
        assert re.findall(rf"ARRIVED {number} (\S+)", log) == [place], name


def configuration() -> list[tuple[str, str]]:
    objects = [
        *queues.lower({name: Queue.model_validate(each) for name, each in QUEUES.items()}, SCOPE),
        *ring_groups.lower({name: RingGroup.model_validate(each) for name, each in RING_GROUPS.items()}, SCOPE),
    ]
    rendered = {file.path: file.text for file in render("acme", objects).files}
    lines = [rendered["extensions.conf"]]
    for place in ("late", "empty", "full"):
        lines += [f"[acme.user.{place}]", f"exten => s,1,Log(NOTICE,ARRIVED ${{CASE}} {place})"]
    lines += [
        "[acme.ring]",
        "exten => _[a-gi-z]!,1,Log(NOTICE,RANG ${CASE} ${EXTEN})",
        "same => n,Set(RINGS=${EXTEN})",
        "same => n,Set(DEVICE_STATE(Custom:acme.${RINGS})=INUSE)",
        "same => n,Wait(60)",
        "exten => h,1,Set(DEVICE_STATE(Custom:acme.${RINGS})=NOT_INUSE)",
        "[entrance]",
    ]
    for number, (name, (delay, _, _)) in enumerate(CALLS.items()):
        lines += [
            f"exten => {number},1,Set(__CASE={number})",
            "same => n,Set(DEVICE_STATE(Custom:acme.gone)=UNAVAILABLE)",
            "same => n,Set(DEVICE_STATE(Custom:acme.talks)=INUSE)",
            f"same => n,Wait({delay}.5)",
            f"same => n,Goto(acme.{name.strip()},s,1)",
        ]
    return [
        ("extensions.conf", "\n".join([*lines, ""])),
        ("queues.conf", "[general]\n" + rendered["queues.conf"]),
        ("musiconhold.conf", "[default]\nmode=files\ndirectory=/tmp\n"),
    ]
