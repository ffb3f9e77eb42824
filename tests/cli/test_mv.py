"""`pbx mv` as it is called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from provisioner.cli import main
from tests.pipeline.test_deploy import EXAMPLES


def test_it_shows_and_writes_what_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets"))
    monkeypatch.setenv("PBX_FOLDER", str(folder))
    file = folder / "tenants/solglantan.yaml"
    before = file.read_bytes()
    assert main.run(["mv", "solglantan", "user:anna", "anna-b", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert "+  anna-b:\n+    account: anna\n" in shown.out
    assert "nothing was written" in shown.err
    assert file.read_bytes() == before
    assert main.run(["mv", "solglantan", "user:anna", "user:anna-b", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["to"], told["noted"], told["files"]) == ("user:anna-b", True, ["tenants/solglantan.yaml"])
    assert main.run(["validate"]) == 0
    assert main.run(["mv", "solglantan", "anna-b", "anna"]) == 64
    assert main.run(["mv", "solglantan", "user:anna-b", "queue:anna"]) == 64


def test_the_tenant_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets"))
    monkeypatch.setenv("PBX_FOLDER", str(folder))
    (folder / "policies").mkdir()
    (folder / "policies/waivers.yaml").write_text("waivers: []  # nothing for solglantan\n")
    assert main.run(["mv", "solglantan", "tenant:kiosken", "clinic"]) == 64
    assert "`pbx mv kiosken tenant clinic` renames that one" in capsys.readouterr().err
    assert main.run(["mv", "solglantan", "tenant", "user:clinic"]) == 64
    assert main.run(["mv", "solglantan", "tenant", "clinic", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert "--- a/tenants/solglantan.yaml\n+++ b/tenants/clinic.yaml\n" in shown.out
    said = " ".join(shown.err.split())
    assert (
        "tenant:solglantan → tenant:clinic; mailboxes, recordings, settings, logins and registrations are kept" in said
    )
    assert "solglantan is also named in policies/waivers.yaml:1: look whether it is meant there" in said
    assert (folder / "tenants/solglantan.yaml").exists()
    assert main.run(["mv", "solglantan", "tenant", "tenant:clinic", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["tenants/clinic.yaml"]
    assert main.run(["validate"]) == 0
