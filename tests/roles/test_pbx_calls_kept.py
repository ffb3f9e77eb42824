"""The log of users' calls as it is kept: by kind, for as long as the tenant says, and read by the command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))

from pbx_calls import __main__ as program
from pbx_calls import log
from pbx_calls.gather import Entry

pytestmark = pytest.mark.row("U13")

CALLER = "+46701740600"
T = 1_790_000_000.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(log, "FOLDER", tmp_path)
    monkeypatch.setattr(program, "TENANTS", tmp_path / "tenants")
    return tmp_path


def people(folder: Path, slug: str, days: int) -> None:
    (folder / "tenants" / slug).mkdir(parents=True)
    (folder / "tenants" / slug / "people.json").write_text(
        json.dumps({"tenant": {"log_days": days}, "people": {"anna": {}}})
    )


def made(user: str, at: float, result: str = "missed", **more: str) -> Entry:
    return Entry(f"core-{at}", user, "received", at, result, CALLER, **more)  # type: ignore[arg-type]


def test_each_kind_is_what_its_name_says(folder: Path) -> None:
    every = [
        made("anna", T, "answered"),
        made("anna", T + 1, "missed"),
        made("anna", T + 2, "missed", message="1790000000-00000001"),
        made("anna", T + 3, "forwarded", to="user:bo"),
        made("anna", T + 4, "colleague", by="bo"),
        Entry("x", "anna", "made", T + 5, "answered", "102"),
        made("bo", T + 6),
    ]
    log.write("acme", every)
    log.write("acme", every[:3])

    def asked(**what: object) -> list[float]:
        return [each.at - T for each in log.read("acme", "anna", **what)]  # type: ignore[arg-type]

    assert asked() == [5, 4, 3, 2, 1, 0]
    assert (asked(kind="missed"), asked(kind="voicemail"), asked(kind="forwarded")) == ([2, 1], [2], [3])
    assert (asked(kind="made"), asked(kind="received")) == ([5], [0])
    assert asked(before=T + 3, limit=2) == [2, 1]
    assert len(log.read("acme")) == 7
    assert log.read("other", "anna") == []
    assert (folder / "acme.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("days", "left"), [(30, [29]), (90, [29, 31]), (0, [])])
def test_calls_are_kept_as_long_as_the_tenant_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, days: int, left: list[int]
) -> None:
    people(folder, "acme", days)
    monkeypatch.setattr("time.time", lambda: T)
    log.write("acme", [made("anna", T - age * 86400) for age in (29, 31)])
    program.forget()
    assert [round((T - each.at) / 86400) for each in log.read("acme")] == left


def test_no_calls_are_kept_of_a_tenant_that_keeps_none(folder: Path) -> None:
    people(folder, "acme", 0)
    people(folder, "other", 1)
    program.keep("acme", [made("anna", T)])
    program.keep("other", [made("anna", T)])
    program.keep("other", [made("info", T)])
    assert [each.user for each in log.read("other")] == ["anna"], "a shared mailbox is no user"
    program.keep("../x", [made("anna", T)])
    assert [each.name for each in folder.glob("*.sqlite3")] == ["other.sqlite3"]


@pytest.mark.usefixtures("folder")
def test_the_program_prints_what_the_command_reads(capsys: pytest.CaptureFixture[str]) -> None:
    log.write("acme", [made("anna", T), made("bo", T + 1)])
    program.main(["show", "acme", "", "missed", "10"])
    assert [each["user"] for each in json.loads(capsys.readouterr().out)] == ["bo", "anna"]
    with pytest.raises(SystemExit):
        program.main(["show", "../acme", "", "missed", "10"])
