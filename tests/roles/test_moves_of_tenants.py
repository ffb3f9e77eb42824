"""What users of a tenant live with follows it to another name on its core node: all of it, once, and back again."""

from __future__ import annotations

import json
import os
import runpy
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.roles.moving_node import ANNA, Asterisk, files, lay, move, node_in
from tests.roles.on_a_machine import ROLES, load

moves = load("asterisk_common/library", "pbx_moves")
mailboxes = load("asterisk_common/library", "pbx_mailboxes")

NOVA = move("tenant", "acme", "nova")
LIVED = (
    "spool/voicemail/acme/anna/INBOX/msg0000.txt",
    "spool/voicemail/acme/anna/INBOX/msg0000.wav",
    "spool/voicemail/acme/anna/unavail.wav",
    "spool/prompts/acme/welcome/all.wav",
    "spool/activities/acme/anna/lunch.wav",
    "spool/bookings/acme/ab12.json",
    "spool/recordings/acme/1-2.0.age",
    "spool/recordings/acme/recipient",
    "spool/recordings/.open/acme/queue_x.sln",
    "spool/pbx-fax/acme_17.tif",
    "contacts/collection-root/acme.anna/personal/mother.vcf",
    "contacts/left/acme/bo-2026.vcf",
    "calendars/acme.json",
)
"""Of each kind one file; those of a tenant whose name begins alike stay where they are."""
OTHERS = ("spool/voicemail/acme-b/anna/INBOX/msg0000.txt", "contacts/collection-root/acme-b.anna/personal/x.vcf")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    node_in(tmp_path, monkeypatch)
    lay(tmp_path, *LIVED, *OTHERS)
    (tmp_path / "spool/prompts/acme/welcome/sv.wav").symlink_to("/var/lib/asterisk/sounds/pbx/ab.wav")
    (tmp_path / "contacts/collection-root/acme.anna/company").symlink_to("../acme")
    (tmp_path / "calls").mkdir()
    return tmp_path


def under(name: str) -> set[str]:
    return {each.replace("/acme", f"/{name}", 1) for each in LIVED}


def there(node: Path) -> set[str]:
    return files(node).keys() - set(OTHERS)


def test_everything_is_there_before_and_nothing_is_left_afterwards(node: Path) -> None:
    moves.carry("nova", [NOVA])
    heard = {each for each in LIVED if "/prompts/" in each or "/activities/" in each}
    assert there(node) == under("nova") | heard, "callers hear those until the old name is gone"
    lay(node, "spool/voicemail/acme/anna/INBOX/msg0000.txt", "spool/voicemail/acme/anna/INBOX/msg0000.wav")
    moves.carry("nova", [NOVA], last=True)
    later = {"spool/voicemail/nova/anna/INBOX/msg0001.txt", "spool/voicemail/nova/anna/INBOX/msg0001.wav"}
    assert there(node) == under("nova") | later
    assert (node / "contacts/collection-root/nova.anna/company").readlink() == Path("../nova")
    assert not list(node.rglob("acme")), "and no empty folder"
    assert set(files(node)) >= set(OTHERS)
    moves.carry("nova", [NOVA], last=True)
    moves.follow("nova", "acme", last=True)
    assert there(node) == under("acme") | {each.replace("nova", "acme") for each in later}


def test_what_was_recorded_under_the_new_name_meanwhile_wins_and_else_the_later_one(node: Path) -> None:
    old, new = (node / f"spool/prompts/{name}/welcome/all.wav" for name in ("acme", "nova"))
    moves.carry("nova", [NOVA])
    assert new.samefile(old)
    new.unlink()
    new.write_text("by nova")
    os.utime(old, (1, 1))
    moves.carry("nova", [NOVA])
    assert (new.read_text(), old.is_file()) == ("by nova", True)
    os.utime(new, (2, 2))
    os.utime(old, (3, 3))
    moves.carry("nova", [NOVA], last=True)
    assert new.read_text() == LIVED[3], "recorded by a caller of the old name after it was copied"
    assert not old.exists()


def test_things_renamed_at_once_with_their_tenant_follow_to_both_names(node: Path) -> None:
    moves.carry("nova", [NOVA, ANNA])
    assert (node / "spool/voicemail/nova/anna-b/INBOX/msg0000.txt").exists()
    assert not (node / "spool/voicemail/nova/anna").exists()


def test_names_in_a_row_lead_to_the_last(node: Path) -> None:
    moves.carry("nova", [move("tenant", "former", "acme"), NOVA], last=True)
    assert there(node) == under("nova")


