"""Messages as text: what is written and when, what the program is asked, how it fails, where a piece of speech ends."""

from __future__ import annotations

import array
import io
import json
import math
import stat
import sys
import wave
from pathlib import Path
from typing import BinaryIO

import pytest

from provisioner.targets.asterisk import people
from tests.roles.people_spool import FIRST, SECOND, Spool
from tests.roles.test_pbx_people import NOW

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "transcripts" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "speech" / "files" / "speech"))

import hear_messages
from pbx_notices import transcripts
from pbx_people.known import Known
from pbx_people.mailboxes import Mailboxes
from pbx_transcripts import program
from pbx_transcripts import round as work

RATE = 8000
ACME = (
    people.House("acme.example", "Europe/Stockholm", "sv"),
    people.Person("anna", "Anna Berg", "101", mailbox=True, transcribe="en"),
    people.Person("bo", "Bo Ek", "102", mailbox=True),
    people.Shared("info", "Reception", ("anna", "bo"), transcribe="en-GB"),
)


class Node:
    """A core node: its spool, its texts, and a program that says which message it was given."""

    def __init__(self, home: Path) -> None:
        self.tenants, self.spool = home / "tenants", Spool(home / "astdb.sqlite3", home / "voicemail")
        self.asked: list[str] = []
        self.said: list[str] = []
        self.fails = 0
        self.declare("acme", *ACME)
        self.rounds = work.Rounds(Known(self.tenants), Mailboxes(self.spool.spool), self.write, self.said.append)

    def declare(self, slug: str, *facts: people.Fact) -> None:
        file = people.write(facts)
        assert file
        (self.tenants / slug).mkdir(parents=True, exist_ok=True)
        (self.tenants / slug / "people.new").write_text(file.text)
        (self.tenants / slug / "people.new").replace(self.tenants / slug / "people.json")

    def write(self, sound: BinaryIO, language: str) -> str:
        self.asked.append(f"{sound.read().removeprefix(b'RIFF').decode()} {language}")
        if self.fails:
            self.fails -= 1
            raise program.Failed("busy")
        return f"text {len(self.asked)}"

    def run(self) -> list[str]:
        """Until nothing is left; what was asked."""
        self.asked.clear()
        while self.rounds.once():
            pass
        return self.asked


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    monkeypatch.setattr(transcripts, "STORE", tmp_path / "texts")
    return Node(tmp_path)


def texts() -> dict[str, str | None]:
    found = sorted(transcripts.STORE.glob("*/*/*.json"))
    return {f"{each.parent.parent.name}/{each.parent.name}/{each.stem}": transcripts.read(each) for each in found}


@pytest.mark.row("U3")
def test_each_message_is_written_once_the_latest_first_and_only_where_it_is_wanted(node: Node) -> None:
    node.spool.leave("acme", "anna", id=FIRST, caller="<1>", folder="Old")
    node.spool.leave("acme", "info", id=SECOND, caller="<1>", began=NOW + 5)
    node.spool.leave("acme", "bo", id=FIRST, caller="<1>")
    assert node.run() == [f"{SECOND} en-GB", f"{FIRST} en"]
    assert texts() == {f"acme/anna/{FIRST}": "text 2", f"acme/info/{SECOND}": "text 1"}
    assert node.run() == []
    (path,) = transcripts.STORE.glob("acme/anna/*")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640, "its readers are of Asterisk's group"


@pytest.mark.row("U3")
def test_a_text_goes_with_its_message_and_stays_when_that_is_heard(node: Node) -> None:
    for id in (FIRST, SECOND):
        node.spool.leave("acme", "anna", id=id, caller="<1>")
    node.run()
    node.spool.ask(f"voicemail remove anna acme INBOX {FIRST}")
    node.spool.ask(f"voicemail move anna acme INBOX {SECOND} Old")
    assert node.run() == []
    assert list(texts()) == [f"acme/anna/{SECOND}"]


@pytest.mark.row("U3")
def test_texts_go_where_the_file_no_longer_asks_for_them_and_with_their_tenant(node: Node) -> None:
    node.declare("other", ACME[0], people.Person("anna", "Anna Other", "101", mailbox=True, transcribe="en"))
    for slug, box in (("acme", "anna"), ("acme", "info"), ("other", "anna")):
        node.spool.leave(slug, box, id=FIRST, caller="<1>")
    node.run()
    node.declare("acme", ACME[0], people.Person("anna", "Anna Berg", "101", mailbox=True), *ACME[2:])
    assert node.run() == []
    assert list(texts()) == [f"acme/info/{FIRST}", f"other/anna/{FIRST}"]
    (node.tenants / "other" / "people.json").unlink()
    node.run()
    assert sorted(str(each.relative_to(transcripts.STORE)) for each in transcripts.STORE.rglob("*")) == [
        *("acme", "acme/info", f"acme/info/{FIRST}.json"),
    ]


