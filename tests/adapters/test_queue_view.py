"""What a change of a queue's member says that cannot be made: the way out is of the state that was found."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import json

import pytest

from provisioner.adapters.live import queue_view
from provisioner.adapters.sip.shell import ShellError


class Core:
    """A core node on which nothing that is asked for happens."""

    def __init__(self, state: str) -> None:
        members = [] if state == "out" else [{"name": "anna", "state": state}]
        self.told = json.dumps({"queues": [{"name": "nurse", "members": members}], "groups": []}).encode()

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return self.told if command.startswith(queue_view.TELL) else b""


@pytest.mark.parametrize(
    ("state", "verb", "way_out"),
    [
        ("paused", "in", "`resume` lets her go on"),
        ("out", "pause", "first say `in`"),
        ("out", "resume", "first say `in`"),
        ("free", "out", "look at the core node"),
    ],
)
def test_way_out(monkeypatch: pytest.MonkeyPatch, state: str, verb: str, way_out: str) -> None:
    monkeypatch.setattr(queue_view, "WAIT", 0.0)
    view = queue_view.SshQueueView(lambda _: Core(state))
    with pytest.raises(ShellError, match=f"anna is still {state} in queue nurse of acme") as refused:
        asyncio.run(view.change("acme", "queue", "nurse", "anna", verb))
    assert way_out in str(refused.value.remedy)
