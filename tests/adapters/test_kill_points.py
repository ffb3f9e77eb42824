"""An apply that is killed at any moment: after the repeat all is as an undisturbed run leaves it.

The real engine and real Ansible on this machine. Moments are spread over the whole of a run, and the killing is of two
kinds: `pbx` alone, whose engine and playbook have to notice, or all that it started with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.engine_kit import Kit
from tests.adapters.test_engine_cut_off import ROOT, RUN

pytestmark = pytest.mark.engine

POINTS = 32


def begun(kit: Kit, text: str) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", RUN, str(kit.folder), text]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(line, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)


def held(kit: Kit) -> dict[str, Any]:
    """What hosts and state hold, without what differs from one run to the next."""
    (file,) = (kit.folder / ".pbx" / "state" / ".pulumi" / "stacks").rglob("*.json")
    latest = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    resources = [
        {key: each.get(key) for key in ("urn", "id", "type", "inputs", "dependencies")} for each in latest["resources"]
    ]
    hosts = {each.name: each.read_text(encoding="utf-8") for each in (kit.folder / "hosts").iterdir()}
    return {"hosts": hosts, "resources": resources, "pending": latest.get("pending_operations") or []}


def left_behind(kit: Kit) -> list[str]:
    hidden = kit.folder / ".pbx"
    return [str(each) for each in (*hidden.rglob("*.new-*"), *(hidden / "state").rglob("locks/**/*.json"))]


def killed_after(kit: Kit, text: str, seconds: float, group: bool) -> bool:
    """Whether it still ran then."""
    run = begun(kit, text)
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL) if group else os.kill(run.pid, signal.SIGKILL)
    return run.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("group", [False, True], ids=["pbx alone", "with all that it started"])
def test_killed_at_any_moment_and_repeated_ends_as_undisturbed(kit: Kit, group: bool) -> None:
    wanted = {}
    seconds = 0.0
    for text in ("one", "two", "one"):
        started = time.monotonic()
        assert begun(kit, text).wait(120) == 0
        seconds = time.monotonic() - started
        wanted[text] = held(kit)

    turn = 0
    for point in range(POINTS // 2):
        for _ in range(4):
            turn += 1
            text = ("two", "one")[turn % 2]
            killed = killed_after(kit, text, seconds * (point + 0.5) / (POINTS // 2), group)
            (outcome,) = kit.engine.apply([kit.tenant(text=text)])
            assert outcome.error is None, (point, outcome.error)
            assert held(kit) == wanted[text], point
            assert kit.engine.unchanged(kit.tenant(text=text)), point
            assert left_behind(kit) == [], point
            if killed:
                break
            # A busy machine has become a quiet one: whole runs are shorter now.
            seconds *= 0.8
        assert killed, (point, "was over each time")


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path / "folder")
