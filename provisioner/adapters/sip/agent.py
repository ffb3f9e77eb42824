"""One baresip: its registration, and the calls that it makes and gets."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Coroutine

from provisioner.core.ports.ear import Voice
from provisioner.core.ports.sip import AgentError, AgentSpec, CallState, Registration

from . import settings
from .call import BaresipCall, gone
from .control import Control, Event
from .machine import compressed
from .shell import Shell


class BaresipAgent:
    """The `SipAgent` port; `begin` connects it to the running process."""

    control: Control

    def __init__(self, spec: AgentSpec, ports: settings.Ports, address: str, shell: Shell, voice: Voice) -> None:
        self._spec, self.ports, self.address, self.shell, self.voice = spec, ports, address, shell, voice
        self._calls: dict[str, BaresipCall] = {}
        self._incoming: asyncio.Queue[BaresipCall | None] = asyncio.Queue()
        self._registration: asyncio.Future[Registration] = asyncio.get_running_loop().create_future()
        self._recordings, self._sounds = itertools.count(1), itertools.count(1)
        self._recording = self._file("call-0")
        self._tasks: set[asyncio.Task[None]] = set()
        self._preparing, self._recorded, self.spoke = asyncio.Lock(), False, False

    @property
    def spec(self) -> AgentSpec:
        return self._spec

    async def begin(self, control_address: str) -> None:
        self.control = await Control.connect(self._spec.name, control_address, self.ports.control, self._happened)
        if self._spec.expires:
            # The first registration may have ended before there was anybody to tell.
            self._note_registration(await self.control.command("apistate"))

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        if hasattr(self, "control"):
            await self.control.close()

    async def registration(self, timeout: float) -> Registration:
        if not self._spec.expires:
            raise AgentError(f"agent {self._spec.name} was not told to register")
        return await asyncio.wait_for(asyncio.shield(self._registration), timeout)

    async def call(self, number: str) -> BaresipCall:
        await self._prepare()
        answer = await self.control.command("dial", self.address_of(number))
        match = re.search(r"call id:\s*(\S+)", answer)
        if not match:
            raise AgentError(f"agent {self._spec.name} could not dial {number}: {answer or 'no reason given'}")
        return self._call(match[1])

    async def incoming(self, timeout: float) -> BaresipCall:
        call = await asyncio.wait_for(self._incoming.get(), timeout)
        if call is None:
            self._incoming.put_nowait(None)
            raise gone(self._spec.name)
        return call

    def forget_calls(self) -> None:
        while not self._incoming.empty():
            if self._incoming.get_nowait() is None:
                raise gone(self._spec.name)

    async def log(self) -> str:
        return (await self.shell.run(f"cat {settings.folder(self._spec.name)}/log")).decode(errors="replace")

    async def upload(self, wav: bytes) -> str:
        """Lays a sound on the agent's machine and tells where."""
        path = self._file(f"say-{next(self._sounds)}")
        await self.shell.run(f"umask 077; gzip -dc >{path}", stdin=compressed(wav))
        return path

    def address_of(self, number: str) -> str:
        if number.startswith(("sip:", "sips:")):
            return number
        domain = self._spec.domain or self._spec.proxy
        if not domain:
            raise AgentError(
                f"agent {self._spec.name} cannot dial {number!r}", "give it a domain or proxy, or a sip: address"
            )
        return f"sip:{number.replace('#', '%23')}@{domain}"

    def _file(self, name: str) -> str:
        return f"{settings.folder(self._spec.name)}/{name}.wav"

    async def _prepare(self) -> None:
        """Gives the next call a recording of its own, and silence to say.

        Only between calls, and only what the last call used up: baresip starts a source at once for a call that still
        rings, races through it, and ends the call with the file. A call beside another one shares its files.
        """
        async with self._preparing:
            if any(call.state is not CallState.ENDED for call in self._calls.values()):
                return
            if self.spoke:
                self.spoke = False
                await self.control.command("ausrc", f"aufile,{settings.SILENCE}")
            if self._recorded:
                self._recorded = False
                await self._record_into(self._file(f"call-{next(self._recordings)}"))

    async def _record_into(self, path: str) -> None:
        """What comes after baresip's answer is recorded there. A call that came before it keeps the former file, and
        baresip refuses the new one for a call that still rings."""

        def from_now_on() -> None:
            self._recording = path

        try:
            await self.control.command("auplay", f"aufile,{path}", from_now_on)
        except AgentError:
            if all(call.state is CallState.ENDED for call in self._calls.values()):
                raise

    def _call(self, call_id: str) -> BaresipCall:
        if call_id not in self._calls:
            self._calls[call_id] = BaresipCall(self, call_id, self._recording)
        return self._calls[call_id]

    def _happened(self, event: Event) -> None:
        kind, call_id = str(event.get("type", "")), str(event.get("id", ""))
        if kind == "GONE":
            self._incoming.put_nowait(None)
            for each in self._calls.values():
                each.lost()
        if kind in ("REGISTER_OK", "REGISTER_FAIL") and not self._registration.done():
            self._registration.set_result(Registration(kind == "REGISTER_OK", str(event.get("param", ""))))
        if call_id:
            call = self._call(call_id)
            call.happened(event)
            self._recorded |= call.state in (CallState.EARLY, CallState.UP)
        if kind == "CALL_INCOMING":
            self._incoming.put_nowait(self._call(call_id))
            if self._spec.answer_after is not None:
                self._keep(self._answer_later(self._call(call_id), self._spec.answer_after))
        if kind == "CALL_CLOSED":
            self._keep(self._prepare())

    async def _answer_later(self, call: BaresipCall, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if call.state is CallState.RINGING:
            await call.answer()

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note_registration(self, told: str) -> None:
        """Takes over what baresip's `apistate` says of a registration that has ended."""
        states = json.loads(told) if told.startswith("{") else {}
        for state in states.values():
            code = int(state.get("registration", {}).get("code", 0))
            if code >= 200 and not self._registration.done():
                self._registration.set_result(Registration(code < 300, str(code)))
