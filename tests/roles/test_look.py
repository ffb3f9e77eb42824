"""What machines say of themselves for `pbx drift`: the modules of the role `drift`, without a machine."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from tests.roles.on_a_machine import load

look_asterisk = load("drift/library", "look_asterisk")
look_files = load("drift/library", "look_files")
look_kamailio = load("drift/library", "look_kamailio")
look_rows = load("drift/library", "look_rows")
pbx_mailboxes = look_asterisk.mailboxes

FILE = """\
[acme.numbers]
exten => +46850100100,1,NoOp(numbers.main)
same => n(go),Goto(acme.user,anna-b,1)
[acme.user]
exten => anna-b,1,Return
include => pbx.shared
[pbx.bundles]
exten => acme,1,NoOp(abc)
"""

SHOWN = """\
[ Context 'acme.user' created by 'pbx_config' ]
  'anna-b' =>       1. Return()                                   [extensions.conf:5]
  Include =>        'pbx.shared'                                  [pbx_config]

[ Context 'acme.numbers' created by 'pbx_config' ]
  '+46850100100' => 1. NoOp(numbers.main)                         [extensions.conf:2]
     [go]           2. Goto(acme.user,anna-b,1)                   [extensions.conf:3]

[ Context 'pbx.bundles' created by 'pbx_config' ]
  'acme' =>         1. NoOp(abc)                                  [extensions.conf:8]

