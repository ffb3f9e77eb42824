"""The history of a folder, asked of a real Git."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.adapters.git import GitRevisions
from provisioner.core.errors import UsageError
from tests.a_tenants_life import STEPS, git


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A provider's folder that lies deep in its repository; two commits, and a third that does not touch it."""
    git(tmp_path, "init", "-q", "-b", "main")
    below = tmp_path / "customers" / "nordtel"
    (below / "tenants" / "åre").mkdir(parents=True)
    (below / "tenants" / "acme.yaml").write_text("name: Acme\n")
    (below / "tenants" / "åre" / "users.yaml").write_text("users: {}\n")
    (below / "tenants" / "linked.yaml").symlink_to("acme.yaml")
    _commit(tmp_path, "one")
    (below / "tenants" / "acme.yaml").write_text("name: Acme AB\n")
    (below / "holidays.ics").write_bytes(b"\0\n\n")
    _commit(tmp_path, "two")
    (tmp_path / "README").write_text("elsewhere\n")
    _commit(tmp_path, "three", day=1)
    return below


def _commit(root: Path, subject: str, day: int = 0) -> None:
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", subject, step=STEPS[day])
    git(root, "tag", subject)


def test_files_of_a_revision_by_path_relative_to_the_folder(folder: Path) -> None:
    history = GitRevisions(folder)
    one, two = history.find("one"), history.find("two")
    found = history.files(one, ["tenants", "holidays.ics"])
    assert found == {"tenants/acme.yaml": b"name: Acme\n", "tenants/åre/users.yaml": b"users: {}\n"}
    assert history.files(two, ["holidays.ics"]) == {"holidays.ics": b"\0\n\n"}
    assert history.files(two, []) == {}


def test_what_differs(folder: Path) -> None:
    history = GitRevisions(folder)
    one, two, three = (history.find(each) for each in ("one", "two", "three"))
    assert history.changed(one, two) == ["holidays.ics", "tenants/acme.yaml"]
    assert history.changed(two, three) == []


def test_files_as_they_are_now_count_before_anybody_adds_them(folder: Path) -> None:
    history = GitRevisions(folder)
    now, three = history.find(""), history.find("three")
    assert history.changed(three, now) == []
    (folder / "tenants" / "new.yaml").write_text("name: New\n")
    (folder / "tenants" / "acme.yaml").unlink()
    assert history.changed(three, now) == ["tenants/acme.yaml", "tenants/new.yaml"]
    assert history.files(now, ["tenants/new.yaml", "tenants/acme.yaml"]) == {"tenants/new.yaml": b"name: New\n"}
    assert history.naming(now, ["New"]) == ["tenants/new.yaml"]


def test_commits_that_touch_the_folder_oldest_first(folder: Path) -> None:
    history = GitRevisions(folder)
    assert [each.subject for each in history.between(history.find("one"), history.find("three"))] == ["two"]
    (two,) = history.between(history.find("one"), history.find("main"))
    assert two.author == "Anna Berg <anna@nordtel.example>"
    parent = history.parent(two)
    assert parent is not None
    assert parent.subject == "one"
    assert history.parent(parent) is None


def test_the_last_commits_that_touch_a_path(folder: Path) -> None:
    history = GitRevisions(folder)
    assert [each.subject for each in history.touching(["."], 5)] == ["two", "one"]
    assert [each.subject for each in history.touching(["tenants/acme.yaml"], 1)] == ["two"]
    assert [each.subject for each in history.touching(["tenants/åre", "nowhere"], 5)] == ["one"]


def test_a_day_is_the_last_commit_of_it_or_before(folder: Path) -> None:
    history = GitRevisions(folder)
    assert history.find("2026-01-02").subject == "two"
    assert history.find("2026-01-11").subject == "two"
    assert history.find("2026-01-12").subject == "three"
    with pytest.raises(UsageError, match="nothing was committed on 2026-01-01 or before"):
        history.find("2026-01-01")
    with pytest.raises(UsageError, match="no day"):
        history.find("2026-02-30")


def test_tenants_that_name_a_file(folder: Path) -> None:
    history = GitRevisions(folder)
    assert history.naming(history.find("two"), ["AB", "nobody"]) == ["tenants/acme.yaml"]
    assert history.naming(history.find("one"), ["AB"]) == []
    assert history.naming(history.find("one"), []) == []


@pytest.mark.parametrize("name", ["thre", "--help", "one two"])
def test_a_revision_that_is_none(folder: Path, name: str) -> None:
    with pytest.raises(UsageError) as failed:
        GitRevisions(folder).find(name)
    assert "no revision" in failed.value.message
    assert ("did you mean three?" in failed.value.remedy) == (name == "thre")


def test_histories_that_part(folder: Path) -> None:
    history = GitRevisions(folder)
    git(folder, "switch", "-q", "-c", "side", "one")
    (folder / "tenants" / "acme.yaml").write_text("name: Other\n")
    _commit(folder.parents[1], "four")
    assert history.fork(history.find("main"), history.find("side")).subject == "one"
    alone = git(folder, "commit-tree", "main^{tree}", "-m", "alone")
    with pytest.raises(UsageError, match="no commit in common"):
        history.fork(history.find("main"), history.find(alone))


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a Git repository"):
        GitRevisions(tmp_path)
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(UsageError, match="not in a Git repository"):
        GitRevisions(tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        GitRevisions(tmp_path / "nowhere")
