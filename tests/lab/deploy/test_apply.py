"""`pbx apply` on the lab's machines, by the real engine and the real roles: once, again, and after a kill."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.lab import Lab
from provisioner.adapters.pulumi.carry import carry_out
from provisioner.pipeline import deploy
from provisioner.wiring import Deployment

pytestmark = [pytest.mark.lab, pytest.mark.engine]

EXAMPLES = Path(__file__).parents[3] / "examples"
PBX = [sys.executable, "-c", "from provisioner.cli.main import main; main()"]


@dataclass
class Folder:
    """A provider's folder and the lab that it is applied to."""

    path: Path
    lab: Lab

    def start(self, *words: str) -> subprocess.Popen[str]:
        line = [*PBX, *words, "--folder", str(self.path), "--env", "lab"]
        return subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PBX_LAB": self.lab.name}
        )

    def run(self, *words: str) -> dict[str, Any]:
        process = self.start(*words, "--format", "json")
        output, words_of_progress = process.communicate(timeout=600)
        assert process.returncode == 0, f"{output}\n{words_of_progress}"
        document: dict[str, Any] = json.loads(output)
        return document

    def apply(self) -> dict[str, str]:
        """stack → what came of it."""
        return {each["stack"]: each["result"] for each in self.run("apply", "--yes")["stacks"]}

    def lengthen(self, key: str) -> int:
        """Adds a second to the first duration of that key in one tenant's file; returns it."""
        file = self.path / "tenants" / "solglantan.yaml"
        text = file.read_text(encoding="utf-8")
        found = re.search(rf"{key}: ([0-9]+)s", text)
        assert found
        seconds = int(found[1]) + 1
        file.write_text(text.replace(found[0], f"{key}: {seconds}s", 1), encoding="utf-8")
        return seconds

    def deployment(self, monkeypatch: pytest.MonkeyPatch) -> Deployment:
        monkeypatch.setenv("PBX_LAB", self.lab.name)
        return Deployment(self.path, "lab", lambda _: None)

    def changed_by_a_further_run(self, monkeypatch: pytest.MonkeyPatch, only: str = "") -> dict[str, int]:
        """`stack/resource` → how many tasks change something when its playbook is simply run again."""
        deployment = self.deployment(monkeypatch)
        prepared = deploy.prepare(self.path, deployment.provider, lambda: deployment.site, deployment.tools)
        means = deployment.means()
        changed: dict[str, int] = {}
        for stack in deploy.stacks(prepared, deployment.tools):
            for each in stack.resources if only in stack.name else ():
                if play := carry_out(each.kind, each.inputs, means, present=True):
                    results = means.playbooks.run(play, lambda _: None)
                    changed[f"{stack.name}/{each.name}"] = sum(host.changed for host in results)
        return changed


@pytest.fixture(scope="module")
def folder(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path = tmp_path_factory.mktemp("provider") / "folder"
    shutil.copytree(EXAMPLES, path)
    return Folder(path, lab)


def test_a_second_apply_changes_nothing_on_any_machine(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "lab.platform" in folder.apply()
    assert set(folder.apply().values()) == {"unchanged"}
    assert folder.run("plan")["changes"] == 0
    changed = folder.changed_by_a_further_run(monkeypatch)
    assert len(changed) == 9
    assert set(changed.values()) == {0}, changed


def test_one_change_touches_one_tenant(folder: Folder) -> None:
    folder.apply()
    seconds = folder.lengthen("every")
    results = folder.apply()
    assert {stack for stack, result in results.items() if result == "applied"} == {"lab.tenant.solglantan"}
    assert f"periodic-announce-frequency={seconds}" in _on_core(folder, "queues.conf").replace(" ", "")


def _on_core(folder: Folder, name: str) -> str:
    """A file of the tenant as it lies on the core."""
    return folder.lab.run("core", ["cat", f"/etc/asterisk/pbx/tenants/solglantan/{name}"]).stdout


@pytest.mark.parametrize("moment", ["update CoreBundle core", "Bundle, checked by Asterisk"])
def test_killed_and_repeated_ends_as_undisturbed(folder: Folder, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.apply()
    folder.lengthen("every")
    run = folder.start("apply", "--yes")
    assert run.stderr is not None
    for line in run.stderr:
        if moment in line:
            break
    time.sleep(0.3)
    run.send_signal(signal.SIGKILL)
    run.wait(60)

    assert folder.apply()["lab.tenant.solglantan"] == "applied"
    assert set(folder.apply().values()) == {"unchanged"}
    changed = folder.changed_by_a_further_run(monkeypatch, "tenant.solglantan")
    assert changed == {"lab.tenant.solglantan/core": 0, "lab.tenant.solglantan/edge": 0}


def test_no_secret_stands_in_what_is_kept(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.apply()
    store = folder.deployment(monkeypatch).secrets
    values = store._values()
    assert any(handle.startswith("devices/") for handle in values)
    kept = [each for each in (folder.path / ".pbx").rglob("*") if each.is_file() and each.suffix != ".wav"]
    texts = {each: each.read_bytes() for each in kept}
    found = [
        (handle, each) for handle, value in values.items() for each, text in texts.items() if value.encode() in text
    ]
    assert found == []
