"""The folder's history, with a real repository in which the folder is only a part."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from provisioner.adapters.git import GitCommits, command, laid_down
from provisioner.core.errors import PbxError, TimedOut, UsageError

WHO = ("-c", "user.name=Bo Ek", "-c", "user.email=bo@provider.example", "-c", "commit.gpgsign=false")
FILE = "tenants/klinik.yaml"
OLD, NEW = b"name: Klinik  # \xc3\xa5r 1\n", b"name: Kliniken\n"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *WHO, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "provider"
    (folder / "tenants").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / FILE).write_bytes(OLD)
    (folder / "tenants" / "acme").mkdir()
    (folder / "tenants" / "acme" / "users.yaml").write_bytes(OLD)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    git(folder, "tag", "v1")
    (folder / FILE).write_bytes(NEW)
    git(folder, "commit", "-q", "-a", "-m", "New name")
    (folder / "provider.yaml").write_bytes(NEW)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Other")
    return folder


def test_commits_that_touched_a_path(folder: Path) -> None:
    known = GitCommits(folder)
    first = known.commit("v1")
    assert (first.author, first.subject, first.digest) == ("Bo Ek", "First", git(folder, "rev-parse", "v1"))
    assert [each.subject for each in known.since(first.digest, [FILE])] == ["New name"]
    assert [each.subject for each in known.since(first.digest, ["."])] == ["Other", "New name"]
    assert known.since(first.digest, ["tenants/nobody.yaml"]) == ()
    assert known.since("0" * 40, ["."]) == known.since("", ["."]) == ()


def test_a_subject_may_hold_what_breaks_lines_elsewhere(folder: Path) -> None:
    known = GitCommits(folder)
    first = known.commit("HEAD").digest
    git(folder, "commit", "-q", "--allow-empty", "-m", "Two\u2028lines, \x85 or\fmore")
    git(folder, "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    assert [each.subject for each in known.since(first, [])] == ["", "Two\u2028lines, \x85 or\fmore"]


def test_a_revision_whose_link_leads_out_of_the_folder_is_told(folder: Path) -> None:
    with laid_down(folder, "v1") as home:
        assert (home / FILE).read_bytes() == OLD
    (folder / "tenants/link.yaml").symlink_to("/etc/hostname")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Link")
    with pytest.raises(PbxError, match=r"the revision 'HEAD' cannot be laid down: .*link"), laid_down(folder, "HEAD"):
        pass


def test_a_git_that_hangs_is_a_time_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = folder / "bin/git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 5\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent), prepend=":")
    monkeypatch.setattr(command, "SECONDS", 0.1)
    with pytest.raises(TimedOut, match="git show took longer"):
        command.run(folder, "show")


def test_files_and_their_bytes(folder: Path) -> None:
    known = GitCommits(folder)
    first = known.commit("v1").digest
    assert known.files(first, ["tenants/acme", FILE]) == ("tenants/acme/users.yaml", FILE)
    assert known.files(first, ["tenants/nobody.yaml"]) == ()
    assert known.content(first, FILE) == OLD
    assert known.content("HEAD", FILE) == NEW
    with pytest.raises(PbxError, match="Git cannot give tenants/nobody"):
        known.content(first, "tenants/nobody.yaml")


def test_what_is_in_no_commit(folder: Path) -> None:
    known = GitCommits(folder)
    (folder / ".pbx").mkdir()
    (folder / ".pbx" / "state").touch()
    assert not known.uncommitted(["."])
    (folder / "tenants" / "fresh.yaml").touch()
    assert known.uncommitted(["."])
    assert known.uncommitted(["tenants/fresh.yaml"])
    assert not known.uncommitted([FILE])


@pytest.mark.parametrize("revision", ["v2", "--help", "HEAD~9", "v1:tenants"])
def test_a_revision_that_is_none(folder: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="no revision"):
        GitCommits(folder).commit(revision)


def test_a_folder_outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is not in Git"):
        GitCommits(tmp_path).commit("HEAD")
    assert not GitCommits(tmp_path).uncommitted(["."])
