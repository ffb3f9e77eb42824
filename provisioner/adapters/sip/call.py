"""One call of a baresip agent: its state from events, its sound in files of its own."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from provisioner.core.ports.ear import Voice
from provisioner.core.ports.sip import AgentError, CallState, Identity, SipCall

from . import settings
from .control import Control, Event
from .shell import Shell
from .trace import identity, tags

if TYPE_CHECKING:
    from .agent import BaresipAgent

_STATES = {
    "CALL_INCOMING": CallState.RINGING,
    "CALL_RINGING": CallState.RINGING,
    "CALL_PROGRESS": CallState.EARLY,
    "CALL_ANSWERED": CallState.UP,
    "CALL_ESTABLISHED": CallState.UP,
    "CALL_CLOSED": CallState.ENDED,
}
HUNG_UP = "the other side hung up"
_BYE = "Connection reset by peer"
"""How baresip calls a BYE of the other side."""
_KEYS = re.compile(r"[0-9A-D*#]*")
KEY_DELAY = 0.3
"""Seconds from one key to the next, as a person presses them: baresip leaves no pause between keys of one command."""
AT_ONCE = 20
"""More keys than a person presses go out as fast as a machine can."""
ANSWERED = 5.0
"""Seconds until a call that was taken is up, or somebody else's."""
WRITE_DELAY = 0.35
"""baresip writes what it hears in blocks of 4,096 bytes, a quarter of a second."""
CLOSED_WITHIN = 3.0
"""Seconds until the recording of a call that has ended is whole: baresip tells the end before it closes the file."""
NO_FILE = "none"


def whole(wav: bytes) -> bool:
    """Whether baresip has closed the file: only then it writes down how long it is, at the 40th byte."""
    return len(wav) >= 44 and int.from_bytes(wav[40:44], "little") == len(wav) - 44


def gone(agent: str) -> AgentError:
    """What happened to the telephone, which is no answer of the platform's."""
    return AgentError(
        f"the telephone {agent} broke down: its process has ended",
        f"repeat the call; the telephone's last words are in its log, {settings.folder(agent)}/log on its machine",
    )


class BaresipCall:
    """The `SipCall` port. Events come in by `happened`."""

    def __init__(self, agent: BaresipAgent, call_id: str, recording: str) -> None:
        self._agent, self._id, self._recording = agent, call_id, recording
        self._waited_in_vain = False
        self._state, self._reason, self._caller, self._pressed = CallState.TRYING, "", "", ""
        self._changed, self._lost = asyncio.Event(), False

    @property
    def id(self) -> str:
        return self._id

    @property
    def state(self) -> CallState:
        return self._state

    @property
    def reason(self) -> str:
        return self._reason

    @property
    def caller(self) -> str:
        return self._caller

    @property
    def pressed(self) -> str:
        return self._pressed

    def lost(self) -> None:
        """The telephone itself is gone: nothing more will be heard of the call."""
        self._lost = True
        self._changed.set()

    def happened(self, event: Event) -> None:
        kind = str(event.get("type", ""))
        if match := re.match(r"sips?:([^@;]+)", str(event.get("peeruri", ""))):
            self._caller = match[1]
        if kind == "CALL_DTMF_START":
            self._pressed += str(event.get("param", ""))
        state = _STATES.get(kind)
        if state is None or self._state is CallState.ENDED:
            return
        self._state = state
        if state is CallState.ENDED:
            told = str(event.get("param", ""))
            self._reason = HUNG_UP if told == _BYE else told
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, *states: CallState, timeout: float) -> CallState:
        async with asyncio.timeout(timeout):
            while self._state not in states and self._state is not CallState.ENDED:
                if self._lost:
                    raise gone(self._agent.spec.name)
                await self._changed.wait()
        return self._state

    async def answer(self) -> None:
        await self._select()
        await self._control.command("accept")
        with contextlib.suppress(TimeoutError):
            await self.until(CallState.UP, timeout=ANSWERED)

    async def hang_up(self) -> None:
        if self._state is CallState.ENDED:
            return
        try:
            await self._select()
            await self._control.command("hangup")
        except AgentError:
            # The other side was quicker, and the event that says so is still on its way.
            with contextlib.suppress(TimeoutError):
                await self.until(timeout=ANSWERED)
                return
            raise

    async def press(self, keys: str) -> None:
        if not keys or not _KEYS.fullmatch(keys):
            raise AgentError(f"{keys!r} cannot be pressed", "a telephone has the keys 0-9, *, # and A-D")
        for each in [keys] if len(keys) > AT_ONCE else keys:
            await self._select()
            await self._control.command("sndcode", each)
            await asyncio.sleep(KEY_DELAY)

    async def transfer(self, number: str) -> None:
        await self._select()
        await self._control.command("transfer", self._agent.address_of(number))

    async def join(self, other: SipCall) -> None:
        # baresip has no word for it; what it is given goes into Refer-To as it stands.
        found = tags(await self._agent.log(), other.id)
        if found is None:
            raise AgentError(f"agent {self._agent.spec.name} logged no answer to call {other.id}")
        ours, theirs = found
        replaced = quote(f"{other.id};to-tag={theirs};from-tag={ours}", safe="")
        await self._select()
        await self._control.command("transfer", f"<{self._agent.address_of(other.caller)}?Replaces={replaced}>")

    async def play(self, wav: bytes) -> None:
        if self._state not in (CallState.EARLY, CallState.UP):
            raise AgentError(f"agent {self._agent.spec.name} cannot speak: the call is {self._state}, not answered")
        path = await self._agent.upload(self._voice.padded(wav, settings.LONGEST))
        await self._select()
        self._agent.spoke = True
        await self._control.command("ausrc", f"aufile,{path}")

    async def heard(self) -> bytes:
        if self._state is not CallState.ENDED:
            await asyncio.sleep(WRITE_DELAY)
        patience = asyncio.get_running_loop().time() + CLOSED_WITHIN
        while True:
            wav = await self._shell.run(f"cat {self._recording} 2>/dev/null || echo {NO_FILE}")
            if wav.strip() == NO_FILE.encode():
                return b""
            if self._state is not CallState.ENDED or self._waited_in_vain or whole(wav):
                return wav
            # Beside a call that goes on, which has the same file, it stays open; that is waited for once.
            self._waited_in_vain = asyncio.get_running_loop().time() > patience
            await asyncio.sleep(0.1)

    async def identity(self) -> Identity:
        # The trace is written by another way than the event and may come a moment later.
        for _ in range(20):
            if found := identity(await self._agent.log(), self._id):
                return found
            await asyncio.sleep(0.1)
        raise AgentError(f"agent {self._agent.spec.name} logged no INVITE of call {self._id}")

    @property
    def _control(self) -> Control:
        return self._agent.control

    @property
    def _shell(self) -> Shell:
        return self._agent.shell

    @property
    def _voice(self) -> Voice:
        return self._agent.voice

    async def _select(self) -> None:
        """Commands go to the agent's current call."""
        if self._state is CallState.ENDED:
            raise AgentError(f"call {self._id} of agent {self._agent.spec.name} has ended: {self._reason}")
        await self._control.command("callfind", self._id)
