"""A tenant's file as a commit or an apply has it, planned beside the folder and written back byte by byte."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core import record
from provisioner.core.audit import Entry, Origin, Result
from provisioner.core.errors import SpecificationInvalid, UsageError
from provisioner.core.ports.commits import Commit
from provisioner.pipeline import deploy, rollback, yaml_reader
from provisioner.wiring import provider
from tests.pipeline.house import SITE, House
from tests.provider_folder import EXAMPLES

FILE = "tenants/solglantan.yaml"
FIRST = Commit("aaaa11112222", "2026-11-01T08:00:00+01:00", "Anna", "Begin")
SECOND = Commit("bbbb33334444", "2026-11-10T08:00:00+01:00", "Bo", "Quicker")
THIRD = Commit("cccc55556666", "2026-11-20T08:00:00+01:00", "Bo", "Gone")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Applied as in FIRST, and changed since in SECOND; in THIRD the tenant is no more."""
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    house = House(tmp_path / "folder")
    file = house.folder / FILE
    first = file.read_bytes() + b"# how it was\n"
    second = first.replace(b"timeout: 120s", b"timeout: 60s")
    file.write_bytes(second)
    others = {"tenants/kiosken.yaml": b"", "provider.yaml": b""}
    house.commits.commits = [(THIRD, others), (SECOND, others | {FILE: second}), (FIRST, others | {FILE: first})]
    house.apply()
    house.audit.content, house.audit.head = b"", None
    return house


def applied(house: House, at: str, commit: str, **more: object) -> None:
    entry = Entry(f"2026-11-{at}:00.000+00:00", at, "apply", "0.1.0", "lab", Origin("anna", "desk", commit=commit))
    entry = replace(entry, stack="lab.tenant.solglantan", tenant="solglantan", specification="1", result=Result.APPLIED)
    house.audit.append([replace(entry, **more)])  # type: ignore[arg-type]


def find(house: House, to: str, slug: str = "solglantan") -> rollback.Goal:
    return rollback.find(slug, to, house.commits, house.audit)


