"""The real engine with real Ansible on this machine: a tenant's life from create to delete, and what can go wrong."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.pulumi import gathering, locks
from provisioner.adapters.pulumi.engine import PulumiEngine
from provisioner.core.deployment import Kind, Op, Resource, Stack
from provisioner.core.errors import LockHeld, PbxError
from tests.adapters.engine_kit import Kit

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


def apply(kit: Kit, stack: Stack) -> list[tuple[Op, Kind, int]]:
    (outcome,) = kit.engine.apply([stack])
    assert outcome.error is None, outcome.error
    return [(each.step.op, each.step.kind, sum(host.changed for host in each.hosts)) for each in outcome.done]


def test_a_tenant_lives(kit: Kit) -> None:
    first = kit.tenant(text="one")
    (plan,) = kit.engine.plan([first])
    assert [(each.op, each.name) for each in plan.steps] == [(Op.CREATE, "core"), (Op.CREATE, "edge")]
    with kit.engine._running() as session:
        assert session.preview(first) == plan, "a stack that is not there is planned without the engine"
    assert kit.order() == []

    assert [(op, kind) for op, kind, _ in apply(kit, first)] == [
        (Op.CREATE, Kind.CORE_BUNDLE),
        (Op.CREATE, Kind.EDGE_ROWS),
    ]
    assert kit.on_host("core-klinik") == first.resources[0].inputs["digest"]
    assert kit.order() == ["present core klinik", "present edge klinik"]
    assert kit.engine.outputs(first.name)["core"]["hosts"] == {"core": {"ran": 2, "changed": 2}}

    assert kit.engine.unchanged(first)
    assert kit.engine.apply([first])[0].skipped
    assert kit.engine.plan([first])[0].changes == ()

    second = kit.tenant(text="two")
    (plan,) = kit.engine.plan([second])
    assert [(each.op, each.name, each.changed) for each in plan.changes] == [(Op.UPDATE, "core", ("digest",))]
    assert apply(kit, second) == [(Op.UPDATE, Kind.CORE_BUNDLE, 1)]
    assert kit.on_host("core-klinik") == second.resources[0].inputs["digest"]

    moved = kit.tenant(text="two", node="core2")
    (plan,) = kit.engine.plan([moved])
    assert [(each.op, each.name) for each in plan.changes] == [(Op.REPLACE, "core"), (Op.UPDATE, "edge")]
    apply(kit, moved)
    assert (kit.on_host("core-klinik"), bool(kit.on_host("core2-klinik"))) == ("", True)

    (kit.folder / "order").unlink()
    (gone,) = kit.engine.destroy([moved.name])
    assert gone.error is None
    assert [each.step.name for each in gone.done] == ["edge", "core"]
    assert kit.order() == ["absent edge klinik", "absent core klinik"]
    assert kit.engine.stacks() == ()
    assert kit.engine.destroy([moved.name])[0].skipped


def test_what_somebody_changed_by_hand_is_put_back_when_it_is_asked_for(kit: Kit) -> None:
    stack = kit.tenant()
    apply(kit, stack)
    file = kit.folder / "hosts" / "core-klinik"
    file.write_text("by hand")
    assert kit.engine.apply([stack])[0].skipped
    (outcome,) = kit.engine.apply([stack], again=frozenset([stack.name]))
    assert [(each.step.op, each.step.kind) for each in outcome.done] == [
        (Op.UPDATE, Kind.CORE_BUNDLE),
        (Op.UPDATE, Kind.EDGE_ROWS),
    ]
    assert kit.on_host("core-klinik") == stack.resources[0].inputs["digest"]
    assert kit.engine.unchanged(stack)
    assert kit.engine.plan([stack])[0].changes == ()


def test_rotated_secret_shows_and_changes_the_edge_only(kit: Kit) -> None:
    apply(kit, kit.tenant())
    kit.secrets.set("anna", "rotated-5Kp")
    rotated = kit.tenant()
    (plan,) = kit.engine.plan([rotated])
    assert [(each.name, each.changed) for each in plan.changes] == [("edge", ("secrets",))]
    apply(kit, rotated)
    assert "rotated-5Kp" in kit.on_host("data-klinik")


def test_failed_check_names_host_and_remedy_and_a_repeat_goes_on(kit: Kit) -> None:
    (kit.folder / "fail").touch()
    stack = kit.tenant()
    (outcome,) = kit.engine.apply([stack])
    assert outcome.error is not None
    assert outcome.error.message == "host core, task “Fail where the test says so”: the daemon refused line 7"
    assert "apply` again" in outcome.error.remedy
    assert kit.on_host("data-klinik") == ""

    (kit.folder / "fail").unlink()
    assert [name for _, name, _ in apply(kit, stack)] == [Kind.CORE_BUNDLE, Kind.EDGE_ROWS]


def test_tenants_run_beside_each_other_and_fail_alone(kit: Kit) -> None:
    stacks = [kit.tenant(slug) for slug in ("a", "b", "c")]
    broken = Stack("lab.tenant.d", (Resource(Kind.CORE_BUNDLE, "core", {"slug": "d", "node": "core", "digest": "0"}),))
    outcomes = kit.engine.apply([*stacks, broken])
    assert [each.error is None for each in outcomes] == [True, True, True, False]
    assert "is not in" in str(outcomes[3].error)
    assert kit.engine.stacks() == ("lab.tenant.a", "lab.tenant.b", "lab.tenant.c", "lab.tenant.d")


def test_tenants_go_together_and_whoever_is_refused_fails_alone(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_QUIET_SECONDS", 600.0)  # however slow the machine is
    slugs = ("a", "b", "c", "d")
    (kit.folder / "refused").write_text("b")
    outcomes = kit.engine.apply([kit.tenant(slug, slug) for slug in slugs])
    assert [each.error is None for each in outcomes] == [True, False, True, True]
    assert "the daemon refused b" in str(outcomes[1].error)
    assert [len(each.done) for each in outcomes] == [2, 0, 2, 2]
    assert kit.on_host("core-b") == kit.on_host("data-b") == ""
    assert [each for each in kit.order() if " edge " in each] == ["present edge a c d"]

    (kit.folder / "refused").unlink()
    again = kit.engine.apply([kit.tenant(slug, slug) for slug in slugs])
    assert [each.skipped for each in again] == [True, False, True, True]
    assert kit.order()[-2:] == ["present core b", "present edge b"]

    (kit.folder / "order").unlink()
    assert not any(each.error for each in kit.engine.destroy([f"lab.tenant.{slug}" for slug in slugs]))
    assert kit.order() == ["absent edge a b c d", "absent core a b c d"]
    assert list((kit.folder / "hosts").iterdir()) == []


def test_backend_that_is_no_local_folder_is_asked_by_the_engine(kit: Kit) -> None:
    kit.engine._state = None  # as with a bucket: nothing may be read past the engine
    stack = kit.tenant()
    with pytest.raises(PbxError, match="cannot use the state at file://"):
        kit.engine.outputs(stack.name)
    (kit.folder / ".pbx" / "state").mkdir(parents=True)
    assert kit.engine.outputs(stack.name) == {}
    apply(kit, stack)
    assert kit.engine.outputs(stack.name)["core"]["slug"] == "klinik"
    assert kit.engine.stacks() == (stack.name,)
    assert not kit.engine.unchanged(stack)
    assert kit.engine.plan([stack])[0].changes == ()
    assert apply(kit, stack) == []


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


def processes() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and (line := (each / "cmdline").read_bytes()):
                found[int(each.name)] = line.decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            continue
    return found


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


def test_planted_secret_stays_hidden(kit: Kit) -> None:
    planted = "planted-anna-7Fq2"
    passphrase = kit.secrets.get("pbx/engine-passphrase")
    seen: list[str] = []
    stop = threading.Event()

    def sample() -> None:
        while not stop.is_set():
            seen.extend(" ".join(line) for line in processes().values())
            time.sleep(0.02)

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        stack = kit.tenant()
        plan = kit.engine.plan([stack])
        (outcome,) = kit.engine.apply([stack])
    finally:
        stop.set()
        watcher.join()
    assert outcome.error is None
    assert planted in kit.on_host("data-klinik")
    assert any("ansible-playbook" in each for each in seen)

    told = [*seen, repr(plan), repr(outcome), *(each.text for each in kit.events)]
    assert [each for each in told if planted in each or passphrase in each] == []
    kept = [each for each in (kit.folder / ".pbx").rglob("*") if each.is_file()]
    assert len(kept) > 5
    for secret in (planted, passphrase):
        assert [each for each in kept if secret.encode() in each.read_bytes()] == []


def test_nothing_of_state_is_written_in_place(kit: Kit) -> None:
    """What an engine that is killed can leave empty fails every later run; see `engine_url`."""
    kit.engine.apply([kit.tenant()])
    state = kit.folder / ".pbx" / "state"
    assert (state / ".pulumi" / "stacks").is_dir()
    assert list(state.rglob("*.attrs")) == []


def test_state_names_no_path_of_this_machine(kit: Kit) -> None:
    apply(kit, kit.tenant())
    (state,) = (kit.folder / ".pbx" / "state" / ".pulumi" / "stacks").rglob("*.json")
    text = state.read_text(encoding="utf-8")
    assert "sourcePosition" not in text
    assert str(kit.folder) not in text
    assert str(ROOT) not in text
    assert sys.prefix not in text


@pytest.mark.skipif(os.geteuid() != 0, reason="a disk of its own needs root")
@pytest.mark.parametrize(("room", "carried_out"), [(4096, 0), (8192, 1)], ids=["for its lock", "for its history"])
def test_a_disk_that_is_full_for_the_engine_is_named_and_a_repeat_heals(
    kit: Kit, tmp_path: Path, room: int, carried_out: int
) -> None:
    kit.engine.apply([kit.tenant()])
    hidden, kept = kit.folder / ".pbx", tmp_path / "kept"
    hidden.rename(kept)
    hidden.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", str(hidden)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", str(hidden)], check=True)
        wanted, filler = kit.tenant(text="two"), hidden / "filler"
        with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
            while True:
                stream.write(bytes(4096))
        os.truncate(filler, filler.stat().st_size - room)
        (outcome,) = kit.engine.apply([wanted])
        assert outcome.error
        assert f"{hidden}/state" in str(outcome.error)
        assert "no space left on device" in str(outcome.error)
        assert outcome.error.remedy.startswith(f"free some space on the disk of {hidden}")
        assert len(outcome.done) == carried_out
        filler.unlink()
        kit.engine.apply([wanted])
        assert kit.engine.unchanged(wanted)
        assert kit.on_host("core-klinik") == wanted.resources[0].inputs["digest"]
    finally:
        subprocess.run(["umount", str(hidden)], check=True)
