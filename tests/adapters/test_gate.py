"""The lock of a whole run, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from provisioner.adapters import gate as module
from provisioner.adapters.gate import FolderGate
from provisioner.core.audit import Origin
from provisioner.core.deployment import Event
from provisioner.core.errors import LockHeld

ROOT = Path(__file__).parents[2]
PIPELINE = Origin("runner", "ci-7", "https://git.example/runs/17", "bo")

HOLD = """
import sys, time
from pathlib import Path
from provisioner.adapters.gate import FolderGate
from provisioner.core.audit import Origin
with FolderGate(Path(sys.argv[1]), lambda: Origin("eva", "desk"), print).held("lab", ()):
    print("held", flush=True)
    time.sleep(60)
"""


def gate(folder: Path, wait: float = 0.0, told: list[Event] | None = None, origin: Origin = PIPELINE) -> FolderGate:
    return FolderGate(folder, lambda: origin, (told if told is not None else []).append, wait)


def holder(folder: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", HOLD, str(folder)]
    run = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "held\n"
    return run


def test_a_second_run_is_told_who_and_which_pipeline(tmp_path: Path) -> None:
    with (
        gate(tmp_path).held("lab", ()),
        pytest.raises(LockHeld, match="lab is locked by bo by https://git") as raised,
        gate(tmp_path).held("lab", ()),
    ):
        pass
    assert f"by https://git.example/runs/17, process {os.getpid()}, since 20" in raised.value.message
    assert "last sign of life 0 s ago" in raised.value.message
    assert raised.value.exit_code == 6
    with gate(tmp_path).held("lab", ()):
        pass
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize(
    ("first", "second", "passes"),
    [
        ((), (), False),
        (("a",), (), False),
        ((), ("a",), False),
        (("a", "b"), ("b", "c"), False),
        (("a", "b"), ("c",), True),
    ],
)
def test_runs_of_different_tenants_pass(
    tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...], passes: bool
) -> None:
    with gate(tmp_path).held("lab", first):
        if passes:
            with gate(tmp_path).held("lab", second):
                assert [each.tenants for each in gate(tmp_path).running("lab")] in ([first, second], [second, first])
        else:
            with pytest.raises(LockHeld), gate(tmp_path).held("lab", second):
                pass
        with gate(tmp_path).held("prod", second):
            pass


def test_a_run_that_waits_is_told_for_whom_and_enters_when_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TELL_SECONDS", 0.4)
    told: list[Event] = []
    entered = threading.Event()

    def wait() -> None:
        with gate(tmp_path, 30, told).held("lab", ()):
            entered.set()

    with gate(tmp_path).held("lab", ()):
        thread = threading.Thread(target=wait)
        thread.start()
        assert not entered.wait(1)
    assert entered.wait(10)
    thread.join()
    assert len(told) > 1, "a heartbeat"
    assert {each.text.partition(", process")[0] for each in told} == {"waiting for bo by https://git.example/runs/17"}


def test_a_run_does_not_wait_for_ever(tmp_path: Path) -> None:
    begun = time.monotonic()
    with (
        gate(tmp_path).held("lab", ()),
        pytest.raises(LockHeld, match="also after 1 s"),
        gate(tmp_path, 1).held("lab", ()),
    ):
        pass
    assert 1 <= time.monotonic() - begun < 5


def test_the_lock_of_a_killed_run_is_gone_with_it(tmp_path: Path) -> None:
    run = holder(tmp_path)
    with pytest.raises(LockHeld, match=rf"eva@desk, process {run.pid}"), gate(tmp_path).held("lab", ()):
        pass
    run.kill()
    run.wait()
    assert len(list(tmp_path.glob("*.json"))) == 1, "the killed run could not take its file away"
    assert gate(tmp_path).running("lab") == []
    assert list(tmp_path.glob("*.json")) == []
    with gate(tmp_path).held("lab", ()):
        pass


def test_a_run_that_hangs_gives_no_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.1)
    with gate(tmp_path).held("lab", ()):
        time.sleep(1)
        (lively,) = gate(tmp_path).running("lab")
    run = holder(tmp_path)
    try:
        run.send_signal(signal.SIGSTOP)
        time.sleep(1)
        (silent,) = gate(tmp_path).running("lab")
    finally:
        run.kill()
        run.wait()
    assert lively.silent < 0.8 < silent.silent


def test_of_many_at_once_one_is_alone_and_all_get_their_turn(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with gate(tmp_path, 60).held("lab", ()):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(each,)) for each in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most == [1] * 6
