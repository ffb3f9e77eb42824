"""Who is logged in at shared telephones, over a shell: what is asked of Asterisk, and which answers are believed."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import shlex

import pytest

from provisioner.adapters.live.desks import SshDesks
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.ports.desks import Seat

pytestmark = pytest.mark.row("N5")


class Node:
    """A core node's database, as its command line serves it."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.kept = {
            "desk-gate": "erik:1790000000",
            "desk-hall": "broken",
            "guest-erik": "gate",
            "activity-erik": "lunch",
        }
        self.deaf = deaf

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        match shlex.split(command)[2].split():
            case ["database", "show", "pbx/acme"]:
                return "".join(f"/pbx/acme/{key:<40}: {value:<25}\n" for key, value in self.kept.items()).encode()
            case ["database", "del", "pbx/acme", key] if not self.deaf:
                self.kept.pop(key, "")
        return b"Database entry removed.\n"


def test_who_is_logged_in_is_logged_out() -> None:
    node = Node()
    desks = SshDesks(lambda _: node)
    assert asyncio.run(desks.seats("acme")) == {"gate": Seat("erik", 1790000000)}
    asyncio.run(desks.log_out("acme", "gate"))
    asyncio.run(desks.log_out("acme", "gate"))
    assert asyncio.run(desks.seats("acme")) == {}
    assert node.kept.keys() == {"desk-hall", "guest-erik", "activity-erik"}


def test_who_is_still_there_is_told() -> None:
    with pytest.raises(ShellError, match="erik of acme is still logged in at gate"):
        asyncio.run(SshDesks(lambda _: Node(deaf=True)).log_out("acme", "gate"))
