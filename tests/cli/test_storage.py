"""How `pbx storage` tells what each user has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.cli.storage import facts, size
from provisioner.core.ports.chat_storage import Stored
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

FOLDER = Path(__file__).parents[1] / "lab/reception/folder"
pytestmark = pytest.mark.row("C3")


def test_users_bear_their_names_and_the_fullest_is_first() -> None:
    scope = replace(validate(load(FOLDER)).scopes["chat"], at_edge={"bo": "bosse"})
    sent = datetime(2027, 3, 1, 11, tzinfo=UTC)
    told = facts(
        (Stored("anna", 1, 5, 10, sent), Stored("bosse", 2, 7, 10, sent), Stored("gone", 0, 0, 0, None)), scope
    )
    assert [(each["user"], each["left"], each["bytes"]) for each in told] == [
        ("bo", False, 7),
        ("anna", False, 5),
        ("gone", True, 0),
    ]
    assert [each["oldest"] for each in told] == ["2027-03-01T12:00:00+01:00"] * 2 + [None]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_500_000, "1.5 MB"), (10**10, "10 GB")]
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert size(count) == words


def test_an_unknown_tenant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["storage", "chatt", "--folder", str(FOLDER)]) == 64
    assert "chatt" in capsys.readouterr().err
