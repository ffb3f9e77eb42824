"""The table of mailboxes: what the tenants' texts make of it, and what users set themselves."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "asterisk_common" / "module_utils"))

import pbx_mailboxes as mailboxes
from pbx_mailboxes import Texts

from provisioner.targets.asterisk import voicemail, waiting
from provisioner.targets.asterisk.objects import Mailbox, Waiting

CONF = "[klinik]\ninfo => -x,Info,info@klinik.example,,attach=no|maxsecs=180\nanna => 4711,Anna,,,\n"
TEXT, NOTHING = Texts(CONF), Texts()


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mailboxes.sqlite3"
    monkeypatch.setattr(mailboxes, "DATABASE", path)
    return path


def table(database: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    with sqlite3.connect(database) as found:
        return {(each[0], each[1]): each[2:-1] for each in found.execute("SELECT * FROM voicemail")}


def set_by_phone(database: Path, pin: str) -> int:
    """As Asterisk does it; how many rows it is told that it changed."""
    with sqlite3.connect(database) as found:
        return found.execute(
            "UPDATE voicemail SET password = ? WHERE context = 'klinik' AND mailbox = 'anna'", (pin,)
        ).rowcount


def test_laid_once(database: Path) -> None:
    assert mailboxes.late({"klinik": TEXT, "empty": NOTHING}) == ["klinik"]
    assert mailboxes.lay({"klinik": TEXT, "empty": NOTHING}) == 1
    assert mailboxes.lay({"klinik": TEXT, "empty": NOTHING}) == 0
    assert mailboxes.late({"klinik": TEXT, "empty": NOTHING}) == []
    assert table(database) == {
        ("klinik", "info"): ("-x", "Info", "info@klinik.example", "", "attach=no|maxsecs=180"),
        ("klinik", "anna"): ("4711", "Anna", "", "", ""),
    }


def test_tenants_do_not_meet(database: Path) -> None:
    mailboxes.lay({"klinik": TEXT, "bygg": Texts("[bygg]\ninfo => -x,Bygg,,,\n")})
    mailboxes.lay({"klinik": NOTHING})
    assert list(table(database)) == [("bygg", "info")]


def test_a_mailbox_goes_and_a_changed_one_is_told_anew(database: Path) -> None:
    mailboxes.lay({"klinik": TEXT})
    assert mailboxes.lay({"klinik": Texts("[klinik]\ninfo => -x,Reception,,,\n")}) == 1
    assert table(database) == {("klinik", "info"): ("-x", "Reception", "", "", "")}


def test_pin_set_by_phone_outlives_changes_and_absence(database: Path) -> None:
    mailboxes.lay({"klinik": TEXT})
    assert set_by_phone(database, "9999") == 1
    mailboxes.lay({"klinik": Texts(CONF.replace("Anna", "Anna Berg"))})
    assert table(database)["klinik", "anna"][:2] == ("9999", "Anna Berg")
    mailboxes.lay({"klinik": NOTHING})
    mailboxes.lay({"klinik": TEXT})
    assert table(database)["klinik", "anna"][0] == "9999"


def test_first_pin_is_the_file_s(database: Path) -> None:
    mailboxes.lay({"klinik": TEXT})
    mailboxes.lay({"klinik": Texts(CONF.replace("4711", "4712"))})
    assert table(database)["klinik", "anna"][0] == "4712"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[bygg]\nanna => -x,Anna,,,\n", "has the section .bygg., which is not the tenant's"),
        ("[klinik]\nanna = -x\n", "has a line that is no mailbox: anna = -x"),
        ("[klinik]\nanna => -x,A,,,\nanna => -x,B,,,\n", "UNIQUE"),
    ],
)
def test_refused_whole(database: Path, text: str, said: str) -> None:
    mailboxes.lay({"klinik": TEXT})
    with pytest.raises((ValueError, sqlite3.IntegrityError), match=said):
        mailboxes.lay({"bygg": Texts("[bygg]\ninfo => -x,Bygg,,,\n"), "klinik": Texts(text)})
    assert len(table(database)) == 2
    assert mailboxes.late({"klinik": TEXT, "bygg": NOTHING}) == []


def test_words_of_people_arrive_as_the_writer_meant_them(database: Path) -> None:
    words = 'Info, läkare; #1 "x" => y'
    written = voicemail.write([Mailbox("klinik", "info", words, "i@klinik.example")]).text
    mailboxes.lay({"klinik": Texts(written)})
    assert table(database)["klinik", "info"][1:3] == ('Info läkare; #1 "x" => y', "i@klinik.example")


def lamps(database: Path) -> dict[str, tuple[str, str]]:
    with sqlite3.connect(database) as found:
        return {name: (boxes, listen) for name, boxes, listen in found.execute("SELECT * FROM ps_aors ORDER BY id")}


def waits(slug: str, *objects: Waiting) -> Texts:
    written = waiting.write(slug, objects)
    return Texts("", written.text if written else "")


def test_lamps_show_what_the_user_may_hear_and_each_code_its_own(database: Path) -> None:
    info = Waiting("anna", "info", "*98950")
    mailboxes.lay({"a-b": waits("a-b", info, Waiting("anna", "anna", "*98"), Waiting("bo", "info", "*98950"))})
    assert lamps(database) == {
        "a-b.anna": ("anna@a-b,info@a-b", "*98"),
        "a-b.anna.*98": ("anna@a-b", "*98"),
        "a-b.anna.*98950": ("info@a-b", "*98950"),
        "a-b.bo": ("info@a-b", "*98950"),
        "a-b.bo.*98950": ("info@a-b", "*98950"),
    }
    mailboxes.lay({"a": waits("a", Waiting("bo", "hall"))})
    mailboxes.lay({"a-b": waits("a-b", info)})
    assert lamps(database) == {
        "a-b.anna": ("info@a-b", "*98950"),
        "a-b.anna.*98950": ("info@a-b", "*98950"),
        "a.bo": ("hall@a", ""),
    }
    mailboxes.lay({"a": NOTHING, "a-b": NOTHING})
    assert lamps(database) == {}


@pytest.mark.parametrize(
    "text", ['{"bygg.anna": {"mailboxes": ["a@klinik"], "listen": ""}}', '{"klinik.anna": {"mailboxes": ["a@bygg"]}}']
)
def test_a_lamp_that_shows_another_tenants_mailbox_is_refused(database: Path, text: str) -> None:
    with pytest.raises(ValueError, match="which is not the tenant's"):
        mailboxes.lay({"klinik": Texts("", text)})
    assert lamps(database) == {}
