"""The core node's service that hears callers: where speech begins and ends, what Asterisk is told, and how it fails."""

from __future__ import annotations

import array
import asyncio
import json
import math
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "speech" / "files" / "speech"))

import hear_callers
import hear_words

RATE = hear_callers.RATE


def noise(seconds: float, level: float, seed: int = 1) -> bytes:
    draw = random.Random(seed)
    return array.array("h", (int(draw.gauss(0, level)) for _ in range(int(seconds * RATE)))).tobytes()


def tone(seconds: float, level: float = 6000) -> bytes:
    return array.array("h", (int(level * math.sin(each)) for each in range(int(seconds * RATE)))).tobytes()


def spoken(samples: bytes) -> list[float]:
    """Lengths of what was taken for speech, fed in pieces as telephones send them."""
    endpoint, found = hear_callers.Endpoint(), []
    for start in range(0, len(samples), 320):
        if (piece := endpoint.feed(samples[start : start + 320])) is not None:
            found.append(len(piece) / 2 / RATE)
            endpoint = hear_callers.Endpoint()
    return found


@pytest.mark.parametrize(
    ("line", "lengths"),
    [
        (noise(6, 40), []),
        (bytes(2 * RATE * 6), []),
        (noise(1, 40) + tone(0.06) + noise(2, 40), []),  # a click
        (noise(1, 40) + tone(1) + noise(2, 40), [1.9]),
        (noise(1, 40) + tone(0.5) + noise(0.4, 40) + tone(0.5) + noise(2, 40), [2.3]),  # a breath between two words
        (noise(1, 40) + tone(0.5) + noise(1.5, 40) + tone(0.5) + noise(2, 40), [1.4, 1.4]),
        (noise(2, 400) + tone(1) + noise(2, 400), [1.9]),  # a street
    ],
    ids=["noise", "nothing", "click", "word", "two words", "two answers", "street"],
)
def test_where_speech_begins_and_ends(line: bytes, lengths: list[float]) -> None:
    assert spoken(line) == pytest.approx(lengths, abs=0.35)


def test_a_sound_without_end_is_cut() -> None:
    lengths = spoken(noise(1, 40) + tone(30))
    assert lengths[0] == pytest.approx(8.0, abs=0.1)
    assert max(lengths) <= 8.0


class Line:
    """Asterisk's side of a connection."""

    def __init__(self, *messages: str | bytes, stays: float = 0.0) -> None:
        self._messages, self._stays = messages, stays
        self.sent: list[dict[str, Any]] = []

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        for message in self._messages:
            yield message
        await asyncio.sleep(self._stays)

    async def send(self, text: str) -> None:
        self.sent.append(json.loads(text))


def request(name: str, **facts: object) -> str:
    return json.dumps({"request": name, "id": name, **facts})


SETUP = request("setup", version="0.1.0", codecs=[{"name": "slin"}])
VOICE = (noise(0.5, 40), tone(0.6), noise(1.5, 40))


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A core node with one tenant, and a recogniser that is the test's own."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/speech.json").write_text(json.dumps({"front": {"en": {"choice-sales": ["sales"]}}}))
    monkeypatch.setattr(hear_callers, "TENANTS", tmp_path)
    return tmp_path


def recogniser(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = folder / "recogniser"
    program.write_text(f"#!{sys.executable}\nimport json, sys, time\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setattr(hear_callers, "RECOGNISER", str(program))


def results(vocabulary: str) -> list[dict[str, Any]]:
    line = Line(SETUP, request("set", params={"vocabulary": vocabulary}), *VOICE, stays=2.0)

    async def run() -> None:
        await hear_callers.Conversation(line, asyncio.Semaphore(1)).run()

    asyncio.run(run())
    assert line.sent[0] == {"response": "setup", "id": "setup", "codecs": [{"name": "slin"}]}
    return [result for each in line.sent if "request" in each for result in each["params"]["results"]]


def test_the_recogniser_is_asked_and_asterisk_told(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser(
        node,
        monkeypatch,
        "asked = json.loads(sys.stdin.buffer.readline())\n"
        "assert asked == {'language': 'en', 'rate': 8000, 'expressions': {'choice-sales': ['sales']}}\n"
        "assert 16000 < len(sys.stdin.buffer.read()) < 32000\n"
        "print(json.dumps({'id': 'choice-sales', 'score': 87}))",
    )
    told = results("acme/front/en")
    assert told == [{"text": "choice-sales", "score": 87, "grammar": "acme/front/en", "best": 0}]


@pytest.mark.parametrize(
    ("vocabulary", "body"),
    [
        ("acme/front/sv", 'print(\'{"id": "x", "score": 99}\')'),
        ("acme/../secrets/en", 'print(\'{"id": "x", "score": 99}\')'),
        ("gone/front/en", 'print(\'{"id": "x", "score": 99}\')'),
        ("acme/front/en", "sys.exit(3)"),
        ("acme/front/en", "print('nonsense')"),
        ("acme/front/en", "print('{}')"),
        ("acme/front/en", "time.sleep(60)"),
    ],
)
def test_whatever_fails_is_an_answer_that_nobody_understood(
    node: Path, monkeypatch: pytest.MonkeyPatch, vocabulary: str, body: str
) -> None:
    monkeypatch.setattr(hear_callers, "DECISION", 1.0)
    recogniser(node, monkeypatch, f"sys.stdin.buffer.read()\n{body}")
    assert results(vocabulary) == [{"text": "", "score": 0, "grammar": vocabulary, "best": 0}]


def test_other_codecs_are_refused() -> None:
    line = Line(request("setup", codecs=[{"name": "opus"}]))
    asyncio.run(hear_callers.Conversation(line, asyncio.Semaphore(1)).run())
    assert line.sent[0]["error_msg"] == "only slin is understood"


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("f ˈœ ʂ ə l j n ˌɪ ŋ", "F ER SH AH L Y N IH NG"),
        ("k ˈɵ n d ɕ ə n s t", "K UH N D SH AH N S T"),
        ("s ˈeɪ l z", "S EY L Z"),
        ("sx ʉ k v ˈoː r d", "SH UW K V AO R D"),
        (" ", ""),
    ],
)
def test_sounds_of_other_languages_become_english_ones(ipa: str, phones: str) -> None:
    assert hear_words.phones(ipa) == phones


def test_each_text_can_be_told_apart_and_every_token_has_a_sound() -> None:
    grammar = hear_words.Grammar([["A", "B"], ["A"], [], ["C", "A", "D"]], [["L"]], [["T"]])
    assert grammar.plain == "(w0 t0 | t1 | w1 w0 t3)"
    assert grammar.polite == "(w2) (w0 t0 | t1 | w1 w0 t3) [w3] | (w0 t0 | t1 | w1 w0 t3) (w3)"
    assert grammar.words == {"w0": "A", "t0": "B", "t1": "A", "w1": "C", "t3": "D", "w2": "L", "w3": "T"}


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        ([("t0", 2.0), ("t0", -1.0)], ("sales", 100)),
        ([("t0", -4.0), ("", -10.0)], ("sales", 50)),
        ([("t0", 2.0), ("w1 t1", 0.0)], ("sales", 50)),  # two hearings, two answers
        ([("", -10.0), ("", -10.0)], ("", 0)),
        ([("t1", -40.0), ("t1", -30.0)], ("help", 0)),
    ],
)
def test_how_sure_an_answer_is(heard: list[tuple[str, float]], answer: tuple[str, int]) -> None:
    found = hear_words.decide([hear_words.Heard(*each) for each in heard], ["sales", "help"])
    assert (found.id, found.score) == answer
