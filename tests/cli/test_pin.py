"""What `pbx pin` refuses before it asks anything, and whose PIN it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.pipeline import conferring
from provisioner.pipeline.load import load
from provisioner.pipeline.pins import handle_of
from provisioner.pipeline.validate import validate

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.row("N5")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nordverk", "frda"), "did you mean frida?"),
        (("nordverk", "gustav"), "'gustav' of nordverk has no PIN"),
        (("solglantan", "anna"), "those have: none"),
        (("nordvrek", "frida"), "nordvrek"),
        (("nordverk", "conference:projects"), "did you mean project?"),
        (("nordverk", "conference:stand-up", "--leaders"), "asks for no PIN"),
        (("nordverk", "frida", "--leaders"), "'frida' is no conference"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pin", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


def test_each_has_a_pin_of_her_own() -> None:
    scope = validate(load(EXAMPLES)).scopes["nordverk"]
    assert handle_of(scope, "frida") == "nordverk/pin/user-frida"


@pytest.mark.row("C11")
def test_a_conference_has_two() -> None:
    specification = validate(load(EXAMPLES))
    handles = [
        conferring.handle_of(specification, "nordverk", "conference:project", leaders=each) for each in (False, True)
    ]
    assert handles == ["nordverk/pin/conference-project", "nordverk/pin/leaders-project"]
