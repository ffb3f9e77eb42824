"""What `pbx prompt` refuses before any machine is asked, and how it finds a sound."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.core.errors import UsageError
from provisioner.core.ports.prompts import Recorded
from provisioner.pipeline import recordings
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import Specification, validate

EXAMPLES = Path(__file__).parents[2] / "examples"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def specification() -> Specification:
    return validate(load(EXAMPLES))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "nordverk", "inventroy", "x.wav"), "did you mean inventory?"),
        (("reset", "nordverk", "welcome"), "write `welcome: {…, recorded: 1}` in the tenant's file"),
        (("export", "nordverk", "closed", "x.wav"), "closed is not recorded by phone"),
        (("import", "nordverk", "inventory", "lost.wav"), "lost.wav"),
        (("pin", "kiosken"), "records no prompt by phone"),
        (("list", "nordvrek"), "nordvrek"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prompt", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


def test_every_sound_with_what_is_heard(specification: Specification) -> None:
    live = [Recorded("inventory", "sv", NOON, 3.5), Recorded("welcome", "en", NOON, 2.0)]
    rows = list(recordings.rows(specification, "nordverk", live))
    found = {(each.prompt, each.language): each for each in rows}
    english, swedish = found["inventory", "en"], found["inventory", "sv"]
    assert (english.dialled, english.recorded) == ("*771", None)
    assert english.heard.startswith("“Nordverk takes stock")
    assert (swedish.dialled, swedish.heard, swedish.recorded) == ("*772", "recorded", live[0])
    left = rows[-1]
    assert (left.prompt, left.dialled, left.recorded) == ("welcome", "", live[1])
    assert "any more" in left.heard


def test_a_recording_that_no_prompt_of_the_file_has_is_reset_too(specification: Specification) -> None:
    gone = [Recorded("gone", "", NOON, 2.0)]
    assert recordings.to_reset(specification, "nordverk", "gone", "", lambda: gone) == ("gone", "")
    assert recordings.to_reset(specification, "nordverk", "inventory", "sv", lambda: []) == ("inventory", "sv")
    assert recordings.to_reset(specification, "nordverk", "inventory", "", lambda: []) == ("inventory", "en")
    with pytest.raises(UsageError, match="has no prompt 'gone'"):
        recordings.to_reset(specification, "nordverk", "gone", "sv", lambda: gone)
