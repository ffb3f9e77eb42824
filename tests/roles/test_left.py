"""What users of a tenant left on machines goes, and what is another's stays."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest

from tests.roles.on_a_machine import load

left_on_core = load("leaving/library", "left_on_core")
left_at_edge = load("leaving/library", "left_at_edge")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("1|2|acme.info|agent|ENTERQUEUE", True),
        ('"CHAN_START","acme.numbers"', True),
        ("made acme anna-desk 101", True),
        ("1|2|acme-two.info|agent|ENTERQUEUE", False),
        ("1|2|the-acme.info|agent|ENTERQUEUE", False),
        ("acmes", False),
    ],
)
def test_a_line_names_the_tenant_or_one_whose_name_is_alike(line: str, named: bool) -> None:
    assert bool(left_on_core.word("acme").search(line.encode())) is named


@pytest.mark.parametrize("name", ["log", "log.2.gz"])
def test_lines_of_a_log_are_overwritten_where_they_stand(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = b"other.info one\nacme.info two\r\nother.info three\nacme.info cut"
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    inode = path.stat().st_ino
    assert left_on_core.scrub(path, left_on_core.word("acme"), True)
    assert left_on_core.scrub(path, left_on_core.word("acme"), False)
    after = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    assert after == b"other.info one\n" + b" " * 13 + b"\r\nother.info three\n" + b" " * 13
    assert name.endswith(".gz") or path.stat().st_ino == inode, "a daemon has it open"
    assert not left_on_core.scrub(path, left_on_core.word("acme"), False)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_folders_files_and_notices_of_the_tenant_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in (("SPOOL", "spool"), ("NOTICES", "notices"), ("NAMED", "sounds")):
        monkeypatch.setattr(left_on_core, name, tmp_path / place)
    monkeypatch.setattr(left_on_core, "FILES", (f"{tmp_path}/calls/{{}}.sqlite3*", f"{tmp_path}/books/{{}}.*"))
    for folder in ("spool/voicemail/acme/anna/INBOX", "spool/voicemail/acme-two", "calls", "notices/mail", "sounds/se"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("calls/acme.sqlite3", "calls/acme-two.sqlite3", "notices/mail/fax.tif"):
        (tmp_path / name).touch()
    for name in ("books/acme.anna/personal", "books/acme-two.anna/personal"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "notices/mail/1.json").write_text('{"tenant": "acme", "file": "fax.tif"}')
    (tmp_path / "notices/mail/2.json").write_text('{"tenant": "acme-two"}')
    (tmp_path / "sounds/se/1.wav").symlink_to(tmp_path / "spool/prompts/acme/one/all.wav")
    (tmp_path / "sounds/se/2.wav").symlink_to(tmp_path / "spool/prompts/acme-two/one/all.wav")
    assert {str(each.relative_to(tmp_path)) for each in left_on_core.files("acme")} == {
        "spool/voicemail/acme",
        "calls/acme.sqlite3",
        "books/acme.anna",
        "notices/mail/1.json",
        "notices/mail/fax.tif",
        "sounds/se/1.wav",
    }


def test_entries_of_asterisks_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    shown = (
        "/CustomDevstate/acme.queue.info                   : INUSE\n"
        "/Queue/PersistentMembers/acme.info                : Local/x\n"
        "/Queue/PersistentMembers/acme.contact-centre-of-the-clinic: Local/x\n"
        "/pbx/acme/activity-anna                           : lunch\n"
        "/pbx/acme-two/activity-bo                         : lunch\n"
        "5 results found.\n"
    )

    def ask(command: str) -> str:
        asked.append(command)
        return shown

    monkeypatch.setattr(left_on_core, "ask", ask)
    left_on_core.forget_entries(left_on_core.entries("acme"))
    assert asked == [
        "database show",
        "database del CustomDevstate acme.queue.info",
        "database del Queue/PersistentMembers acme.info",
        "database del Queue/PersistentMembers acme.contact-centre-of-the-clinic",
        "database deltree pbx/acme",
    ]


def test_rows_go_from_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE pins (context, pin)")
        database.executemany("INSERT INTO pins VALUES (?, ?)", [("acme", "91827364"), ("other", "1234")])
    command = ("DELETE FROM pins WHERE context = :slug",)
    assert left_on_core.rows(path, "acme", command)
    assert not left_on_core.rows(path, "acme", command)
    assert b"91827364" not in path.read_bytes()
    assert b"1234" in path.read_bytes()
    assert not left_on_core.rows(tmp_path / "none.db", "acme", command)


def test_registrations_of_the_domain_alone() -> None:
    dump = "\t\t\tAoR: anna-desk@acme.example\n\t\t\tAoR: bo@other.example\n\t\t\tAoR: c@sub.acme.example\n"
    assert left_at_edge.of(dump, "acme.example") == ["anna-desk@acme.example"]
