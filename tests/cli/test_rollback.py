"""`pbx plan --out` and `pbx rollback` as they are called: a real repository, the real engine, and no machine."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.stored import Secrets
from provisioner.cli import main
from tests.cli.test_brakes import HOSTS
from tests.provider_folder import EXAMPLES

pytestmark = pytest.mark.engine

FILE = "tenants/kiosken.yaml"
OLD, NEW = "name: Ida Sand", "name: Ida Strand  # married"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples with one tenant, in Git, with two commits."""
    for each in ("PBX_STATE_URL", "PBX_AUDIT_URL", "PBX_FORMAT", "PBX_REASON", "PBX_ENV", "PBX_YES", "PBX_SIGNERS"):
        monkeypatch.delenv(each, raising=False)
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets", "solglantan*", "nordverk*"))
    provider = folder / "provider.yaml"
    provider.write_text(provider.read_text().replace("\nenvironments:\n  lab: {target: lab}\n", HOSTS))
    identity = tmp_path / "identity.txt"
    monkeypatch.setenv("PBX_AGE_IDENTITY_FILE", str(identity))
    Secrets(AgeFile(folder / "secrets" / "prod.age", identity, make_identity=True)).ensure({"x": lambda: "y"})
    (folder / ".gitignore").write_text(".pbx\n")
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "As it was")
    write(folder, OLD, NEW)
    commit(folder, "She married")
    monkeypatch.setenv("PBX_FOLDER", str(folder))
    return folder


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Bo Ek", "-c", "user.email=bo@provider.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, subject: str) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", subject)


def write(folder: Path, old: str, new: str) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_is_written_without_consent_and_then_the_file_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = (folder / FILE).read_bytes()
    assert main.run(["rollback", "kiosken", "--to", "HEAD~1", "--env", "prod"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"{FILE} as in commit {git(folder, 'rev-parse', 'HEAD~1')[:10]} by Bo Ek, ")
    assert "Kiosken is a new tenant" in told.out
    assert "on core, in this order" in told.out
    assert "nothing was written: add --yes" in told.err
    assert (folder / FILE).read_bytes() == now
    assert main.run(["rollback", "kiosken", "--to", "HEAD~1", "--env", "prod", "--yes", "--format", "json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert (document["written"], document["applied"], document["files"]) == (True, None, [FILE])
    assert document["plan"]["targets"] == ["kiosken"]
    assert f"{FILE} is written back: commit it, then apply it as any change" in told.err
    assert git(folder, "diff", "HEAD~1", "--stat", "--", "tenants") == ""
    assert main.run(["rollback", "kiosken", "--to", "HEAD", "--env", "prod", "--yes"]) == 64
    assert "are in no commit, and they would be lost" in capsys.readouterr().err


def test_a_saved_plan_names_field_and_commit_that_moved(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, key = tmp_path / "plan.json", tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    assert main.run(["plan", "--env", "prod", "--out", str(plan), "--sign", str(key), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("### pbx plan prod: ")
    assert (tmp_path / "plan.json.sig").read_text().startswith("-----BEGIN SSH SIGNATURE")
    assert "AGE-SECRET" not in plan.read_text()
    write(folder, NEW, "name: Ida Berg")
    commit(folder, "Once more")
    assert main.run(["apply", str(plan)]) == 7
    told = capsys.readouterr().err
    assert "\n  kiosken: users.ida.name: “Ida Strand” → “Ida Berg” (commit " in told
    assert "by Bo Ek" in told
    assert "“Once more”" in told
    assert not (folder / ".pbx" / "audit").exists(), "nothing was begun"
