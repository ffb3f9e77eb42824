"""What users have in chat, counted and exported from a database as ejabberd makes it; and what has its time ends."""

from __future__ import annotations

import json
import runpy
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.roles.on_a_machine import ROLES, load

TABLES = """
CREATE TABLE users (username text, type smallint, password text NOT NULL);
CREATE TABLE archive
  (username text, timestamp BIGINT, peer text, bare_peer text, xml text, txt text, kind text, nick text);
CREATE TABLE vcard (username text, vcard text);
CREATE TABLE rosterusers (username text, jid text, nick text);
CREATE TABLE muc_room (name text, host text, opts text);
INSERT INTO users VALUES ('anna', 1, 'hash'), ('bo', 1, 'hash');
INSERT INTO archive VALUES
  ('anna', 1798761600000000, 'bo@a.example/x', 'bo@a.example', '<message/>', 'hej שלום', 'chat', ''),
  ('bo', 1798761600000000, 'anna@a.example/x', 'anna@a.example', '<message/>', 'hej שלום', 'chat', ''),
  ('deals@conference.a.example', 1798761601000000, 'deals@conference.a.example/anna', '', '<message/>', 'sold',
   'groupchat', 'anna');
INSERT INTO vcard VALUES ('anna', '<vCard/>');
INSERT INTO rosterusers VALUES ('anna', 'bo@a.example', 'Bo');
INSERT INTO muc_room VALUES ('deals', 'conference.a.example', '[]');
"""


kept_in = load("ejabberd/files", "pbx_chat_kept")
ends = runpy.run_path(str(ROLES / "ejabberd/files/pbx-chat-ends"))["main"]
INSIDE = ends.__globals__


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_in, "SPOOL", tmp_path)
    monkeypatch.setitem(INSIDE, "SPOOL", tmp_path)
    with sqlite3.connect(tmp_path / "a.sqlite3") as database:
        database.executescript(TABLES)
    (tmp_path / "a.json").write_text(json.dumps({"domain": "a.example", "ends": {}}))
    (tmp_path / "quotas").mkdir()
    (tmp_path / "quotas/a.example").write_text('{<<"anna">>, 1000}.\n')
    place = kept_in.Kept("a", tmp_path).folder("anna") / "secret"
    place.mkdir(parents=True)
    (place / "bild.png").write_bytes(bytes(300))
    return tmp_path


def test_usage_counts_what_each_user_has(spool: Path) -> None:
    anna, bo = kept_in.Kept("a", spool).usage()
    assert (anna["account"], anna["files"], anna["bytes"], anna["quota"]) == ("anna", 1, 300, 1000)
    assert datetime.fromisoformat(anna["oldest"]) <= datetime.now(UTC)
    assert bo == {"account": "bo", "files": 0, "bytes": 0, "quota": 0, "oldest": None}


def test_an_export_has_everybodys_messages_and_no_password(spool: Path, tmp_path: Path) -> None:
    kept_in.Kept("a", spool).export(tmp_path / "out")
    made = {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*") if each.is_file()}
    assert made == {
        "messages/anna.jsonl",
        "messages/bo.jsonl",
        "messages/deals@conference.a.example.jsonl",
        "people.json",
        "rooms.json",
    }
    (line,) = (tmp_path / "out/messages/anna.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert (told["text"], told["with"], told["at"]) == ("hej שלום", "bo@a.example/x", "2027-01-01T00:00:00+00:00")
    assert "hash" not in "".join(each.read_text() for each in (tmp_path / "out").rglob("*.json"))
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("spool")
def test_a_tenant_without_chat_has_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert kept_in.main("usage", "nobody") == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)])
def test_whoever_left_goes_when_her_days_are_over_and_is_put_aside_first(
    spool: Path, monkeypatch: pytest.MonkeyPatch, days: int, gone: bool
) -> None:
    asked: list[tuple[str, Any]] = []

    def ask(command: str, **_: str) -> str:
        aside = [each.name for each in (spool / "left/a").glob("anna-*")]
        asked.append((command, bool(aside)))
        return ""

    monkeypatch.setitem(INSIDE, "ask", ask)
    since = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    note = {"domain": "a.example", "ends": {}, "left": {"anna": since}, "grace": 30}
    (spool / "a.json").write_text(json.dumps(note))
    assert ends() == 0
    assert asked == ([("unregister", True)] if gone else [])
    aside = sorted(each.name for each in (spool / "left").rglob("*") if each.is_file())
    assert aside == (["anna.jsonl", "bild.png", "people.json"] if gone else [])


def test_one_that_fails_does_not_keep_the_others(
    spool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over = {"guest.lars": "2026-01-01T00:00:00+01:00"}
    (spool / "0.json").write_text(json.dumps({"domain": "0.example", "ends": over}))
    (spool / "b.json").write_text(json.dumps({"domain": "b.example", "ends": over}))
    locked = []

    def ask(command: str, **arguments: str) -> object:
        if arguments["host"] == "0.example":
            raise OSError("away")
        locked.append((command, arguments["user"]))
        return {}

    monkeypatch.setitem(INSIDE, "ask", ask)
    assert ends() == 1
    assert locked == [("get_ban_details", "guest.lars"), ("ban_account", "guest.lars")]
    assert "0: guest.lars: away" in capsys.readouterr().err
