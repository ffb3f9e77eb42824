"""`pbx trace` as a person and a program read it; the rules themselves are tried beside the rooms' cases."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The examples in Git, less what Git does not keep: the sound that is made."""
    folder = tmp_path / "provider"
    shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("secrets", ".pbx"))
    (folder / ".gitignore").write_text("*.wav\n")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "As it is"]):
        subprocess.run([*git, *words], check=True)


def changed(folder: Path, tenant: str, this: str, that: str) -> None:
    file = folder / "tenants" / f"{tenant}.yaml"
    text = file.read_text()
    assert this in text
    file.write_text(text.replace(this, that))


def before(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    found = main.run(["trace", "--folder", str(folder), *words, "--before", "HEAD", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert found == code, document
    return document


CHRISTMAS = ("solglantan", NUMBER, "--at", "2027-12-24T09:00")


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_both_sides_of_a_change(kept: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    same = before(kept, capsys, *CHRISTMAS, *more)
    jsonschema.validate(same, SCHEMA)
    assert same["same"]
    assert same["before"] == same["now"]
    changed(kept, "solglantan", "closed: voicemail:info", "closed: user:anna")
    differ = before(kept, capsys, *CHRISTMAS, *more)
    jsonschema.validate(differ, SCHEMA)
    assert not differ["same"]


def test_what_a_revision_has_not_is_said(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(kept, "nordverk", "+46313900611", "+46313900612")
    found = before(kept, capsys, "nordverk", "+46313900612")
    jsonschema.validate(found, SCHEMA)
    assert found["before"] == {"none": "nordverk has no number +46313900612"}
    assert found["now"]["outcome"]["by"] == "user:frida"
    (kept / "tenants/kiosken.yaml").rename(kept / "tenants/kiosk.yaml")
    assert before(kept, capsys, "kiosk", "+46980319200")["before"] == {"none": "there is no tenant kiosk"}


def test_a_revision_with_errors_has_no_answer(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(kept, "solglantan", "closed: voicemail:info", "closed: voicemail:inof")
    commit(kept)
    changed(kept, "solglantan", "closed: voicemail:inof", "closed: voicemail:info")
    found = before(kept, capsys, *CHRISTMAS, code=3)
    assert found["error"]["message"] == "1 error in the specification of HEAD"


def test_revisions_that_are_not_there(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asks = ["trace", "--folder", str(kept), *CHRISTMAS, "--before"]
    assert main.run([*asks, "never"]) == 64
    told = capsys.readouterr().err
    assert "no revision 'never' in the history of" in told
    assert "what now: name a branch, a tag, a commit or a day" in told
    assert main.run([*asks, "--output=x"]) == 64  # a name, and no option of Git's
    shutil.rmtree(kept / ".git")
    assert main.run([*asks, "HEAD"]) == 64
    assert "is not in a Git repository" in capsys.readouterr().err
    assert not [each for each in tmp_path.iterdir() if each.name != "provider"]


def test_a_call_as_a_picture(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(kept, "solglantan", "closed: voicemail:info", "# lines may move\n    closed: user:anna")
    asks = ["trace", "--folder", str(kept), *CHRISTMAS, "--format", "svg"]
    assert main.run(asks) == 0
    one = ElementTree.fromstring(capsys.readouterr().out)
    assert drawn(one, "node") == [f"number:{NUMBER}", "schedule:opening", "user:anna", "user:anna answers"]
    assert {"solglantan.yaml:16", "solglantan.yaml:123"} <= set(drawn(one, "place"))
    assert main.run([*asks, "--before", "HEAD"]) == 0
    both = ElementTree.fromstring(capsys.readouterr().out)
    assert drawn(both, "title") == ["Before, in HEAD", "Now"]
    assert len(both.findall(".//{*}rect[@class='other']")) == 6  # schedule, what it leads to, and outcome, on each side
    assert main.run([*asks, "--all"]) == 64
    assert "a picture shows one call" in capsys.readouterr().err


def drawn(picture: ElementTree.Element, kind: str) -> list[str]:
    return ["".join(each.itertext()) for each in picture.findall(f".//{{*}}text[@class='{kind}']")]


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
        ((NUMBER, "--full", "reception"), "no queue or conference 'reception'"),
        (("555",), "nothing of solglantan is reached by 555"),
        ((NUMBER[:-1], "--from", "withheld"), f"solglantan has no number {NUMBER[:-1]}"),
        (("*28", "--from", "anna"), "*28 is a phone code"),
    ],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, *words, code=64)["error"]["message"] == message
