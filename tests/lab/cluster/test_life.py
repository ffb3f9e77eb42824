"""A cluster goes without a trace, however it ended: a killed `up`, a program that died, or an orderly `down`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner.adapters.lab.network import NETNS
from provisioner.adapters.lab_cluster import Cluster, groups, wires

pytestmark = pytest.mark.lab  # namespaces and control groups need root

NAME = "life"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("PBX_CLUSTER_ROOT", str(tmp_path / "clusters"))
    found = Cluster(NAME)
    yield found
    found.down()


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def traces(cluster: Cluster) -> list[str]:
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(cluster.root) in line]
    links = subprocess.run(["ip", "-brief", "link"], capture_output=True, text=True, check=True).stdout
    found = [line for line in links.splitlines() if line.startswith("pbxk")] if not _others() else []
    found += mounts + [str(each) for each in cluster.root.iterdir()]
    found += [wires.namespace(NAME)] if (NETNS / wires.namespace(NAME)).exists() else []
    return found + (["control groups"] if groups.left(NAME) else [])


def _others() -> bool:
    """Other clusters have links of their own."""
    return any(each.name.startswith("pbx-cluster-") and each.name != wires.namespace(NAME) for each in NETNS.glob("*"))


def test_nothing_is_left_of_an_up_that_was_killed(cluster: Cluster) -> None:
    code = f"from provisioner.adapters.lab_cluster import Cluster; Cluster({NAME!r}).up(print)"
    builder = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: groups.first_process(NAME) is not None)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert cluster.status().phase == "starting"
    assert cluster.down()
    assert traces(cluster) == []
    assert not cluster.down()


def test_the_first_program_that_ends_takes_the_machine_along_and_is_named(cluster: Cluster) -> None:
    assert cluster.up(print).phase == "ready"
    cluster.run(["pkill", "--exact", "etcd"])
    until(lambda: groups.first_process(NAME) is None)
    assert (cluster.status().phase, cluster.status().ended.split(",")[0]) == ("stopped", "etcd ended")
    cluster.down()
    assert traces(cluster) == []
