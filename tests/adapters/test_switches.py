"""Switching a schedule over a shell: what is asked of Asterisk, and what is believed of its answers."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import re
import shlex

import pytest

from provisioner.adapters.live.switches import SshSwitches
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.lights import of_switch
from provisioner.core.ports.switches import Switched


class Node:
    """A core node's database and lights, as its command line serves them."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.kept: dict[str, str] = {}
        self.lights: dict[str, str] = {}
        self.deaf = deaf

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return b"".join(self._one(shlex.split(each)[2]) for each in command.split(" && "))

    def _one(self, command: str) -> bytes:
        words = command.split()
        if self.deaf and words[1] in ("put", "change"):
            return b"no"
        match words:
            case ["database", "put", family, key, value]:
                self.kept[f"{family}/{key}"] = value
            case ["database", "del", family, key]:
                self.kept.pop(f"{family}/{key}", "")
            case ["database", "get", family, key]:
                found = self.kept.get(f"{family}/{key}")
                return f"Value: {found}\n".encode() if found is not None else b"Database entry not found.\n"
            case ["devstate", "change", light, state]:
                self.lights[re.sub(r"^Custom:", "", light)] = state
            case _:
                raise AssertionError(command)
        return b"done\n"


def test_set_and_read_back() -> None:
    node = Node()
    switches = SshSwitches(lambda _: node)
    assert asyncio.run(switches.get("acme", "office")) == Switched("auto")
    for wanted, lights in (
        (Switched("closed", 1790000000), ("INUSE", "NOT_INUSE", "INUSE")),
        (Switched("open"), ("RINGING", "INUSE", "NOT_INUSE")),
        (Switched("auto"), ("NOT_INUSE", "NOT_INUSE", "NOT_INUSE")),
    ):
        asyncio.run(switches.set("acme", "office", wanted))
        assert asyncio.run(switches.get("acme", "office")) == wanted
        assert tuple(map(node.lights.get, of_switch("acme", "office"))) == lights
    assert node.kept == {"pbx/acme/switch-office": "auto"}


def test_what_was_not_set_is_told() -> None:
    with pytest.raises(ShellError, match="is auto and not open"):
        asyncio.run(SshSwitches(lambda _: Node(deaf=True)).set("acme", "office", Switched("open")))
