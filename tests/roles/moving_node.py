"""A core node on which things get other names: its folders, its daemon's database, and the moves of tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.roles.on_a_machine import load

moves = load("asterisk_common/library", "pbx_moves")
mailboxes = load("asterisk_common/library", "pbx_mailboxes")
tenants = load("asterisk_common/library", "pbx_tenants")


def move(kind: str, old: str, new: str, *lights: tuple[str, str]) -> dict[str, object]:
    return {"kind": kind, "old": old, "new": new, "lights": [list(each) for each in lights]}


ANNA = move("user", "anna", "anna-b")
FOOD = move("activity", "lunch", "food")
WEEKLY = move("conference", "weekly", "board")
HOURS = move("schedule", "open", "hours")


class Asterisk:
    """The daemon's database behind its console."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = dict(entries)
        self.originated: list[str] = []
        self.ended: list[str] = []
        self.channels: list[str] = []

    def __call__(self, command: str) -> str:
        what, verb, *words = command.split(" ", 4)
        if (what, verb) == ("devstate", "change"):
            self.entries[f"CustomDevstate/{words[0].removeprefix('Custom:')}"] = words[1]
        elif command == "core show channels concise":
            return "\n".join(self.channels)
        elif command.startswith("channel request hangup "):
            self.ended.append(command.rpartition(" ")[2])
        elif verb == "originate":
            self.originated.append(words[0])
        elif verb == "put":
            value = words[2]
            assert value[0] == value[-1] == '"'
            self.entries[f"{words[0]}/{words[1]}"] = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        elif verb == "del":
            del self.entries[f"{words[0]}/{words[1]}"]
        elif verb == "get":
            return f"Value: {found}\n" if (found := self.entries.get(f"{words[0]}/{words[1]}")) else "no entry\n"
        else:
            assert verb == "show"
            shown = [each for each in self.entries.items() if each[0].startswith(f"{words[0]}/")]
            return "".join(f"{'/' + key:<50}: {value:<25}\n" for key, value in shown) + f"{len(shown)} results found.\n"
        return ""


def node_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A core node without anything: folders below `tmp_path`, and a daemon whose database is empty."""
    monkeypatch.setattr(moves, "SPOOL", tmp_path / "spool")
    monkeypatch.setattr(moves, "CALLS", tmp_path / "calls")
    monkeypatch.setattr(moves, "BOOKS", tmp_path / "books")
    monkeypatch.setattr(tenants, "SPOOL", tmp_path / "spool")
    monkeypatch.setattr(tenants, "CALLS", tmp_path / "calls")
    monkeypatch.setattr(tenants, "CONTACTS", tmp_path / "contacts")
    monkeypatch.setattr(tenants, "CALENDARS", tmp_path / "calendars")
    monkeypatch.setattr(mailboxes, "DATABASE", tmp_path / "mailboxes.sqlite3")
    monkeypatch.setattr(moves, "ask", Asterisk({}))
    return tmp_path


def lay(home: Path, *names: str) -> None:
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)


def files(home: Path) -> dict[str, str]:
    return {str(each.relative_to(home)): each.read_text() for each in sorted(home.rglob("*")) if each.is_file()}
