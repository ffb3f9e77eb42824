"""How programs of a core node read Asterisk's database while Asterisk writes it, and what one of them makes of it."""

from __future__ import annotations

import os
import runpy
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILES = Path(__file__).parents[2] / "roles/asterisk/files"


@pytest.fixture
def astdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FILES)
    monkeypatch.setattr("astdb.DATABASE", tmp_path / "astdb.sqlite3")
    monkeypatch.setattr("astdb.TRIES", 3)
    found = sys.modules["astdb"]
    with sqlite3.connect(tmp_path / "astdb.sqlite3") as database:
        database.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        keep(found, database, "/pbx/acme/switch-office", "open")
    database.close()
    return found


def keep(astdb: ModuleType, database: sqlite3.Connection, key: str, value: str) -> None:
    database.execute("INSERT INTO astdb VALUES (?, ?)", (key, value))
    database.commit()
    aged(astdb, -60)


def aged(astdb: ModuleType, seconds: float) -> None:
    """The file's last change is so far ahead of the clock, or behind it."""
    os.utime(astdb.DATABASE, (time.time() + seconds, time.time() + seconds))


def test_what_is_written_is_read_by_pattern(astdb: ModuleType) -> None:
    assert astdb.written("/pbx/*") == {"/pbx/acme/switch-office": "open"}
    assert astdb.written("/pbx/*/call-back/*") == {}


def test_a_reader_never_holds_up_a_commit(astdb: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit at the very moment of reading goes through without waiting, and what was read is read again."""
    connect, writer, commits = sqlite3.connect, sqlite3.connect(astdb.DATABASE, timeout=0), []

    class Reading:
        """A connection in whose middle Asterisk commits."""

        def __init__(self, *words: Any, **more: Any) -> None:
            self.own = connect(*words, **more)

        def execute(self, *words: Any) -> sqlite3.Cursor:
            cursor = self.own.execute(*words)
            if not commits:
                commits.append("")
                keep(astdb, writer, "/pbx/acme/switch-shop", "closed")
                aged(astdb, -30)
            return cursor

        def close(self) -> None:
            self.own.close()

    monkeypatch.setattr("sqlite3.connect", Reading)
    assert set(astdb.written("/pbx/*")) == {"/pbx/acme/switch-office", "/pbx/acme/switch-shop"}
    writer.close()


def test_a_file_that_never_rests_is_not_read(astdb: ModuleType) -> None:
    aged(astdb, 3600)
    assert astdb.written("/pbx/*") is None


@pytest.mark.usefixtures("astdb")
def test_promised_call_backs_stand_in_their_queue_again(monkeypatch: pytest.MonkeyPatch) -> None:
    program = runpy.run_path(str(FILES / "resume_call_backs.py"))
    ran: list[str] = []

    def asterisk(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr("subprocess.run", asterisk)
    resume: Callable[[dict[str, str]], None] = program["resume"]
    resume(
        {
            "/pbx/acme/call-back/1790000000.7": "support&2&+46701740631&070-174 06 31",
            "/pbx/acme/call-back/x;y": "support&1&+46701740631&",
            "/pbx/acme/call-back/1790000000.8": "Support/n&1&+46701740631&",
        }
    )
    waiting = "Local/1790000000.7@acme.queue.support.back/n"
    assert ran == [f"channel originate {waiting} extension 1790000000.7@acme.callback"]
