"""Saved and signed plans, rollback and locks, as they are called: all that needs no engine."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from provisioner.adapters.gate import FolderGate
from provisioner.adapters.signing import SshSignatures
from provisioner.cli import main
from provisioner.cli.deployment import plan_document
from provisioner.core.audit import Origin
from provisioner.pipeline.binding import Binding
from provisioner.pipeline.deploy import Plan
from tests.cli.test_brakes import folder

__all__ = ["folder"]

PLAN = Plan(Binding("prod", (), "ab" * 32, at="2026-11-30T08:00:00+00:00", origin=Origin("anna", "desk")))


def write(file: Path, plan: Plan = PLAN) -> bytes:
    content = json.dumps(plan_document(plan)).encode()
    file.write_bytes(content)
    return content


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A key, and the list of signers that names it."""
    key, signers = tmp_path / "key", tmp_path / "signers"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    signers.write_text(f"anna {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    return key, signers


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["plan.json", "--plan", "plan.json"], 64, "two plans are named"),
        (["plan.json", "--target", "one"], 64, "--target beside a plan"),
        (["missing.json"], 64, "missing.json is no plan: No such file"),
        (["plan.json", "--env", "lab"], 7, "is of the environment prod, not of lab"),
        (["old.json"], 7, "was made by pbx 0.0.9"),
        (["plan.json", "--signers", "signers"], 4, "there is no plan.json.sig beside it"),
        (["--signers", "signers"], 4, "only plans that are signed are carried out here"),
        (["plan.json", "--wait", "soon"], 64, "'soon' is no duration: for example 30s, 5m or 1h"),
    ],
)
def test_a_plan_that_is_not_carried_out(
    words: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "plan.json")
    write(tmp_path / "old.json", replace(PLAN, binding=replace(PLAN.binding, tool="0.0.9")))
    assert main.run(["apply", *words]) == code
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_signature_is_checked_before_the_plan_is_read(
    tmp_path: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    key, signers = keys
    file = tmp_path / "plan.json"
    signature = SshSignatures().sign(write(file), str(key))
    (tmp_path / "plan.json.sig").write_bytes(signature)
    words = ["apply", str(file), "--signers", str(signers)]
    assert main.run(words) == 7, "signed, but not of this folder"
    assert "is no longer what would be done" in capsys.readouterr().err
    file.write_bytes(file.read_bytes() + b"\n")
    assert main.run(words) == 4
    assert "the signature is of nobody" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_signing_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--env", "prod", "--sign", "key"]) == 64
    assert "add --out FILE" in capsys.readouterr().err


def test_who_works_on_an_environment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["lock", "ls", "--env", "prod"]) == 0
    assert capsys.readouterr().out == "nobody works on prod\n"
    locks = folder / ".pbx" / "state" / ".pulumi" / "locks" / "organization" / "pbx" / "prod.tenant.one"
    locks.mkdir(parents=True)
    facts = {"pid": 7, "username": "eva", "hostname": "elsewhere", "timestamp": "2026-11-30T08:00:00Z"}
    (locks / "x.json").write_text(json.dumps(facts), encoding="utf-8")
    origin = Origin("runner", "ci-7", "https://git.example/runs/17", "bo")
    with FolderGate(folder / ".pbx" / "locks", lambda: origin, lambda _: None).held("prod", ("one",)):
        assert main.run(["lock", "ls", "--env", "prod"]) == 0
        run, stack = capsys.readouterr().out.splitlines()
        assert run.startswith("prod  bo by https://git.example/runs/17, process ")
        assert "at one only" in run
        assert stack == "prod.tenant.one  eva@elsewhere, process 7, since 2026-11-30T08:00:00Z"
        assert main.run(["lock", "ls", "--env", "prod", "--format", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["runs"][0]["actor"] == "bo"
        assert list(document["stacks"]) == ["prod.tenant.one"]
        assert main.run(["apply", "--env", "prod", "--yes"]) == 6
        assert "prod is locked by bo by https://git.example/runs/17" in capsys.readouterr().err
    assert main.run(["lock", "break", "prod.tenant.tow"]) == 64
    assert "did you mean prod.tenant.two?" in capsys.readouterr().err
    assert main.run(["lock", "break", "prod.tenant.one"]) == 64, "nobody can be asked"
    assert list(locks.iterdir())
    assert main.run(["lock", "break", "prod.tenant.one", "--yes"]) == 0
    assert list(locks.iterdir()) == []


@pytest.mark.usefixtures("folder")
def test_all_who_share_a_state_meet_at_one_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared disk"
    monkeypatch.setenv("PBX_STATE_URL", shared.as_uri())
    with FolderGate(shared / "locks", lambda: Origin("eva", "desk"), lambda _: None).held("prod", ()):
        assert main.run(["apply", "--env", "prod", "--yes"]) == 6
    assert "prod is locked by eva@desk, process " in capsys.readouterr().err


def test_a_binding_says_who_planned() -> None:
    document = plan_document(PLAN)
    assert document["planned"] == {"at": PLAN.binding.at, **asdict(PLAN.binding.origin)}
    assert (document["environment"], document["digest"], document["tool"]) == ("prod", "ab" * 32, PLAN.binding.tool)
