"""What `pbx activity` refuses, before it asks any machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.row("A2")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("solglantan", "ana", "show"), "did you mean anna?"),
        (("solglantan", "anna", "lunch"), "Invalid value for 'action': 'lunch' is not one of 'show', 'set', 'clear'"),
        (("solglantan", "anna", "set"), "an activity belongs to set"),
        (("solglantan", "anna", "clear", "lunch"), "an activity belongs to set"),
        (("solglantan", "anna", "show", "--note", "x"), "--until and --note belong to set"),
        (("solglantan", "anna", "set", "lunhc"), "did you mean lunch?"),
        (("solglantan", "anna", "set", "available", "--until", "17:00"), "available has no end"),
        (("solglantan", "anna", "set", "lunch", "--until", "2020-01-01T12:00"), "is over"),
        (("solglantan", "anna", "set", "lunch", "--until", "soon"), "is no time"),
        (("solglantan", "anna", "set", "lunch", "--note", "å" * 71), "a note of 142 bytes"),
        (("solglantan", "anna", "set", "lunch", "--note", "a\nb"), "one line"),
        (("kiosken", "owner", "show"), "kiosken has no"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["activity", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err
