"""The real engine with real Ansible on this machine: a tenant's life from create to delete, and what can go wrong."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from provisioner.adapters.pulumi import gathering
from provisioner.core.deployment import Kind, Op, Resource, Stack
from provisioner.core.errors import PbxError
from tests.adapters.engine_kit import Kit, apply, processes

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path / "folder")


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