def test_a_revision_is_planned_without_touching_the_folder_and_written_back_with_its_comments(house: House) -> None:
    file = house.folder / FILE
    file.chmod(0o600)
    now = file.read_bytes()
    goal = find(house, "aaaa")
    assert goal.told == f"{FILE} as in commit aaaa111122 by Anna, 2026-11-01: “Begin”"
    with rollback.staged(house.folder, goal) as root:
        prepared = deploy.prepare(root, provider(house.folder), lambda: SITE, house.tools, frozenset(["solglantan"]))
    assert file.read_bytes() == now
    assert list((house.folder / ".pbx").glob("rollback-*")) == []
    plan = deploy.plan(prepared, house.tools)
    assert [each.text for words in plan.words for each in words.sentences] == [
        "callers wait in the queue nurse at most 120s instead of 60s"
    ]
    assert rollback.differs(house.folder, goal)
    rollback.write(house.folder, goal)
    assert file.read_bytes() == goal.files[FILE]
    assert file.read_bytes().endswith(b"# how it was\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not rollback.differs(house.folder, goal)
    assert list(file.parent.glob(".*")) == []
    assert house.plan("solglantan").binding.digest == plan.binding.digest, "the plan that was shown is the one to apply"


@pytest.mark.parametrize(
    ("to", "commit"),
    [
        ("2026-11-04", SECOND),
        ("2026-11-03", SECOND),
        ("2026-11-03T09:59", FIRST),
        ("2026-11-03T10:01:00+00:00", SECOND),
        ("2026-11-03T10:01:00+02:00", FIRST),
        ("2026-11-02", FIRST),
        ("2026-12-24", SECOND),
    ],
)
def test_a_day_is_what_was_applied_until_its_end(house: House, to: str, commit: Commit) -> None:
    applied(house, "02T08:00", FIRST.digest)
    applied(house, "03T10:00", SECOND.digest)
    applied(house, "03T11:00", THIRD.digest, result=Result.FAILED)
    goal = find(house, to)
    assert goal.commit == commit
    assert "applied 2026-11-0" in goal.told


def test_a_day_that_leads_nowhere_says_why(house: House) -> None:
    with pytest.raises(UsageError, match="nothing of solglantan so early") as raised:
        find(house, "2026-11-01")
    assert raised.value.remedy == "it was never applied"
    applied(house, "02T08:00", FIRST.digest)
    with pytest.raises(UsageError) as raised:
        find(house, "2026-11-01")
    assert raised.value.remedy == "the first apply was 2026-11-02T08:00:00 UTC"
    applied(house, "03T08:00", "", origin=Origin("anna", "desk", commit=FIRST.digest, dirty=True))
    with pytest.raises(UsageError, match="the folder held something that is in no commit"):
        find(house, "2026-11-03")
    dirty = Origin("anna", "desk", commit=SECOND.digest, dirty=True)
    file = record.digest(record.pack(yaml_reader.read((house.folder / FILE).read_text(encoding="utf-8"), FILE).data))
    applied(house, "03T09:00", "", origin=dirty, file=file)
    assert find(house, "2026-11-03").commit == SECOND, "other files of the folder were in no commit, and this one was"
    applied(house, "03T10:00", "", origin=replace(dirty, commit=FIRST.digest), file=file)
    with pytest.raises(UsageError, match="the folder held something that is in no commit"):
        find(house, "2026-11-03")
    applied(house, "04T08:00", "")
    with pytest.raises(UsageError, match="the folder was not in Git"):
        find(house, "2026-11-04")
    applied(house, "05T08:00", THIRD.digest, command="destroy", specification="")
    with pytest.raises(UsageError, match="had been taken away by then"):
        find(house, "2026-11-05")


def test_a_revision_or_tenant_that_is_not_there(house: House) -> None:
    with pytest.raises(UsageError, match="no revision 'dddd'"):
        find(house, "dddd")
    with pytest.raises(UsageError, match="holds no tenant 'solglantan'") as raised:
        find(house, "cccc")
    assert raised.value.remedy == "it holds: kiosken"
    with pytest.raises(UsageError, match="holds no tenant 'solglantn'") as raised:
        find(house, "aaaa", "solglantn")
    assert raised.value.remedy == "did you mean solglantan?"


def test_what_is_in_no_commit_is_not_lost(house: House) -> None:
    house.commits.dirty = {"tenants/kiosken.yaml"}
    assert find(house, "aaaa")
    house.commits.dirty = {FILE}
    with pytest.raises(UsageError, match="they would be lost"):
        find(house, "aaaa")


def test_a_tenant_that_is_gone_comes_back_and_a_folder_becomes_one_file(house: House) -> None:
    (house.folder / FILE).unlink()
    goal = find(house, "bbbb")
    rollback.write(house.folder, goal)
    assert (house.folder / FILE).read_bytes() == goal.files[FILE]
    (house.folder / FILE).unlink()
    parts = house.folder / "tenants" / "solglantan"
    parts.mkdir()
    (parts / "users.yaml").write_bytes(b"")
    assert rollback.differs(house.folder, goal)
    rollback.write(house.folder, goal)
    assert (parts.exists(), rollback.differs(house.folder, goal)) == (False, False)


def test_a_file_that_no_longer_fits_is_a_finding_and_the_folder_stays(house: House) -> None:
    _, files = house.commits.commits[2]
    files[FILE] = files[FILE].replace(b"timeout: 120s", b"timeout: soon")
    now = (house.folder / FILE).read_bytes()
    with pytest.raises(SpecificationInvalid) as raised, rollback.staged(house.folder, find(house, "aaaa")) as root:
        deploy.prepare(root, provider(house.folder), lambda: SITE, house.tools, frozenset(["solglantan"]))
    assert {each.span.file for each in raised.value.findings} == {FILE}
    assert (house.folder / FILE).read_bytes() == now
