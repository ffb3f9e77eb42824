"""What users live with follows its thing to another name: whole, once, however often it is done, and back again."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import pytest

from tests.roles.moving_node import ANNA, FOOD, HOURS, WEEKLY, Asterisk, files, lay, move, node_in
from tests.roles.on_a_machine import ROLES, load

moves = load("asterisk_common/library", "pbx_moves")
mailboxes = load("asterisk_common/library", "pbx_mailboxes")
archive = load("asterisk_common/library", "pbx_archive")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return node_in(tmp_path, monkeypatch)


def test_a_mailbox_moves_and_what_came_in_between_stands_behind(node: Path) -> None:
    home = node / "spool/voicemail/acme"
    lay(home, "anna/INBOX/msg0000.txt", "anna/INBOX/msg0000.wav", "anna/unavail.wav", "anna-lisa/INBOX/msg0000.txt")
    moves.carry("acme", [ANNA])
    lay(home, "anna/INBOX/msg0000.txt", "anna/INBOX/msg0000.wav", "anna/INBOX/msg0001.wav", "anna/Old/msg0000.txt")
    moves.carry("acme", [ANNA])
    assert set(files(home)) == {
        "anna-b/INBOX/msg0000.txt",
        "anna-b/INBOX/msg0000.wav",
        "anna-b/INBOX/msg0001.txt",
        "anna-b/INBOX/msg0001.wav",
        "anna-b/Old/msg0000.txt",
        "anna-b/unavail.wav",
        "anna-lisa/INBOX/msg0000.txt",
        "anna/INBOX/msg0001.wav",  # its text is still to come
    }
    lay(home, "anna/INBOX/msg0001.txt")
    moves.carry("acme", [ANNA])
    assert not (home / "anna").exists()
    assert (home / "anna-b/INBOX/msg0002.wav").read_text() == "anna/INBOX/msg0001.wav"
    moves.carry("acme", moves.backwards([ANNA]))
    assert not (home / "anna-b").exists()
    assert len(files(home)) == 9


@pytest.mark.parametrize("link", ["voicemail/acme/anna-b", "voicemail/acme/anna-b/INBOX", "activities/acme/anna-b"])
def test_nothing_follows_a_link_that_leads_out_of_what_users_have(node: Path, link: str) -> None:
    spool, elsewhere = node / "spool", node / "etc"
    lay(spool, "voicemail/acme/anna/INBOX/msg0000.txt", "activities/acme/anna/lunch.wav")
    elsewhere.mkdir()
    (spool / link).parent.mkdir(parents=True, exist_ok=True)
    (spool / link).symlink_to(elsewhere)
    with pytest.raises(moves.Refused, match="is a link, and no folder of users' own"):
        moves.carry("acme", [ANNA])
    assert list(elsewhere.iterdir()) == []


@pytest.mark.row("U11")
def test_her_contact_book_moves_also_where_one_was_made_under_the_new_name(node: Path) -> None:
    home = node / "books"
    lay(home, "acme.anna/personal/mother.vcf", "acme.anna/personal/.Radicale.props", "acme.anna-lisa/personal/x.vcf")
    (home / "acme.anna/company").symlink_to("../acme")
    moves.carry("acme", [ANNA])
    assert (home / "acme.anna-b/company").is_symlink()
    lay(home, "acme.anna/personal/father.vcf", "acme.anna/personal/.Radicale.cache/item/father.vcf")
    (home / "acme.anna/company").symlink_to("../acme")
    moves.carry("acme", [ANNA])
    assert not (home / "acme.anna").exists()
    assert set(files(home)) == {
        "acme.anna-b/personal/mother.vcf",
        "acme.anna-b/personal/father.vcf",
        "acme.anna-b/personal/.Radicale.props",
        "acme.anna-lisa/personal/x.vcf",
    }


@pytest.mark.parametrize("cut", range(1, 8))
def test_cut_off_anywhere_and_repeated_it_loses_nothing(node: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    home = node / "spool/voicemail/acme"
    lay(home, *(f"anna/INBOX/msg000{n}.{kind}" for n in range(3) for kind in ("txt", "wav")), "anna/unavail.wav")
    lay(home, "anna-b/INBOX/msg0000.txt", "anna-b/INBOX/msg0000.wav")
    left, real = iter(range(cut)), Path.replace

    def replace(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise OSError("cut off")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    try:
        moves.carry("acme", [ANNA])
    except moves.Refused:
        monkeypatch.setattr(Path, "replace", real)
        moves.carry("acme", [ANNA])
    found = files(home / "anna-b")
    assert not (home / "anna").exists()
    assert sorted(found.values()) == sorted(
        ["anna-b/INBOX/msg0000.txt", "anna-b/INBOX/msg0000.wav", "anna/unavail.wav"]
        + [f"anna/INBOX/msg000{n}.{kind}" for n in range(3) for kind in ("txt", "wav")]
    )
    for name, text in found.items():  # text and sound are of one message
        if name.endswith(".txt"):
            assert found[name.replace(".txt", ".wav")] == text.replace(".txt", ".wav")


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(
    ("made", "before", "after"),
    [
        (ANNA, {"activity-anna": "lunch:0:phone:"}, {"activity-anna-b": "lunch:0:phone:"}),
        (ANNA, {"activity-anna-lisa": "lunch"}, {"activity-anna-lisa": "lunch"}),
        (ANNA, {"said-anna/lunch": "1", "rings-anna": "x"}, {"said-anna-b/lunch": "1", "rings-anna-b": "x"}),
        (ANNA, {"call-waiting-anna": "off"}, {"call-waiting-anna-b": "off"}),
        (ANNA, {"agents/queue/info/anna": "out"}, {"agents/queue/info/anna-b": "out"}),
        (ANNA, {"agents/queue/anna/bo": "out"}, {"agents/queue/anna/bo": "out"}),
        (ANNA, {"desk-place": "anna:99", "guest-anna": "place"}, {"desk-place": "anna-b:99", "guest-anna-b": "place"}),
        (ANNA, {"fraud-stop": "17:anna:+46"}, {"fraud-stop": "17:anna-b:+46"}),
        (move("queue", "info", "desk"), {"agents/queue/info/bo": "in"}, {"agents/queue/desk/bo": "in"}),
        (move("queue", "info", "desk"), {"call-back/1.2": "info&0&+46&:&9"}, {"call-back/1.2": "desk&0&+46&:&9"}),
        (move("ring_group", "info", "desk"), {"agents/ring_group/info/bo": "in"}, {"agents/ring_group/desk/bo": "in"}),
        (WEEKLY, {"conference-wrong-weekly": "9:1"}, {"conference-wrong-board": "9:1"}),
        (WEEKLY, {"conference-wrong-weekly-two": "9:1"}, {"conference-wrong-weekly-two": "9:1"}),
        (HOURS, {"switch-open": "closed", "until-open": "9"}, {"switch-hours": "closed", "until-hours": "9"}),
        (FOOD, {"activity-bo": "lunch:0:", "said-bo/lunch": "1"}, {"activity-bo": "food:0:", "said-bo/food": "1"}),
        (move("call_back", "later", "soon"), {"call-backs/1-x": "later +46"}, {"call-backs/1-x": "soon +46"}),
    ],
)  # fmt: skip
def test_entries(
    monkeypatch: pytest.MonkeyPatch,
    made: dict[str, object],
    before: dict[str, str],
    after: dict[str, str],
) -> None:
    others = {"pbx/acme-two/activity-anna": "lunch"}
    asterisk = Asterisk({**{f"pbx/acme/{key}": value for key, value in before.items()}, **others})
    monkeypatch.setattr(moves, "ask", asterisk)
    wanted = {**{f"pbx/acme/{key}": value for key, value in after.items()}, **others}
    for _ in range(2):
        moves.carry("acme", [made])
        assert asterisk.entries == wanted


@pytest.mark.usefixtures("node")
def test_moves_that_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asterisk = Asterisk({"pbx/acme/activity-anna": "lunch", "CustomDevstate/acme.switch.a": "INUSE"})
    monkeypatch.setattr(moves, "ask", asterisk)
    switches = [move("schedule", *pair, tuple(f"acme.switch.{each}" for each in pair)) for pair in ("ab", "bc")]
    moves.carry("acme", [ANNA, move("user", "anna-b", "anna-c"), *switches])
    assert asterisk.entries == {"pbx/acme/activity-anna-c": "lunch", "CustomDevstate/acme.switch.c": "INUSE"}


@pytest.mark.usefixtures("node")
def test_lights_and_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    members = "Local/anna@acme.agent/n;0;1;anna;hint;;10|Local/bo@acme.agent/n;0;0;bo;hint;;10"
    asterisk = Asterisk({"CustomDevstate/acme.switch.open": "INUSE", "Queue/PersistentMembers/acme.info": members})
    monkeypatch.setattr(moves, "ask", asterisk)
    moved = [
        ANNA,
        move("queue", "info", "desk"),
        move("schedule", "open", "hours", ("acme.switch.open", "acme.switch.hours")),
    ]
    assert moves.pauses("acme", moved) == [("desk", "anna-b")]
    assert moves.pauses("acme", moved[2:]) == moves.pauses("acme-two", moved) == []
    moves.carry("acme", moved)
    assert "CustomDevstate/acme.switch.open" not in asterisk.entries
    assert asterisk.entries["CustomDevstate/acme.switch.hours"] == "INUSE"
    moves.pause("acme", moved, [("desk", "anna-b")])
    assert asterisk.originated == ["Local/*pause*anna-b@acme.queue.desk.agents/n"]
    assert moves.pauses("acme", moved) == [], "a later apply lets nobody pause again"


def test_promised_calls_stand_in_the_renamed_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    asterisk = Asterisk({f"pbx/acme/call-back/1.{n}": f"{queue}&0&+46&&9" for n, queue in enumerate(["desk", "other"])})
    asterisk.channels = ["Local/1.0@acme.queue.info.back-0001;1!x", "Local/1.1@acme.queue.other.back-0002;1!x"]
    monkeypatch.setattr(moves, "ask", asterisk)
    moves.stand("acme", [ANNA])
    assert asterisk.originated == asterisk.ended == []
    for _ in range(2):
        moves.stand("acme", [move("queue", "info", "desk")])
        assert asterisk.ended == ["Local/1.0@acme.queue.info.back-0001;1"]
        assert asterisk.originated == ["Local/1.0@acme.queue.desk.back/n"]
        asterisk.channels = ["Local/1.0@acme.queue.desk.back-0003;1!x"]


def test_rows(node: Path) -> None:
    (node / "calls").mkdir()
    (node / "spool/recordings/acme").mkdir(parents=True)
    mailboxes.lay({"acme": mailboxes.Texts("[acme]\nanna => -x,Anna,,,\n")})
    with sqlite3.connect(mailboxes.DATABASE) as database:
        database.execute("UPDATE voicemail SET password = '4711' WHERE mailbox = 'anna'")
        database.execute("INSERT INTO pins VALUES ('acme-two', 'anna', '1')")
    with sqlite3.connect(node / "calls/acme.sqlite3") as calls:
        calls.execute('CREATE TABLE calls (call, "user", direction, "by", "to", PRIMARY KEY (call, "user", direction))')
        calls.execute("INSERT INTO calls VALUES ('1', 'anna', 'made', 'bo', 'voicemail:anna')")
        calls.execute("INSERT INTO calls VALUES ('1', 'bo', 'received', 'anna', 'user:anna')")
    with sqlite3.connect(node / "spool/recordings/acme/index.sqlite3") as recordings:
        recordings.execute("CREATE TABLE recording (id, reason, name, user)")
        recordings.execute("INSERT INTO recording VALUES ('1', 'user', 'anna', 'anna'), ('2', 'queue', 'anna', 'anna')")
        recordings.execute(
            "INSERT INTO recording VALUES ('3', 'conference', 'weekly', ''), ('4', 'queue', 'weekly', '')"
        )
    for _ in range(2):
        moves.carry("acme", [ANNA, WEEKLY])
    mailboxes.lay({"acme": mailboxes.Texts("[acme]\nanna-b => -x,Anna,,,\n")})
    with sqlite3.connect(mailboxes.DATABASE) as database:
        assert list(database.execute("SELECT mailbox, password FROM voicemail")) == [("anna-b", "4711")]
        assert list(database.execute("SELECT * FROM pins WHERE context = 'acme-two'")) == [("acme-two", "anna", "1")]
    with sqlite3.connect(node / "calls/acme.sqlite3") as calls:
        assert list(calls.execute('SELECT "user", "by", "to" FROM calls ORDER BY "user"')) == [
            ("anna-b", "bo", "voicemail:anna-b"),
            ("bo", "anna-b", "user:anna-b"),
        ]
    with sqlite3.connect(node / "spool/recordings/acme/index.sqlite3") as recordings:
        assert list(recordings.execute("SELECT name, user FROM recording")) == [
            ("anna-b", "anna-b"),
            ("anna", "anna-b"),
            ("board", ""),
            ("weekly", ""),
        ]


def test_a_node_takes_every_file_that_is_sent() -> None:
    plugin = (ROLES / "asterisk_common/action_plugins/pbx_core_bundle.py").read_text()
    (names,) = (
        ast.literal_eval(each.value)
        for each in ast.parse(plugin).body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id == "NAMES"
    )
    assert set(names) == archive.FILES
