"""The main job in pods: a company is applied by the real engine, and telephones of a lab call through edge and core."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters import images
from provisioner.adapters.cluster import programs
from provisioner.adapters.lab import Lab
from provisioner.adapters.lab_cluster import Cluster
from provisioner.environments import Images

pytestmark = [pytest.mark.lab, pytest.mark.engine]  # namespaces and control groups need root

PBX = Path(sys.executable).with_name("pbx")
EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass
class Folder:
    """A provider's folder with the environment `pods`."""

    environment: Mapping[str, str]

    def pbx(self, *words: str) -> str:
        done = subprocess.run(
            [PBX, *words], env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def folder(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    if not programs.provider_is_there():
        pytest.skip(f"{programs.PLUGIN} has not been built: `make kubernetes`")
    lab = Lab(f"{cluster.name}-telephones"[:20])
    try:
        lab.up(only=("phones", "carrier"))
        place = tmp_path_factory.mktemp("pods") / "folder"
        (place / "tenants").mkdir(parents=True)
        shutil.copy(EXAMPLES / "tenants/kiosken.yaml", place / "tenants")
        built = {name: images.ensure(images.read(name), print) for name in Images.model_fields}
        for each in built.values():
            cluster.load(each)
        lines = cluster.join(lab).environment("pods", {name: each.digest for name, each in built.items()})
        text = (EXAMPLES / "provider.yaml").read_text(encoding="utf-8")
        (place / "provider.yaml").write_text(
            text.replace("environments:\n", f"environments:\n{lines}"), encoding="utf-8"
        )
        home = {"XDG_CONFIG_HOME": str(place.parent / "configuration"), "KUBECONFIG": str(cluster.kubeconfig)}
        yield Folder({**os.environ, **home, "PBX_FOLDER": str(place)})
    finally:
        lab.down()


def test_a_call_goes_through_edge_and_core(folder: Folder) -> None:
    applied = json.loads(folder.pbx("apply", "--env", "pods", "--yes", "--format", "json"))
    assert {each["result"] for each in applied["stacks"]} == {"applied"}
    time.sleep(3)  # an edge looks every two seconds whether there are new rows
    ways = [word for each in ("users.ida.*", "sites.*", "user.ida.answered") for word in ("--only", each)]
    calls = json.loads(folder.pbx("verify", "--env", "pods", *ways, "--format", "json"))["calls"]
    assert {each["id"]: each["outcome"] for each in calls} == dict.fromkeys(
        ("users.ida.registers", "users.ida.calls-out", "sites.shop.emergency", "user.ida.answered"), "passed"
    )
