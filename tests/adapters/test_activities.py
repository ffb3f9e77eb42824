"""Setting an activity over a shell: what is asked of Asterisk, and what is believed of its answers."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import shlex

import pytest

from provisioner.adapters.live.activities import SshActivities
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.ports.activities import Doing

pytestmark = pytest.mark.row("A2")


class Node:
    """A core node's database, as its command line serves it: an entry is cut off behind 255 bytes."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.kept: dict[str, str] = {}
        self.deaf = deaf

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return self._one(shlex.split(command)[2].split())

    def _one(self, words: list[str]) -> bytes:
        match words:
            case ["database", "put", family, key, value]:
                if not self.deaf:
                    self.kept[f"{family}/{key}"] = value
            case ["database", "del", family, key]:
                self.kept.pop(f"{family}/{key}", "")
            case ["database", "get", family, key]:
                found = self.kept.get(f"{family}/{key}")
                return f"Value: {found[:255]}\n".encode() if found is not None else b"Database entry not found.\n"
            case _:
                raise AssertionError(words)
        return b"done\n"


@pytest.mark.parametrize(
    "wanted",
    [
        Doing("lunch", 1790000000),
        Doing("vacation", note='Åter i augusti; ring Bo: 102, "eller" $(reboot)'),
        Doing("available", note="i Göteborg"),
        Doing("parental-leave-of-forty-characters-in-all", 1790000000, "å" * 70, "calendar"),
    ],
)
def test_set_and_read_back(wanted: Doing) -> None:
    node = Node()
    activities = SshActivities(lambda _: node)
    assert asyncio.run(activities.get("acme", "anna")) == Doing()
    asyncio.run(activities.set("acme", "anna", wanted))
    assert asyncio.run(activities.get("acme", "anna")) == wanted
    asyncio.run(activities.set("acme", "anna", Doing()))
    assert node.kept == {}


def test_what_was_not_set_is_told() -> None:
    with pytest.raises(ShellError, match="is available and not lunch"):
        asyncio.run(SshActivities(lambda _: Node(deaf=True)).set("acme", "anna", Doing("lunch")))


@pytest.mark.parametrize("entry", ["", ":::", "lunch", "lunch:soon:phone:", "lunch:0:phone:no base64"])
def test_an_entry_that_makes_no_sense_says_as_much_as_it_can(entry: str) -> None:
    node = Node()
    node.kept["pbx/acme/activity-anna"] = entry
    found = asyncio.run(SshActivities(lambda _: node).get("acme", "anna"))
    assert found in (Doing(), Doing("lunch", by="hand"), Doing("lunch", by="phone"))