def test_a_message_that_fails_holds_up_no_other_and_is_tried_again_ever_more_seldom(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(work.time, "monotonic", lambda: now)
    for count, id in enumerate((FIRST, SECOND)):
        node.spool.leave("acme", "anna", id=id, caller="<1>", began=NOW + count)
    node.fails = 1
    assert node.run() == [f"{SECOND} en", f"{FIRST} en"]
    assert node.said == ["a message of acme has no text, next try in 60 s: busy"]
    now += 59
    assert node.run() == []
    now += 1
    node.fails = 1
    assert node.run() == [f"{SECOND} en"]
    now += 119
    assert node.run() == []
    now += 1
    assert node.run() == [f"{SECOND} en"]
    assert len(texts()) == 2


# -- the program that is asked


def recording(samples: bytes = bytes(2 * RATE), channels: int = 1) -> BinaryIO:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    stream.seek(0)
    return stream


@pytest.fixture
def asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program that is named in the configuration: what it does is written into it."""
    path = tmp_path / "program"
    (tmp_path / "config.json").write_text(json.dumps({"program": str(path)}))
    monkeypatch.setattr(program, "CONFIG", tmp_path / "config.json")
    monkeypatch.setattr(program, "FIRST", 1)
    monkeypatch.setattr(program, "FACTOR", 0)
    return path


def does(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_program_is_given_language_rate_and_samples_and_its_text_is_one_of_visible_signs(asks: Path) -> None:
    does(
        asks, 'read -r asked; printf \'{"text": " %s %s\\\\u0007 \\\\n"}\' "$(echo "$asked" | tr -d \'"\')" "$(wc -c)"'
    )
    assert program.write(recording(), "en-GB") == "{language: en-GB, rate: 8000} 16000"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("cat > /dev/null; echo no model >&2; exit 3", "ended with 3: no model"),
        ("cat > /dev/null; echo hello", "JSONDecodeError"),
        ("cat > /dev/null; echo '{\"text\": 7}'", "gave no text"),
        ("cat > /dev/null; echo '[]'", "TypeError"),
        ("sleep 5", "no text within 1 s"),
    ],
)
def test_a_program_that_gives_no_text_has_failed(asks: Path, script: str, why: str) -> None:
    does(asks, script)
    with pytest.raises(program.Failed, match=why):
        program.write(recording(), "en")


@pytest.mark.parametrize("sound", [io.BytesIO(b"RIFF"), io.BytesIO(b""), recording(channels=2)])
def test_a_file_that_is_no_recording_fails(asks: Path, sound: BinaryIO) -> None:
    does(asks, 'cat > /dev/null; echo \'{"text": ""}\'')
    with pytest.raises(program.Failed):
        program.write(sound, "en")


def test_a_program_that_is_not_there_has_failed(asks: Path) -> None:
    assert not asks.exists()
    with pytest.raises(program.Failed, match="No such file"):
        program.write(recording(), "en")


# -- the platform's own program


def tone(seconds: float, level: float = 6000) -> bytes:
    return array.array("h", (int(level * math.sin(each)) for each in range(int(seconds * RATE)))).tobytes()


@pytest.mark.parametrize(
    ("sound", "lengths"),
    [
        (tone(3), [3.0]),
        (tone(3) + bytes(RATE) + tone(3), [6.5]),  # short ones stay together
        (tone(7) + bytes(2 * RATE) + tone(3), [7.4, 3.6]),
        (tone(50), [20.0, 20.0, 10.0]),
        (tone(20.1), [20.1]),  # no rest that the recogniser could fail at
        (tone(6) + bytes(2 * 4400), [6.55]),
        (tone(6) + bytes(2 * 8000), [6.4, 0.6]),
        (tone(0.013), [0.013]),
        (b"", []),
    ],
    ids=[
        "one",
        "short",
        "breath",
        "long",
        "long and a rest",
        "breath and a rest",
        "breath and more",
        "click",
        "nothing",
    ],
)
def test_a_message_is_cut_where_its_speaker_breathes_and_nothing_is_lost(sound: bytes, lengths: list[float]) -> None:
    found = list(hear_messages.pieces(sound, RATE))
    assert [len(each) / 2 / RATE for each in found] == pytest.approx(lengths, abs=0.03)
    assert b"".join(found) == sound


def test_another_language_is_refused_and_silence_says_nothing() -> None:
    with pytest.raises(SystemExit, match="only en is understood, not sv"):
        hear_messages.written("sv", RATE, tone(1))
    assert hear_messages.written("en-GB", RATE, bytes(8000)) == ""
    assert hear_messages.written("en", RATE, tone(0.19)) == "", "what is too short for a word is no word"
