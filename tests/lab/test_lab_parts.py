"""The lab's parts that need neither root nor machines."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from provisioner.adapters.lab import LabError, access, cgroups, image, limits, locks, requirements, state, topology
from provisioner.core.errors import LockHeld, UsageError


@dataclass
class Host:
    """A host written for the test: has everything but what is named."""

    lacks: set[str] = field(default_factory=set)
    uid: int = 0

    def user_id(self) -> int:
        return self.uid

    def has_tool(self, name: str) -> bool:
        return name not in self.lacks

    def has_file(self, path: Path) -> bool:
        return path.name not in self.lacks

    def has_cgroup2(self) -> bool:
        return "cgroup2" not in self.lacks

    def can_overlay(self, place: Path) -> bool:
        return "overlay" not in self.lacks and place.is_absolute()


@pytest.mark.parametrize(
    ("host", "building", "said", "remedy"),
    [
        (Host(uid=1000), True, "needs root", "sudo"),
        (
            Host({"systemd-nspawn"}),
            False,
            "systemd-nspawn (package systemd-container)",
            "install --yes systemd-container",
        ),
        (
            Host({"mmdebstrap", "ssh", "ssh-keygen"}),
            True,
            "ssh (package openssh-client), ssh-keygen (package openssh-client), mmdebstrap",
            "apt-get install --yes mmdebstrap openssh-client",
        ),
        (Host({"debian-archive-keyring.gpg"}), True, "Debian's archive keys", "debian-archive-keyring"),
        (Host({"cgroup2"}), False, "cgroup2", "unified_cgroup_hierarchy"),
    ],
)
def test_what_is_missing_is_said_with_the_way_out(host: Host, building: bool, said: str, remedy: str) -> None:
    with pytest.raises(LabError) as caught:
        requirements.check(host, building=building)
    assert said in caught.value.message
    assert remedy in caught.value.remedy


def test_a_file_system_without_overlays_is_named() -> None:
    with pytest.raises(LabError, match="overlay on /var/lib/pbx/labs") as caught:
        requirements.check_file_system(Host({"overlay"}), Path("/var/lib/pbx/labs/.x.trial"))
    assert "PBX_LAB_ROOT" in caught.value.remedy
    requirements.check_file_system(Host(), Path("/var/lib/pbx/labs/.x.trial"))


@pytest.mark.parametrize("lacks", [set(), {"mmdebstrap"}, {"debian-archive-keyring.gpg"}])
def test_an_image_that_is_there_needs_no_tools_to_build_it(lacks: set[str]) -> None:
    requirements.check(Host(lacks), building=False)


@pytest.mark.parametrize(
    ("name", "fits"),
    [("a", True), ("a" * 20, True), ("a" * 21, False), ("1a", False), ("", False), ("A", False), ("a/b", False)],
)
def test_lab_names(name: str, fits: bool) -> None:
    if fits:
        assert topology.check_name(name) == name
    else:
        with pytest.raises(UsageError, match="lab name"):
            topology.check_name(name)


def test_names_fit_the_kernel() -> None:
    longest = max(topology.SLOTS)
    links = [topology.host_link(longest, cable) for cable in ("private", "public", *topology.BY_NAME)]
    assert max(map(len, links)) <= 15


def test_addresses_stay_in_the_benchmark_range() -> None:
    spec = topology.BY_NAME["edge"]
    assert (spec.private_address(127), spec.public_address(127)) == ("198.18.127.20", "198.19.127.20")
    assert topology.BY_NAME["core"].public_address(0) is None


def test_inventory_names_every_machine_in_its_group(tmp_path: Path) -> None:
    text = yaml.safe_dump(access.inventory(tmp_path, "x", 3))
    children = yaml.safe_load(text)["all"]["children"]
    assert list(children) == sorted(["data", "edge", "core", "carrier", "phones"])
    assert children["edge"]["hosts"]["edge"] == {
        "ansible_host": "198.18.3.20",
        "private_address": "198.18.3.20",
        "public_address": "198.19.3.20",
    }
    assert "public_address" not in children["core"]["hosts"]["core"]


def test_state_survives_and_broken_state_counts_as_none(tmp_path: Path) -> None:
    kept = state.State("x", 3, "abcd", "0123", "ready")
    assert state.read(tmp_path) is None
    state.write(tmp_path, kept)
    assert state.read(tmp_path) == kept
    for broken in ("", "{", "[]", '{"format_version": 99}', '{"format_version": 1, "name": "x"}'):
        (tmp_path / "state.json").write_text(broken)
        assert state.read(tmp_path) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_is_told_to_use_sudo(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{}")
    (tmp_path / "state.json").chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(LabError, match="not allowed") as caught:
            state.read(tmp_path)
    finally:
        os.seteuid(0)
    assert "sudo" in caught.value.remedy


def test_slots_of_stopped_labs_stay_theirs(tmp_path: Path) -> None:
    for name, slot in (("a", 0), ("b", 5)):
        (tmp_path / name).mkdir()
        state.write(tmp_path / name, state.State(name, slot, "g", "i", "ready"))
    assert state.taken_slots(tmp_path) == {0, 5}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw", Path("/sys/fs/cgroup")),
        ("30 20 0:26 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw", Path("/sys/fs/cgroup/unified")),
        ("30 20 0:26 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids", None),
    ],
)
def test_the_cgroup2_tree_is_found(tmp_path: Path, line: str, place: Path | None) -> None:
    (tmp_path / "mountinfo").write_text(f"1 2 8:0 / / rw - ext4 /dev/x rw\n{line}\n")
    assert cgroups.cgroup2_mount(tmp_path / "mountinfo") == place


def _hold_for_ever(path: Path) -> None:
    with locks.hold(path, wait=0):
        time.sleep(60)


def test_a_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    holder = multiprocessing.get_context("spawn").Process(target=_hold_for_ever, args=(lock,))
    holder.start()
    deadline = time.monotonic() + 10
    while not (lock.exists() and lock.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    waited_for: list[str] = []
    with pytest.raises(LockHeld, match=f"process {holder.pid}"), locks.hold(lock, wait=0.3, waiting=waited_for.append):
        pass
    assert waited_for == [f"process {holder.pid}"]
    assert holder.pid
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with locks.hold(lock, wait=1):
        assert lock.exists()


def test_a_lock_removed_while_held_leaves_the_way_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locks.hold(lock, wait=0):
        lock.unlink()
        with locks.hold(lock, wait=0):
            assert lock.exists()


def test_the_recipe_is_whole_and_its_digest_follows_it(tmp_path: Path) -> None:
    recipe = image.read_recipe()
    assert {"asterisk", "kamailio", "rtpengine-daemon", "postgresql", "openssh-server"} <= set(recipe.packages)
    assert len(set(recipe.packages)) == len(recipe.packages)
    assert not [word for word in recipe.command(Path("/x")) if "://" in word]
    changed = tmp_path / "image.toml"
    changed.write_text(image.RECIPE.read_text() + "\n# one more line\n")
    assert image.read_recipe(changed).digest != recipe.digest


def test_a_build_that_fails_leaves_nothing_but_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool, script in {
        "setpriv": 'shift 2; exec "$@"',
        "unshare": 'shift 5; exec "$@"',
        "mmdebstrap": "echo no mirror; exit 3",
    }.items():
        (tools / tool).write_text(f"#!/bin/sh\n{script}\n")
        (tools / tool).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    images = tmp_path / "images"
    (images / "dead.part").mkdir(parents=True)
    with pytest.raises(LabError, match=r"(?s)mmdebstrap exit 3.*no mirror"):
        image.ensure(image.read_recipe(), lambda _: None, images)
    assert sorted(path.name for path in images.iterdir()) == ["build.lock", "build.log"]


@pytest.mark.parametrize(("before", "after"), [("128", "2048"), ("2047", "2048"), ("2048", "2048"), ("9999", "9999")])
def test_the_inotify_limit_is_raised_and_never_lowered(tmp_path: Path, before: str, after: str) -> None:
    setting = tmp_path / "max_user_instances"
    setting.write_text(before)
    assert bool(limits.raise_inotify(setting)) is (before != after)
    assert setting.read_text() == after


def test_a_limit_that_may_not_be_changed_is_left(tmp_path: Path) -> None:
    assert limits.raise_inotify(tmp_path / "absent") == ""
