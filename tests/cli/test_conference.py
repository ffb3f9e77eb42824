"""What `pbx conference` refuses before it asks any machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
SOON = ("--at", "2090-01-11T10:00")


@pytest.mark.row("C11")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lock", "nordverk", "projekt"), "did you mean project?"),
        (("mute", "nordverk", "board", "erik"), "it has: project, stand-up"),
        (("unlock", "solglantan", "project"), "it has: none"),
        (("lock", "nordvrek", "project"), "nordvrek"),
    ],
)
def test_no_such_conference(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conference", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


@pytest.mark.row("C10")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("projekt", *SOON, "--by", "erik"), "did you mean project?"),
        (("stand-up", "--at", "tomorrow", "--by", "erik"), "tomorrow"),
        (("stand-up", "--at", "2020-01-01T10:00", "--by", "erik"), "2020-01-01 10:00 is over"),
        (("stand-up", *SOON, "--by", "erik"), "erik has neither mail address nor mobile number"),
        (("stand-up", *SOON, "--by", "eirk"), "did you mean erik?"),
        (("stand-up", *SOON), "--by"),
        (("stand-up", *SOON, "--by", "erik", "--for", "soon"), "'soon' is no duration"),
    ],
)
def test_no_such_booking(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conference", "book", "nordverk", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err
