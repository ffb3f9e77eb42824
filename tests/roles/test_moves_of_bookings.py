"""Bookings follow conferences and people to other names: each whole under one of them, and others' to the byte."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.roles.moving_node import ANNA, WEEKLY, files, node_in
from tests.roles.on_a_machine import load

bookings = load("asterisk_common/library", "pbx_bookings")
moves = load("asterisk_common/library", "pbx_moves")

pytestmark = pytest.mark.row("C10")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return node_in(tmp_path, monkeypatch)


def book(home: Path, id: str, conference: str, organizer: str, *invited: str) -> dict[str, Any]:
    """As `pbx conference book` keeps one."""
    letters = [{"sequence": 0, "to": "anna@acme.example", "text": "weekly, Invited by Anna Berg, in Malmö"}]
    facts = {"id": id, "conference": conference, "organizer": organizer, "invited": invited, "title": "weekly"}
    booking = json.loads(json.dumps({**facts, "letters": letters}))
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{id}.json").write_text(json.dumps(booking, ensure_ascii=False))
    (home / f"{id}.json").chmod(0o640)
    return dict(booking)


def kept(home: Path) -> dict[str, Any]:
    return {each.stem: json.loads(each.read_text()) for each in sorted(home.iterdir())}


def test_bookings_name_conference_and_people_as_they_are_called_now(node: Path) -> None:
    home, other = node / "spool/bookings/acme", node / "spool/bookings/acme-two"
    led = book(home, "1", "weekly", "anna", "bo", "eva@client.example")
    asked = book(home, "2", "weekly-two", "bo", "anna", "+46701740606", "anna-lisa")
    book(other, "1", "weekly", "anna", "bo")
    (home / "2.json").touch()
    before, untouched = (home / "1.json").stat(), files(other)
    for _ in range(2):
        moves.carry("acme", [ANNA, WEEKLY])
        assert kept(home) == {
            "1": {**led, "conference": "board", "organizer": "anna-b"},
            "2": {**asked, "invited": ["anna-b", "+46701740606", "anna-lisa"]},
        }
    assert "Malmö" in (home / "1.json").read_text(), "as it was written"
    after = (home / "1.json").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert files(other) == untouched
    moves.carry("acme", moves.backwards([ANNA, WEEKLY]))
    assert kept(home) == {"1": led, "2": asked}


def test_what_no_move_means_and_what_is_no_booking_stays_to_the_byte(node: Path) -> None:
    home = node / "spool/bookings/acme"
    book(home, "1", "other", "bo", "anna-lisa", "anna@acme.example")
    book(home, ".new-2", "weekly", "anna")  # `pbx conference` is writing it
    for name, text in (("3", "{"), ("4", "[]"), ("5", '{"conference": "weekly"}')):
        (home / f"{name}.json").write_text(text)
    (home / "6.json").mkdir()
    before = {each.name: (each.is_file() and each.read_bytes(), each.stat().st_ino) for each in home.iterdir()}
    moves.carry("acme", [ANNA, WEEKLY])
    after = {each.name: (each.is_file() and each.read_bytes(), each.stat().st_ino) for each in home.iterdir()}
    assert after == before


def test_a_booking_that_is_changed_or_deleted_meanwhile(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, real = node / "spool/bookings/acme", os.fsync
    book(home, "1", "weekly", "anna")
    meanwhile: list[Any] = [lambda: book(home, "1", "weekly", "anna", "bo")]

    def fsync(descriptor: int) -> None:
        real(descriptor)
        if meanwhile:
            meanwhile.pop()()

    monkeypatch.setattr(bookings.os, "fsync", fsync)
    moves.carry("acme", [WEEKLY])
    assert [(each["conference"], each["invited"]) for each in kept(home).values()] == [("board", ["bo"])]
    meanwhile.append((home / "1.json").unlink)
    moves.carry("acme", moves.backwards([WEEKLY]))
    assert list(home.iterdir()) == []
