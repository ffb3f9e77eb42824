"""`pbx apply` stops where a plan takes away too much, before any engine starts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from provisioner.cli import main
from provisioner.cli.deployment import plan_document, plan_text
from provisioner.core.holdings import Holding
from provisioner.core.record import pack
from provisioner.pipeline.binding import Binding
from provisioner.pipeline.brakes import Stop
from provisioner.pipeline.deploy import Plan
from provisioner.provider import Brake
from tests.provider_folder import EXAMPLES

HOSTS = """
environments:
  prod:
    target: hosts
    nodes:
      data: {role: data, address: 10.0.0.10}
      edge: {role: edge, address: 10.0.0.20, public_address: 192.0.2.20}
      core: {role: core, address: 10.0.0.30}
"""
STOP = Stop(Holding.USERS, "klinik", ("anna", "bo"), 4, 1, Brake(count=25, share=20))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples without any tenant, and a state in which two were applied."""
    for each in ("PBX_STATE_URL", "PBX_AUDIT_URL", "PBX_FORMAT", "PBX_REASON"):
        monkeypatch.delenv(each, raising=False)
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("tenants", ".pbx", "secrets"))
    provider = folder / "provider.yaml"
    provider.write_text(provider.read_text().replace("\nenvironments:\n  lab: {target: lab}\n", HOSTS))
    stacks = folder / ".pbx" / "state" / ".pulumi" / "stacks" / "pbx"
    stacks.mkdir(parents=True)
    for slug in ("one", "two"):
        inputs = {"slug": slug, "record": pack({"users": {"anna": {}, "bo": {}}})}
        urn = f"urn:pulumi:prod.tenant.{slug}::pbx::pbx:index:TenantFile::file"
        resource = {"type": "pbx:index:TenantFile", "urn": urn, "inputs": inputs}
        file = stacks / f"prod.tenant.{slug}.json"
        file.write_text(json.dumps({"checkpoint": {"latest": {"resources": [resource]}}}))
    monkeypatch.setenv("PBX_FOLDER", str(folder))
    return folder


def test_an_empty_folder_stops_with_the_figures_and_the_way_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["apply", "--env", "prod", "--yes"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "tenants: 2 of 2 would go, at most 1 may (1, and 10 %): one, two" in told.err
    assert "users: 4 of 4 would go" in told.err
    assert "what now: look whether the folder is whole" in told.err
    assert "--allow tenants --allow users --reason TEXT" in told.err
    assert not (folder / ".pbx" / "audit").exists()
    assert not (folder / "secrets").exists()


@pytest.mark.usefixtures("folder")
def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    allowed = ["--allow", "tenants", "--reason", "moved"]
    assert main.run(["apply", "--env", "prod", "--yes", *allowed, "--format", "json"]) == 4
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["exit_code"], error["kind"]) == (4, "stopped by policy or safety limit")
    assert "tenants:" not in error["message"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--allow", "tenants"], "--allow without a reason"),
        (["--allow", "tenants", "--reason", " "], "add --reason TEXT"),
        (["--allow", "everything"], "'mailboxes', 'recordings'"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_allowed_is_named_and_has_a_reason(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["apply", "--env", "prod", "--yes", *arguments]) == 64
    assert told in capsys.readouterr().err


def test_a_plan_begins_with_what_stops_it() -> None:
    plan = Plan(Binding("lab", (), "0" * 64), stops=(STOP,))
    assert list(plan_text(plan))[:2] == [
        "apply will stop: more would be taken away than it may (--allow CLASS --reason TEXT takes a brake off)",
        "  ! users of klinik: 2 of 4 would go, at most 1 may (20 %): anna, bo",
    ]
    (stop,) = plan_document(plan)["stops"]
    assert stop.pop("text") == STOP.text
    assert stop == {"class": "users", "tenant": "klinik", "names": ["anna", "bo"], "of": 4, "most": 1}
