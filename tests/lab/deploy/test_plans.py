"""Saved plans, the way back and two applies at once, on the lab."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "kiosken"
OLD, NEW, NEWER = "name: Ida Sand", "name: Ida Strand  # married", "name: Ida Berg"


@pytest.fixture
def repository(examples: ProviderFolder) -> Iterator[ProviderFolder]:
    """The folder in Git, with one commit of what is applied."""
    git(examples, "init", "-q", "-b", "main")
    (examples.path / ".gitignore").write_text(".pbx\nsecrets\n", encoding="utf-8")
    commit(examples, "As it was")
    yield examples
    shutil.rmtree(examples.path / ".git")
    (examples.path / ".gitignore").unlink()


def git(folder: ProviderFolder, *words: str) -> str:
    who = ("-c", "user.name=Bo Ek", "-c", "user.email=bo@provider.example", "-c", "commit.gpgsign=false")
    line = ["git", "-C", str(folder.path), *who, *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: ProviderFolder, subject: str) -> str:
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", subject)
    return git(folder, "rev-parse", "HEAD")


def write(folder: ProviderFolder, old: str, new: str) -> None:
    file = folder.tenant(TENANT)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_signed_plan_is_applied_once_moves_are_named_and_the_way_back_is_a_plan(
    repository: ProviderFolder, tmp_path: Path
) -> None:
    key, signers, plan = tmp_path / "key", tmp_path / "signers", tmp_path / "plan.json"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    signers.write_text(f"anna {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    first = git(repository, "rev-parse", "HEAD")
    before = repository.held(TENANT)
    with repository.changed(TENANT, {}):
        write(repository, OLD, NEW)
        commit(repository, "She married")
        repository.pbx("plan", "--out", str(plan), "--sign", str(key))
        write(repository, NEW, NEWER)
        commit(repository, "Once more")
        stale = repository.try_pbx("apply", str(plan), "--signers", str(signers))
        assert stale.returncode == 7, stale.stderr
        assert f"{TENANT}: users.ida.name: “Ida Strand” → “Ida Berg”" in stale.stderr
        assert "by Bo Ek" in stale.stderr
        assert "“Once more”" in stale.stderr
        assert repository.held(TENANT) == before
        git(repository, "reset", "-q", "--hard", "HEAD~1")
        repository.pbx("apply", str(plan), "--signers", str(signers))
        repository.pbx("apply", str(plan), "--signers", str(signers))  # all of it is done
        record = repository.document("history", TENANT)["records"][0]
        assert record["signed"] == "anna"
        assert record["plan"] == json.loads(plan.read_text(encoding="utf-8"))["digest"]
        assert repository.held(TENANT) != before
        back = repository.document("rollback", TENANT, "--to", first, "--apply", "--yes", "--reason", "she did not")
        assert back["written"]
        assert repository.held(TENANT) == before
        assert git(repository, "diff", first, "--", f"tenants/{TENANT}.yaml") == ""
        record = repository.document("history", TENANT)["records"][0]
        assert record["reason"] == f"rollback of {TENANT} to {first[:10]}: she did not"


def test_of_two_applies_at_once_one_is_done_and_the_other_waits_or_is_told(examples: ProviderFolder) -> None:
    with examples.changed(TENANT, {OLD: NEW}):
        first = examples.begin("apply", "--yes")
        until("update CoreBundle core", first)
        os.killpg(first.pid, signal.SIGSTOP)
        try:
            told = examples.try_pbx("apply", "--yes")
            assert told.returncode == 6, told.stderr
            assert f"process {first.pid}, since " in told.stderr
            assert f"process {first.pid}" in examples.pbx("lock", "ls")
            second = examples.begin("apply", "--yes", "--wait", "5m")
            until("waiting for ", second)
        finally:
            os.killpg(first.pid, signal.SIGCONT)
        assert first.wait(120) == 0, "nobody disturbed it"
        assert second.wait(120) == 0
        assert "nobody works on lab" in examples.pbx("lock", "ls")


def until(moment: str, run: subprocess.Popen[str]) -> None:
    """Until the run's progress tells of the moment."""
    assert run.stderr is not None
    assert any(moment in line for line in run.stderr), f"{moment!r} was never told"


def test_the_first_tenant_is_called_before_the_others_follow(examples: ProviderFolder) -> None:
    with examples.changed(TENANT, {OLD: NEW}), examples.changed("solglantan", {"timeout: 120s": "timeout: 95s"}):
        done = examples.try_pbx("apply", "--yes", "--first", "1", "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        results = {each["stack"]: each["result"] for each in json.loads(done.stdout)["stacks"]}
        assert results[f"lab.tenant.{TENANT}"] == results["lab.tenant.solglantan"] == "applied"
        called = [line for line in done.stderr.splitlines() if " passed after " in line]
        assert called
        assert all(f"{TENANT} " in line for line in called), called
        assert done.stderr.index(called[-1]) < done.stderr.index("lab.tenant.solglantan")
