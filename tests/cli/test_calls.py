"""What `pbx calls` refuses before it asks any machine, and what it makes of what the node says."""

from __future__ import annotations

import asyncio
import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.adapters.live.call_log import SshCallLog
from provisioner.cli import calls, main
from provisioner.core.ports.call_log import LoggedCall

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.row("U13")
AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("solglantan", "ana"), "did you mean anna?"),
        (("solglantan", "anna", "--kind", "mised"), "did you mean missed?"),
        (("solglantann",), "solglantan"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["calls", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (LoggedCall("anna", AT, "received", "answered", device="desk"), "answered on desk"),
        (LoggedCall("bo", AT, "received", "answered", device="a", by="c"), "answered on a, picked up from c"),
        (LoggedCall("anna", AT, "received", "picked-up", by="bo"), "picked up by bo"),
        (LoggedCall("anna", AT, "received", "colleague", by="bo"), "answered by bo"),
        (LoggedCall("anna", AT, "received", "forwarded", to="queue:q", by="b"), "forwarded to queue:q, answered by b"),
        (LoggedCall("anna", AT, "received", "missed"), "missed"),
        (LoggedCall("anna", AT, "received", "missed", message="1-00000001"), "missed, left a message"),
        (LoggedCall("anna", AT, "made", "unanswered", device="app"), "unanswered, from app"),
    ],
)  # fmt: skip
def test_what_became_of_a_call_in_words(call: LoggedCall, words: str) -> None:
    assert calls._words(call) == words


def test_the_node_is_asked_by_its_own_program_and_words_stay_words() -> None:
    asked: list[list[str]] = []

    class Node:
        async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:  # noqa: ARG002
            asked.append(shlex.split(command))
            facts = {"call": "1", "user": "anna", "direction": "received", "at": AT.timestamp(), "result": "answered"}
            facts |= {"number": "+46701740600", "name": "Ö", "seconds": 7, "device": "*mobile"}
            return json.dumps([{**facts, "by": "", "to": "", "message": ""}]).encode()

    (found,) = asyncio.run(SshCallLog(lambda _: Node()).calls("acme", "", "all", 50))
    assert found == LoggedCall("anna", AT, "received", "answered", "+46701740600", "Ö", 7, "mobile")
    assert asked[0][-5:] == ["show", "acme", "", "all", "50"]