-= 4 extensions (4 priorities) in 3 contexts. =-
"""


def test_what_the_daemon_runs_is_what_the_file_says() -> None:
    assert list(look_asterisk.dialplan({"acme": FILE}, look_asterisk.shown(SHOWN), True)) == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (
            "NoOp(numbers.main)  ",
            "Hangup(21)  ",
            ("acme", "dialplan acme.numbers +46850100100", "step 1", "NoOp(numbers.main)", "Hangup(21)"),
        ),
        (
            "  '+46850100100' => 1. NoOp(numbers.main)                         [extensions.conf:2]\n",
            "  '+46850100100' => 3. Busy()                                     [CLI]\n",
            ("acme", "dialplan acme.numbers +46850100100", "step 3", None, "Busy()"),
        ),
    ],
)
def test_what_it_runs_otherwise_is_told(old: str, new: str, part: tuple[str, ...]) -> None:
    assert old in SHOWN
    running = look_asterisk.shown(SHOWN.replace(old, new))
    assert part in list(look_asterisk.dialplan({"acme": FILE}, running, True))


def test_contexts_of_a_tenant_that_is_gone_are_told_where_all_are_looked_at() -> None:
    running = look_asterisk.shown(SHOWN.replace("acme", "old"))
    assert [each[0] for each in look_asterisk.dialplan({}, running, True)] == ["old"] * 4
    assert list(look_asterisk.dialplan({}, running, False)) == []
    own = "[ Context 'app_dial_gosub_virtual_context' created by 'app_dial' ]\n  's' =>  1. NoOp()  [app_dial]\n"
    assert list(look_asterisk.dialplan({}, look_asterisk.shown(own), True)) == []


def test_a_step_that_the_daemon_cuts_short_is_the_same() -> None:
    long = "x" * 300
    assert look_asterisk.same(f"NoOp({long})", f"NoOp({long}"[:250])
    assert not look_asterisk.same("NoOp(abc)", "NoOp(ab")


def test_queues_as_the_daemon_has_them() -> None:
    file = "[acme.info]\nstrategy = ringall\nmaxlen = 0\nweight = 1\nservicelevel = 20\n"
    line = (
        "acme.info has 0 calls (max unlimited) in 'ringall' strategy "
        "(0s holdtime, 0s talktime), W:1, C:0, A:0, SL:0.0%, SL2:0.0% within 20s\n"
    )
    assert list(look_asterisk.queues({"acme": file}, line)) == []
    other = line.replace("'ringall'", "'random'")
    assert list(look_asterisk.queues({"acme": file}, other)) == [
        ("acme", "queue acme.info", "strategy", "ringall", "random")
    ]
    assert list(look_asterisk.queues({"acme": file}, "")) == [("acme", "queue acme.info", "", "there", None)]


def test_mailboxes_without_their_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbx_mailboxes, "DATABASE", tmp_path / "mailboxes.sqlite3")
    (tmp_path / "voicemail.conf").write_text("[acme]\ninfo => 4711,Info,info@acme.example,,attach=no\n")
    pbx_mailboxes.lay({"acme": pbx_mailboxes.read(tmp_path)})
    with sqlite3.connect(pbx_mailboxes.DATABASE) as database:
        database.execute("UPDATE voicemail SET password = '1234'")
        assert list(look_asterisk.boxes("acme", database, tmp_path)) == []
        database.execute("UPDATE voicemail SET email = 'else@where.example'")
        database.execute("INSERT INTO voicemail (context, mailbox) VALUES ('acme', 'new')")
        assert list(look_asterisk.boxes("acme", database, tmp_path)) == [
            ("acme", "mailbox info", "email", "info@acme.example", "else@where.example"),
            ("acme", "mailbox new", "", None, "there"),
        ]


def test_kamailio_tables_in_memory() -> None:
    entry = "\t\t{\n\t\t\tname: +461\n\t\t\tvalue: acme\n\t\t\ttype: str\n\t\t}\n"
    dump = f"{{\n\tentry: 5\n\tsize: 1\n\tslot: {{\n{entry}\t}}\n}}\n"
    found = look_kamailio.entries(dump)
    assert found == {"+461": "acme"}
    assert look_kamailio.differing({"+461": "acme"}, found, True) == []
    assert look_kamailio.differing({"+462": "acme"}, found, True) == [("+461", None, "acme"), ("+462", "acme", None)]
    assert look_kamailio.differing({"+462": "acme"}, found, False) == [("+462", "acme", None)]


def test_rows_come_back_only_where_they_differ() -> None:
    numbers = [{"number": "+461"}, {"number": "+462"}]
    expected = {"acme": {table: look_rows.digest([]) for table in look_rows.TABLES}}
    expected["acme"]["numbers"] = look_rows.digest(numbers)
    found = {"acme": {"numbers": numbers[::-1]}, "other": {"domains": [{"domain": "other.example"}]}}
    assert look_rows.differing(expected, False, found) == {}
    assert look_rows.differing(expected, True, found) == {"other": {"domains": [{"domain": "other.example"}]}}
    assert look_rows.differing(expected, False, {}) == {"acme": {"numbers": []}}


def test_files_that_differ_are_missing_or_stray(tmp_path: Path) -> None:
    right, wrong, secret = (tmp_path / name for name in ("right", "wrong", "secret"))
    for path in (right, wrong, secret):
        path.write_text(path.name)
    expected = {str(path): hashlib.sha256(b"right").hexdigest() for path in (right, wrong, secret)}
    expected[str(tmp_path / "gone")] = ""
    seen = look_files.files(expected, {str(secret)})
    assert set(seen) == {str(wrong), str(secret), str(tmp_path / "gone")}
    assert seen[str(wrong)]["text"] == "wrong"
    assert seen[str(secret)]["text"] is None
    assert seen[str(tmp_path / "gone")] == {"there": False}
    (tmp_path / "stray").write_text("")
    assert set(look_files.strays([str(tmp_path)], expected)) == {str(tmp_path / "stray")}


def test_files_of_telephones_by_digests_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_files, "DEVICES", tmp_path)
    file = tmp_path / "acme" / "s3cret" / "phone.xml"
    file.parent.mkdir(parents=True)
    file.write_text("password")
    name, content = (hashlib.sha256(each).hexdigest() for each in (b"s3cret/phone.xml", b"password"))
    assert look_files.telephones({"acme": {name: content}}, True) == {}
    seen = look_files.telephones({"acme": {name: "another"}}, True)
    assert seen["acme"][name]["text"] is None
    assert "s3cret" not in str(seen)
    assert set(look_files.telephones({}, True)) == {"acme"}
