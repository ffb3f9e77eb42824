"""What `pbx chat-password` refuses before it asks anything, and whose password it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.pipeline.chat_accounts import handle_of
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

FOLDER = Path(__file__).parents[1] / "lab/reception/folder"
pytestmark = pytest.mark.row("C1")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("chat", "ana"), "did you mean anna?"),
        (("chat", "silent"), "'silent' of chat has no chat"),
        (("chat", "guest.lasr"), "did you mean guest.lars?"),
        (("devices", "anna"), "those have: none"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chat-password", *words, "--folder", str(FOLDER)]) == 64
    assert told in capsys.readouterr().err


def test_users_and_guests_have_passwords_of_their_own() -> None:
    scope = validate(load(FOLDER)).scopes["chat"]
    assert handle_of(scope, "anna") == "chat/chat/account-anna"
    assert handle_of(scope, "guest.lars") == "chat/chat/account-guest.lars"
