"""Killed at any moment, a lab heals at the next call; taken down, nothing of it stays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab, LabError
from provisioner.adapters.lab.cgroups import cgroup2_mount
from provisioner.adapters.lab.topology import MACHINES

pytestmark = pytest.mark.lab


def _words(path: str) -> str:
    try:
        return Path(path).read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def traces(name: str) -> list[str]:
    """Everything on this host that carries the lab's name: files, mounts, namespaces, groups, processes."""
    processes = [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]
    found = [f"process {pid}" for pid in processes if pid != os.getpid() and name in _words(f"/proc/{pid}/cmdline")]
    found += [f"mount {line}" for line in _words("/proc/self/mountinfo").splitlines() if name in line]
    places = [Path("/run/netns"), Path("/run/systemd/nspawn"), Path("/var/lib/pbx"), cgroup2_mount() or Path("/none")]
    for place in places:
        # os.walk passes over folders that go while it looks: services of other labs end meanwhile.
        for folder, folders, files in os.walk(place):
            found += [f"{folder}/{each}" for each in (*folders, *files) if name in each]
    return found


def host_links() -> set[str]:
    return {link.name for link in Path("/sys/class/net").iterdir()}


@pytest.fixture
def own() -> Iterator[Lab]:
    """A lab of the test's own, that nobody else has a name like."""
    own = Lab(f"life-{uuid.uuid4().hex[:10]}")
    yield own
    own.down()


def up_until(own: Lab, line: str, command: str = "up") -> None:
    """Start the command, and kill it without mercy when it has said `line`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "provisioner.cli.lab", command, "--name", own.name], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    said = ""
    for said in process.stderr:
        if line in said:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert line in said, f"never said {line!r}, last {said!r}"


def test_down_leaves_nothing(own: Lab) -> None:
    own.up()
    slot = own.status().slot
    assert traces(own.name)
    agent = subprocess.Popen(["ip", "netns", "exec", own.namespace("phones"), "sleep", "300"])
    assert own.down() is True
    assert agent.wait(5) == -signal.SIGKILL
    assert traces(own.name) == []
    assert not {
        link for link in host_links() if link.startswith(f"pbx{slot}") and not link[len(f"pbx{slot}")].isdigit()
    }
    assert own.down() is False
    assert traces(own.name) == []


@pytest.mark.parametrize("moment", ["laying cables", "data: booting", "phones: booting", "running"])
def test_killed_while_coming_up_then_up(own: Lab, moment: str) -> None:
    up_until(own, moment)
    after = own.up()
    assert after.phase == "ready"
    assert [m.answers for m in after.machines] == [True] * len(MACHINES)
    own.down()
    assert traces(own.name) == []


@pytest.mark.parametrize("moment", ["laying cables", "phones: booting", "running"])
def test_killed_while_coming_up_then_down(own: Lab, moment: str) -> None:
    up_until(own, moment)
    own.down()
    assert traces(own.name) == []


def test_killed_while_going_down(own: Lab) -> None:
    own.up()
    up_until(own, "going down", "down")
    own.down()
    assert traces(own.name) == []


def test_a_dead_machine_comes_back_with_its_files(own: Lab) -> None:
    own.up()
    assert own.run("core", ["touch", "/etc/kept"]).returncode == 0
    own.run("core", ["systemctl", "poweroff", "--force", "--force"], timeout=10)
    while next(m for m in own.status().machines if m.name == "core").alive:
        pass
    assert own.status().phase == "partly"
    assert own.up().phase == "ready"
    assert own.run("core", ["test", "-e", "/etc/kept"]).returncode == 0


def test_the_host_was_restarted(own: Lab) -> None:
    """Processes and namespaces are gone, files are there: the same machines come back at the same addresses."""
    from provisioner.adapters.lab import cgroups, network

    before = own.up()
    assert own.run("data", ["touch", "/etc/kept"]).returncode == 0
    cgroups.remove(cgroups.lab_group(own.name))
    network.remove(own.name)
    assert own.status().phase == "stopped"
    after = own.up()
    assert (after.phase, after.slot) == ("ready", before.slot)
    assert own.run("data", ["test", "-e", "/etc/kept"]).returncode == 0


def test_two_labs_side_by_side(own: Lab, lab: Lab) -> None:
    own.up()
    assert own.status().slot != lab.status().slot
    assert own.run("edge", ["true"]).returncode == lab.run("edge", ["true"]).returncode == 0


def test_a_full_disk_is_named_and_a_repeat_heals(tmp_path: Path) -> None:
    size = "size=8m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(tmp_path)], check=True)
    own = Lab(f"full-{uuid.uuid4().hex[:10]}", root=tmp_path)
    try:
        filler = tmp_path / "filler"
        with contextlib.suppress(OSError):
            filler.write_bytes(bytes(8 << 20))
        with pytest.raises(LabError, match="No space left") as caught:
            own.up()
        assert "PBX_LAB_ROOT" in caught.value.remedy
        filler.unlink()
        assert own.up().phase == "ready"
    finally:
        own.down()
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert traces(own.name) == []