@pytest.mark.parametrize("cut", range(1, 12))
def test_cut_off_anywhere_and_repeated_it_loses_nothing(node: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    left, replace, rename = iter(range(cut)), Path.replace, Path.rename

    def cutting(real: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def act(path: Path, target: Path) -> Path:
            if next(left, None) is None:
                raise OSError("cut off")
            return real(path, target)

        return act

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", cutting(replace))
        patched.setattr(Path, "rename", cutting(rename))
        with pytest.raises(moves.Refused, match="what users of acme live with does not follow to nova: cut off"):
            moves.carry("nova", [NOVA], last=True)
    moves.carry("nova", [NOVA], last=True)
    assert there(node) == under("nova")


def rows(path: Path, question: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(question).fetchall()


def test_tables_become_one(node: Path) -> None:
    for name, call in (("acme", "1"), ("nova", "2")):
        home = node / "spool/recordings" / name
        home.mkdir(exist_ok=True)
        for path, table in ((home / "index.sqlite3", "recording"), (node / f"calls/{name}.sqlite3", "calls")):
            with sqlite3.connect(path) as database:
                for each in (table, *(["part", "access"] if table == "recording" else [])):
                    database.execute(f'CREATE TABLE "{each}" (id TEXT PRIMARY KEY)')
                database.execute(f'INSERT INTO "{table}" VALUES (?)', (call,))
    with mailboxes._database() as database:
        database.execute("INSERT INTO pins VALUES ('acme', 'anna', '4711'), ('acme-b', 'anna', '1')")
    moves.carry("nova", [NOVA])
    assert rows(node / "calls/nova.sqlite3", "SELECT id FROM calls ORDER BY id") == [("1",), ("2",)]
    assert rows(node / "spool/recordings/nova/index.sqlite3", "SELECT id FROM recording ORDER BY id") == [
        ("1",),
        ("2",),
    ]
    assert not (node / "calls/acme.sqlite3").exists()
    assert rows(mailboxes.DATABASE, "SELECT context, pin FROM pins ORDER BY 1") == [("acme-b", "1"), ("nova", "4711")]


LIT = {
    "pbx/acme/switch-open": "closed",
    "pbx/acme/agents/queue/info/anna": "out",
    "pbx/acme-b/switch-open": "open",
    "CustomDevstate/acme.switch.open": "INUSE",
    "CustomDevstate/acme.anna": "INUSE",
    "CustomDevstate/acme.parking.71": "INUSE",
    "CustomDevstate/acme_b.switch.open": "INUSE",
}


@pytest.mark.usefixtures("node")
def test_settings_are_in_both_places_until_the_old_name_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = Asterisk(LIT)
    monkeypatch.setattr(moves, "ask", daemon)
    moves.carry("nova", [NOVA])
    fresh = {
        "pbx/nova/switch-open": "closed",
        "pbx/nova/agents/queue/info/anna": "out",
        "CustomDevstate/nova.switch.open": "INUSE",
    }
    assert daemon.entries == {**LIT, **fresh}
    daemon.entries["pbx/acme/switch-open"] = "open"
    moves.carry("nova", [NOVA])
    assert daemon.entries["pbx/nova/switch-open"] == "open", "nobody reaches the new name yet"
    moves.settled("nova", [NOVA])
    del daemon.entries["pbx/nova/switch-open"]
    for last in (False, True):
        moves.carry("nova", [NOVA], last=last)
        assert "pbx/nova/switch-open" not in daemon.entries, (
            "from here on it is the new name's, also by the clock again"
        )
    left = {key for key in daemon.entries if "acme" in key}
    assert left == {
        "pbx/acme-b/switch-open",
        "CustomDevstate/acme.anna",
        "CustomDevstate/acme.parking.71",
        "CustomDevstate/acme_b.switch.open",
    }
    assert "pbx/nova/followed-by" not in daemon.entries


@pytest.mark.usefixtures("node")
def test_pauses_and_promised_calls_follow_and_what_asterisk_keeps_of_the_queues_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members = "Queue/PersistentMembers/acme.info"
    promise = {"pbx/acme/call-back/17.1": "info&0&+46701740617"}
    daemon = Asterisk({members: "Local/anna@x;0;1;anna|Local/bo@x;0;0;bo", **promise})
    daemon.channels = ["Local/17.1@acme.queue.info.back-0001;1!x", "Local/17.1@acme-b.queue.info.back-0002;1!x"]
    monkeypatch.setattr(moves, "ask", daemon)
    assert moves.pauses("nova", [NOVA]) == [("info", "anna")]
    moves.carry("nova", [NOVA])
    moves.stand("nova", [NOVA])
    moves.settled("nova", [NOVA])
    assert "pbx/acme/call-back/17.1" not in daemon.entries
    del daemon.entries["pbx/nova/call-back/17.1"]  # she was called
    daemon.entries["pbx/acme/call-back/18.1"] = "info&0&+46701740618"
    moves.carry("nova", [NOVA], last=True)
    kept = {key: each for key, each in daemon.entries.items() if "call-back/" in key}
    assert kept == {"pbx/nova/call-back/18.1": "info&0&+46701740618"}, "promised after that, and not twice"
    assert daemon.ended == ["Local/17.1@acme.queue.info.back-0001;1"]
    assert daemon.originated == ["Local/17.1@nova.queue.info.back/n"]
    moves.forget_queues({"acme"})
    assert members not in daemon.entries


def test_whoever_goes_is_known_to_the_one_who_goes_on(tmp_path: Path) -> None:
    for slug, noted in (("nova", [NOVA]), ("other", [move("user", "acme", "b")]), ("acme", [])):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "moves.json").write_text(json.dumps({"moves": noted}))
    assert moves.heirs({"acme"}, tmp_path.iterdir()) == {"nova": [NOVA]}
    assert moves.heirs({"acme", "nova"}, tmp_path.iterdir()) == {}


def test_a_recording_that_went_on_meanwhile_is_sealed_for_the_name_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = runpy.run_path(str(ROLES / "asterisk/files/recordings.py"))
    called_now = module["called_now"]
    monkeypatch.setitem(called_now.__globals__, "TENANTS", tmp_path)
    (tmp_path / "nova").mkdir()
    (tmp_path / "nova/moves.json").write_text(json.dumps({"moves": [NOVA]}))
    assert called_now("acme") == "nova"
    assert called_now("other") == "other"
    (tmp_path / "acme").mkdir()
    assert called_now("acme") == "acme", "it is there still"
