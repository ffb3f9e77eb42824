"""The record of applies in a real file, killed and written by many; and who applies, by real Git."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.audit import FileAuditLog, origin
from provisioner.core.audit import Entry, Origin, parse, verify
from provisioner.core.errors import PbxError, UsageError

ENTRY = Entry("2026-11-30T04:00:00.000+00:00", "run", "apply", "0.1.0", "lab", Origin("anna", "desk"))
ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from provisioner.adapters.audit import FileAuditLog
from tests.adapters.test_audit import ENTRY
log = FileAuditLog(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(100_000):
    log.append([replace(ENTRY, stack=f"{sys.argv[2]}-{number}", changed=("~ words " * 500,))])
    print(number, flush=True)
"""


@pytest.fixture
def log(tmp_path: Path) -> FileAuditLog:
    return FileAuditLog(tmp_path / "audit" / "lab.jsonl")


def test_lines_lie_in_order_and_are_whole(log: FileAuditLog) -> None:
    log.append([replace(ENTRY, stack="one"), replace(ENTRY, stack="two")])
    head = log.append([replace(ENTRY, stack="three")])
    content, kept = log.read()
    assert [each["stack"] for line in content.splitlines() if (each := parse(line))] == ["one", "two", "three"]
    assert kept == head
    assert verify(content, kept).breaks == ()
    assert log.file.stat().st_mode & 0o007 == 0
    assert sorted(each.name for each in log.file.parent.iterdir()) == ["lab.head", "lab.jsonl"]


def test_threads_and_processes_write_one_chain(log: FileAuditLog) -> None:
    def write(name: str) -> None:
        for number in range(20):
            log.append([replace(ENTRY, stack=f"{name}-{number}")])

    other = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(log.file), "process"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdout.readline() == "ready\n"
    threads = [threading.Thread(target=write, args=(f"thread-{n}",)) for n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    other.kill()
    other.communicate()
    content, head = log.read()
    assert verify(content, head).breaks == ()
    assert sum(b'"stack":"thread-' in line for line in content.splitlines()) == 60


def test_a_writer_that_is_killed_loses_nothing_that_it_told_of(log: FileAuditLog) -> None:
    told = []
    for run in range(6):
        line = [sys.executable, "-c", WRITER, str(log.file), f"run{run}"]
        with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
            time.sleep(random.uniform(0.01, 0.1))
            os.kill(writer.pid, signal.SIGKILL)
            told += [f"run{run}-{number}" for number in writer.stdout.read().split("\n")[:-1]]
    log.append([replace(ENTRY, stack="last")])
    content, head = log.read()
    assert verify(content, head).breaks == ()
    stacks = {each["stack"] for line in content.splitlines() if (each := parse(line))}
    assert {*told, "last"} <= stacks


def test_a_torn_line_is_ended_and_told(log: FileAuditLog) -> None:
    log.append([replace(ENTRY, stack="one")])
    with log.file.open("ab") as stream:
        stream.write(b'{"format_version":1,"number":2,"bef')
    assert verify(*log.read()).torn == (2,)
    log.append([replace(ENTRY, stack="two")])
    verdict = verify(*log.read())
    assert (verdict.breaks, verdict.torn, verdict.records) == ((), (2,), 3)


@pytest.mark.parametrize("spoil", [lambda text: text[:-20], lambda text: text.replace("anna", "bo"), lambda _: ""])
def test_what_was_changed_is_found_ever_after(log: FileAuditLog, spoil: object) -> None:
    log.append([replace(ENTRY, stack="one"), replace(ENTRY, stack="two")])
    log.file.write_text(spoil(log.file.read_text()))  # type: ignore[operator]
    assert verify(*log.read()).breaks
    log.append([replace(ENTRY, stack="three")])
    assert verify(*log.read()).breaks


def test_a_record_that_is_not_there_and_a_head_that_is_none(log: FileAuditLog) -> None:
    with pytest.raises(UsageError, match="no apply was recorded") as raised:
        log.read()
    assert raised.value.remedy == "there are records of: nothing yet"
    log.append([ENTRY])
    with pytest.raises(UsageError) as raised:
        FileAuditLog(log.file.with_name("lap.jsonl")).read()
    assert raised.value.remedy == "did you mean lab?"
    log.file.with_suffix(".head").write_text("{}x")
    with pytest.raises(PbxError, match="cannot be understood"):
        log.append([ENTRY])


@pytest.mark.skipif(os.geteuid() != 0, reason="a disk of its own needs root")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], check=True)
    try:
        log = FileAuditLog(folder / "lab.jsonl")
        log.append([ENTRY])
        with pytest.raises(OSError, match="No space left") as raised:
            log.append([replace(ENTRY, changed=("~ words " * 20_000,))])
        assert str(folder) in raised.value.filename
        verdict = verify(*log.read())
        assert (verdict.breaks, verdict.torn) == ((), (2,)), "what was written of the line has no end"
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("variables", "pipeline", "actor"),
    [
        ({}, "", ""),
        ({"CI": "false"}, "", ""),
        ({"CI": "true"}, "a pipeline", ""),
        (
            {
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_SERVER_URL": "https://git.example",
                "GITHUB_REPOSITORY": "acme/phones",
                "GITHUB_RUN_ID": "17",
                "GITHUB_ACTOR": "anna",
            },
            "https://git.example/acme/phones/actions/runs/17",
            "anna",
        ),
        (
            {"GITLAB_CI": "true", "CI_JOB_URL": "https://git.example/jobs/4", "GITLAB_USER_LOGIN": "bo"},
            "https://git.example/jobs/4",
            "bo",
        ),
        ({"JENKINS_URL": "https://ci", "BUILD_URL": "https://ci/9"}, "https://ci/9", ""),
        ({"BUILDKITE": "true"}, "<BUILDKITE_BUILD_URL>", ""),
    ],
)
def test_a_pipeline_is_known_by_its_variables(
    tmp_path: Path, variables: dict[str, str], pipeline: str, actor: str
) -> None:
    found = origin(tmp_path, variables)
    assert (found.pipeline, found.actor, found.commit, found.dirty) == (pipeline, actor, "", False)
    assert found.user
    assert found.host


def test_who_called_sudo_is_who_applies(tmp_path: Path) -> None:
    assert origin(tmp_path, {"SUDO_USER": "anna"}).user == "anna"


@pytest.mark.skipif(not shutil.which("git"), reason="needs Git")
def test_the_commit_is_that_of_the_folder(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        named = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", "-C", str(tmp_path), *named, *words], check=True, capture_output=True, text=True
        ).stdout.strip()

    folder = tmp_path / "provider"
    folder.mkdir()
    (folder / "provider.yaml").write_text('version: "1"\n')
    git("init", "-q")
    assert origin(folder, {}).commit == "", "nothing was committed yet"
    git("add", ".")
    git("commit", "-qm", "one")
    (folder / ".pbx").mkdir()
    (folder / ".pbx" / "x").touch()
    (tmp_path / "elsewhere").touch()
    assert (origin(folder, {}).commit, origin(folder, {}).dirty) == (git("rev-parse", "HEAD"), False)
    (folder / "tenants.yaml").touch()
    assert origin(folder, {}).dirty
