"""The real engine in the hands of several: runs that are killed or interrupted, dead locks, and waiting for others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.pulumi import locks
from provisioner.adapters.pulumi.engine import PulumiEngine
from provisioner.core.errors import LockHeld
from tests.adapters.engine_kit import Kit, apply, processes

pytestmark = pytest.mark.engine

RUN = """
import sys
from pathlib import Path
from tests.adapters.engine_kit import Kit
kit = Kit(Path(sys.argv[1]))
outcome = kit.engine.apply([kit.tenant(text=sys.argv[2])])[0]
sys.exit(outcome.error.exit_code if outcome.error else 0)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path / "folder")


def start(kit: Kit, text: str = "one") -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", RUN, str(kit.folder), text]
    return subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_task(kit: Kit) -> None:
    """Until the playbook sleeps on its host."""
    end = time.monotonic() + 60
    while not sleepers(kit):
        assert time.monotonic() < end, "the playbook did not begin"
        time.sleep(0.05)


def sleepers(kit: Kit) -> list[int]:
    seconds = (kit.folder / "sleep").read_text(encoding="utf-8").strip()
    return [pid for pid, line in processes().items() if line == ["sleep", seconds]]


def engine_of(kit: Kit) -> int:
    """The number of the `pulumi` that works on this folder."""
    for pid in processes():
        try:
            if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith("pulumi"):
                home = f"PULUMI_HOME={kit.folder}/.pbx/home".encode()
                if home in Path(f"/proc/{pid}/environ").read_bytes():
                    return pid
        except OSError:
            continue
    raise AssertionError("no engine runs")


def test_killed_in_the_middle_and_repeated_ends_as_undisturbed(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("9.37", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    run.kill()
    run.wait()
    (kit.folder / "sleep").unlink()

    apply(kit, kit.tenant(text="one"))
    assert kit.engine.unchanged(kit.tenant(text="one"))
    assert kit.order() == ["present core klinik", "present edge klinik"]
    assert not list(Path("/dev/shm").glob(f"pbx-play-{run.pid}-*"))


def test_killed_engine_leaves_a_dead_lock_that_the_next_run_releases(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("9.41", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    os.kill(engine_of(kit), signal.SIGKILL)
    assert run.wait(60) == 1
    (kit.folder / "sleep").unlink()
    assert list((kit.folder / ".pbx" / "state" / ".pulumi" / "locks").rglob("*.json"))

    apply(kit, kit.tenant(text="one"))
    assert any("released the lock of a dead run" in each.text for each in kit.events)
    assert any("clearing what it left pending" in each.text for each in kit.events)
    assert kit.engine.apply([kit.tenant(text="one")])[0].skipped


def test_a_lock_is_broken_by_the_engine_where_its_state_cannot_be_read(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("9.67", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    stack = kit.tenant(text="one").name
    with pytest.raises(LockHeld, match=f"process {engine_of(kit)}"):
        kit.engine.release(stack)
    os.kill(engine_of(kit), signal.SIGKILL)
    assert run.wait(60) == 1
    folder = kit.folder / ".pbx" / "state" / ".pulumi" / "locks"
    assert list(folder.rglob("*.json"))
    kit.engine._state = None  # as with a bucket
    kit.engine.release(stack)
    assert not list(folder.rglob("*.json"))


def test_interrupted_run_ends_soon_and_a_repeat_goes_on(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("59.53", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    run.send_signal(signal.SIGINT)
    begun = time.monotonic()
    run.wait(60)
    assert time.monotonic() - begun < 30
    for orphan in sleepers(kit):  # what already runs on a host ends there by itself
        os.kill(orphan, signal.SIGKILL)
    assert not list((kit.folder / ".pbx" / "state" / ".pulumi" / "locks").rglob("*.json"))
    (kit.folder / "sleep").unlink()

    apply(kit, kit.tenant(text="one"))
    assert kit.engine.apply([kit.tenant(text="one")])[0].skipped


def test_live_lock_names_its_owner(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("9.43", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    (outcome,) = kit.engine.apply([kit.tenant(text="two")])
    assert isinstance(outcome.error, LockHeld)
    assert f"process {run.pid}" in outcome.error.message
    assert run.wait(60) == 0


def test_a_run_that_may_wait_is_done_after_the_other(kit: Kit) -> None:
    (kit.folder / "sleep").write_text("3.47", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    (kit.folder / "sleep").unlink()
    patient = PulumiEngine(replace(kit.settings(), wait=60), lambda _: kit.means(), kit.events.append)
    (outcome,) = patient.apply([kit.tenant(text="two")])
    assert outcome.error is None
    assert run.wait(60) == 0
    assert any(f"process {run.pid}" in each.text for each in kit.events if each.text.startswith("waiting: "))
    assert kit.on_host("core-klinik") == kit.tenant(text="two").resources[0].inputs["digest"]


def test_a_tenant_that_another_machine_is_at_is_waited_for(kit: Kit, tmp_path: Path) -> None:
    """As with a bucket: the folder of our locks is not shared, and the state is asked of the engine."""
    (kit.folder / "sleep").write_text("3.59", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    (kit.folder / "sleep").unlink()
    elsewhere = PulumiEngine(
        replace(kit.settings(), locks=tmp_path / "locks"), lambda _: kit.means(), kit.events.append
    )
    elsewhere._state = None
    (outcome,) = elsewhere.apply([kit.tenant(text="two")])
    assert outcome.error is None
    assert run.wait(60) == 0
    assert any(each.text.startswith(f"waiting: the stack {outcome.stack} is locked by ") for each in kit.events)
    assert kit.on_host("core-klinik") == kit.tenant(text="two").resources[0].inputs["digest"]


def test_a_lock_that_came_after_we_had_looked_is_looked_at_again(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine of a `pbx` that was killed just after its start lays its lock a moment later."""
    (kit.folder / "sleep").write_text("9.71", encoding="utf-8")
    run = start(kit)
    wait_for_task(kit)
    os.kill(engine_of(kit), signal.SIGKILL)
    assert run.wait(60) == 1
    (kit.folder / "sleep").unlink()
    looks = []
    really = locks.release_dead

    def look(*given: Any) -> bool:
        looks.append(given)
        return len(looks) > 1 and really(*given)

    monkeypatch.setattr(locks, "release_dead", look)
    apply(kit, kit.tenant(text="one"))
    assert len(looks) == 2
