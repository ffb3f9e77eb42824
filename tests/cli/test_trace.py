"""`pbx trace` as a person and a program read it; the rules themselves are tried beside the rooms' cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provisioner.cli import main
from provisioner.cli.trail import WORDS
from provisioner.core.trace import Ending

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/trace.json").read_text())
NUMBER = "+46846500400"


def asked(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    found = main.run(["trace", "--folder", str(ROOT / "examples"), "solglantan", *words, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert found == code, document
    return document


def test_a_call_as_json_is_as_its_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, NUMBER, "--at", "2027-01-05T09:00", "--keys", "1", "--no-answer", "all")
    jsonschema.validate(found, SCHEMA)
    passed = ["schedule:opening", "ivr:main", "ring_group:reception", "voicemail:info"]
    assert found["nodes"] == [f"number:{NUMBER}", *passed]
    assert found["outcome"]["how"] == "message"
    assert found["steps"][0]["source"]["path"] == f"numbers.{NUMBER}.destination"


def test_every_outcome_as_json_is_as_its_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, NUMBER, "--at", "2027-01-05T09:00", "--all", "--busy", "anna")
    jsonschema.validate(found, SCHEMA)
    answering = {each["by"] for each in found["outcomes"] if each["how"] == "answered"}
    assert answering == {"user:bo", "user:cecilia", "user:david"}  # anna is on a call in all of them


def test_the_schema_knows_every_ending() -> None:
    assert set(SCHEMA["$defs"]["how"]["enum"]) == {each.value for each in Ending} == {each.value for each in WORDS}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((NUMBER, "--at", "noon"), "'noon' is no time"),
        ((NUMBER, "--from", "ana"), "nobody calls from 'ana'"),
        ((NUMBER, "--busy", "anna,dawid"), "no user 'dawid'"),
        ((NUMBER, "--activity", "anna"), "--activity anna says nothing of anna"),
        ((NUMBER, "--logged-in", "nurse=bo"), "no member of nurse 'bo'"),
        ((NUMBER, "--full", "reception"), "no queue 'reception'"),
        (("555",), "nothing of solglantan is reached by 555"),
        ((NUMBER[:-1], "--from", "withheld"), f"solglantan has no number {NUMBER[:-1]}"),
        (("*28", "--from", "anna"), "*28 is a phone code"),
    ],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, *words, code=64)["error"]["message"] == message
