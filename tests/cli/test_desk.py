"""What `pbx desk` refuses before it asks any machine, and whom it shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.core.ports.desks import Seat
from provisioner.pipeline import seats
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.row("N5")
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
AT_NOW = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nordverk", "gat"), "did you mean gate?"),
        (("nordverk", "erik", "out"), "it has: gate"),
        (("kiosken",), "kiosken has no shared telephones"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["desk", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seat", "shown"),
    [
        (Seat("erik", AT_NOW + 1), "erik"),
        (Seat("erik", AT_NOW), ""),
        (Seat("gustav", AT_NOW + 1), ""),  # may not log in any more
        (Seat("nobody", AT_NOW + 1), ""),
    ],
)
def test_who_sits_there(seat: Seat, shown: str) -> None:
    (place,) = seats.places(validate(load(EXAMPLES)), "nordverk", {"gate": seat}, NOW)
    assert (place.desk, place.title, place.user) == ("gate", "Works gate", shown)
    assert (place.until is not None) == bool(shown)
