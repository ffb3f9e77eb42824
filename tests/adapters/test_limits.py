"""Limits over a shell: what is believed of Asterisk's answers, and a stop that is lifted."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import shlex
from decimal import Decimal

import pytest

from provisioner.adapters.live.limits import SshLimits
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.ports.limits import Spent, Stop

pytestmark = pytest.mark.row("N8")


class Node:
    """A core node's database, as its command line serves it."""

    def __init__(self, *, deaf: bool = False, **kept: str) -> None:
        self.kept = {f"/pbx/acme/{key.replace('_', '-')}": value for key, value in kept.items()}
        self.deaf = deaf

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        match shlex.split(command)[2].split():
            case ["database", "show", family]:
                lines = (f"{key:<50}: {value:<25}" for key, value in self.kept.items() if key.startswith(f"/{family}/"))
                return "\n".join((*lines, f"{len(self.kept)} results found.")).encode()
            case ["database", "get", family, key]:
                found = self.kept.get(f"/{family}/{key}")
                return f"Value: {found}\n".encode() if found is not None else b"Database entry not found.\n"
            case ["database", "del", family, key]:
                if not self.deaf:
                    self.kept.pop(f"/{family}/{key}", "")
                return b"done\n"
            case words:
                raise AssertionError(words)


def test_spent_by_the_tenant_and_its_users() -> None:
    node = Node(spend="20270131:36000:1", spend_anna_lisa="20270130:75:0", spend_bo="", fraud_calls="1-2", rings_bo="x")
    found = asyncio.run(SshLimits(lambda _: node).spent("acme"))
    assert found == {
        "": Spent("20270131", Decimal("6.00")),
        "anna-lisa": Spent("20270130", Decimal("0.01")),
        "bo": Spent(),
    }


@pytest.mark.parametrize(
    ("kept", "stop"),
    [
        ({}, None),
        ({"fraud_stop": "1795990349:bo:+4930123456"}, Stop(1795990349, "bo", "+4930123456")),
        ({"fraud_stop": "1795990349::+4930123456"}, Stop(1795990349, "", "+4930123456")),
        ({"fraud_stop": "nonsense"}, None),
    ],
)
def test_stop(kept: dict[str, str], stop: Stop | None) -> None:
    assert asyncio.run(SshLimits(lambda _: Node(**kept)).stop("acme")) == stop


def test_lift() -> None:
    node = Node(fraud_stop="1795990349:bo:+4930123456", fraud_calls="1-2", spend="20270131:36000:1")
    asyncio.run(SshLimits(lambda _: node).lift("acme"))
    assert node.kept == {"/pbx/acme/spend": "20270131:36000:1"}


def test_a_stop_that_stays_is_no_success() -> None:
    node = Node(deaf=True, fraud_stop="1795990349:bo:+4930123456")
    with pytest.raises(ShellError, match="dear calls of acme are stopped still"):
        asyncio.run(SshLimits(lambda _: node).lift("acme"))
