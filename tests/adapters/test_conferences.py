"""Who is in a conference, over a shell: what is understood of ConfBridge's lists, and what is asked of it."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import shlex

import pytest

from provisioner.adapters.live.conferences import SshConferences
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.ports.conferences import Held, Participant

pytestmark = pytest.mark.row("C11")

ROOMS = """\
Conference Bridge Name           Users  Marked Locked Muted
================================ ====== ====== ====== =====
acme.weekly                           3      1 Yes    No
acme.board                            0      0 No     No
acme-two.weekly                       1      0 No     No
"""
HEAD = """\
Channel                        Flags  User Profile     Bridge Profile   Menu             CallerID
============================== ====== ================ ================ ================ ================
"""
LISTS = {
    "acme.weekly": HEAD
    + "PJSIP/edge-00000001            AM                                                       101\n"
    + "PJSIP/edge-of-a-long-name-00000002 Wm                                                       +46701740605\n"
    + "PJSIP/edge-00000003            Ww                                                       <unknown>\n",
    "acme.board": HEAD,
}


class Node:
    def __init__(self, said: str = "") -> None:
        self.asked: list[str] = []
        self.said = said

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        words = shlex.split(command)[2]
        self.asked.append(words)
        if words == "confbridge list":
            return ROOMS.encode()
        return LISTS.get(words.removeprefix("confbridge list "), self.said).encode()


def test_only_the_tenants_own_in_which_somebody_is() -> None:
    assert asyncio.run(SshConferences(lambda _: Node()).held("acme")) == (
        Held(
            "weekly",
            True,
            (
                Participant("PJSIP/edge-00000001", "101", leads=True),
                Participant("PJSIP/edge-of-a-long-name-00000002", "+46701740605", muted=True),
                Participant("PJSIP/edge-00000003", "", waits=True),
            ),
        ),
    )


def test_unlocking_forgets_wrong_pins_also_where_nobody_is() -> None:
    node = Node()
    asyncio.run(SshConferences(lambda _: node).lock("acme", "board", False))
    assert "database del pbx/acme conference-wrong-board" in node.asked
    assert not any("unlock" in each for each in node.asked)


def test_what_asterisk_does_not_do_is_told() -> None:
    node = Node("No conference bridge named 'acme.board' found!\n")
    with pytest.raises(ShellError, match="No conference bridge named"):
        asyncio.run(SshConferences(lambda _: node).mute("acme", "board", "PJSIP/edge-1", True))
    assert node.asked == ["confbridge mute acme.board PJSIP/edge-1"]


def test_an_asterisk_that_is_down_is_told() -> None:
    class Down(Node):
        async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
            return b"Unable to connect to remote asterisk (does /var/run/asterisk/asterisk.ctl exist?)\n"

    with pytest.raises(ShellError, match="does not answer"):
        asyncio.run(SshConferences(lambda _: Down()).held("acme"))
