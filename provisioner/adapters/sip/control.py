"""Speaking with one baresip: commands and events as JSON in netstrings over TCP (its module `ctrl_tcp`).

Answers carry the token of their command; everything else is an event. baresip serves one such connection at a time: a
second one silences the first.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any

from provisioner.core.ports.sip import AgentError

Event = dict[str, Any]
ANSWER_TIME = 5.0


class Control:
    """A connection; `connect` makes it, events go to `listener` in the order they happened."""

    def __init__(
        self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener: Callable[[Event], None]
    ) -> None:
        self._name, self._reader, self._writer, self._listener = name, reader, writer, listener
        self._tokens = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._answered: dict[str, Callable[[], None]] = {}
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def connect(
        cls, name: str, host: str, port: int, listener: Callable[[Event], None], timeout: float = 8.0
    ) -> Control:
        """Tries until the agent listens."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 2)
                return cls(name, reader, writer, listener)
            except OSError as problem:
                if asyncio.get_running_loop().time() > deadline:
                    raise AgentError(
                        f"agent {name} does not listen on {host}:{port}: {problem}",
                        "its log is in /run/pbx-agents on its machine; see `journalctl -u 'pbx-agent-*'` there",
                    ) from problem
                await asyncio.sleep(0.05)

    async def command(self, name: str, params: str = "", answered: Callable[[], None] | None = None) -> str:
        """What baresip answers; `AgentError` where it says that the command failed.

        `answered` is called between the events before the answer and those after it.
        """
        token = str(next(self._tokens))
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[token] = future
        if answered:
            self._answered[token] = answered
        try:
            self._writer.write(encode({"command": name, "params": params, "token": token}))
            answer = await asyncio.wait_for(future, ANSWER_TIME)
        except TimeoutError:
            raise AgentError(f"agent {self._name} gave no answer to {name} {params!r}".rstrip()) from None
        except ConnectionError as problem:
            raise AgentError(f"agent {self._name} is gone: {problem}") from problem
        finally:
            self._waiting.pop(token, None)
            self._answered.pop(token, None)
        text = str(answer.get("data", "")).strip()
        if not answer.get("ok"):
            raise AgentError(f"agent {self._name} refused {name} {params!r}: {text or 'no reason given'}")
        return text

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _listen(self) -> None:
        try:
            while True:
                message = await read_message(self._reader)
                future = self._waiting.get(str(message.get("token", "")))
                if message.get("event"):
                    self._listener(message)
                elif future and not future.done():
                    self._answered.pop(str(message["token"]), lambda: None)()
                    future.set_result(message)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as problem:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError(f"control connection lost ({problem})"))
            self._listener({"event": True, "type": "GONE"})


def encode(message: Event) -> bytes:
    body = json.dumps(message).encode()
    return b"%d:%s," % (len(body), body)


async def read_message(reader: asyncio.StreamReader) -> Event:
    length = await reader.readuntil(b":")
    body = await reader.readexactly(int(length[:-1]) + 1)
    if body[-1:] != b",":
        raise ValueError(f"expected a comma after a netstring of {len(body) - 1} bytes, found {body[-1:]!r}")
    message = json.loads(body[:-1].decode(errors="replace"), strict=False)
    return message if isinstance(message, dict) else {}
