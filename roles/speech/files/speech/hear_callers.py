#!/usr/bin/python3
"""Hears callers for Asterisk: speaks its External Application Protocol (AEAP), has a recogniser say what was meant.

Asterisk connects for each question, on the loopback alone, names a vocabulary (`<slug>/<attendant>/<language>`, from
the tenant's speech.json) and sends the caller's voice. When she has spoken and paused, the samples go to the
recogniser, a program of its own (`PBX_RECOGNISER`; see hear_words.py for what it is asked and answers), and the result
goes back. A vocabulary or recogniser that fails is an answer that nobody understood: the dialplan asks again and then
finds a person. Not for recording: what was said is forgotten with the connection.
"""

from __future__ import annotations

import array
import asyncio
import json
import logging
import math
import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TENANTS = Path(os.environ.get("PBX_TENANTS", "/etc/asterisk/pbx/tenants"))
RECOGNISER = os.environ.get("PBX_RECOGNISER", str(Path(__file__).with_name("hear_words.py")))
PORT = int(os.environ.get("PBX_SPEECH_PORT", "9099"))
CODEC, RATE = "slin", 8000
PROTOCOL = "speech_to_text"
DECISION = 8.0
"""Seconds that the recogniser may take."""
AT_ONCE = max(os.cpu_count() or 1, 2)
"""Recognisers that run at the same time; further callers wait for one."""
VOCABULARY = re.compile(r"([a-z][a-z0-9-]{0,39})/([a-z][a-z0-9-]{0,39})/([a-z]{2}(?:-[A-Z]{2})?)")

log = logging.getLogger("speech")


class Endpoint:
    """Finds the stretch that was spoken: from shortly before the first loud sound to the pause after the last.

    Loud is what stands out from the line's own noise, whatever that is.
    """

    FRAME = RATE // 50
    ABOVE, LEAST, RISE = 3.5, 150.0, 1.01
    BEGIN, PAUSE, BEFORE, LONGEST = 5, 35, 15, 400
    """Frames of 20 ms: speech begins after so many loud ones, ends with such a pause, and is cut off at the longest."""

    def __init__(self) -> None:
        self._rest = b""
        self._floor = 200.0
        self._loud = self._quiet = 0
        self._spoken: bytearray | None = None
        self._before: list[bytes] = []

    def feed(self, samples: bytes) -> bytes | None:
        """What was spoken, once it is over."""
        self._rest += samples
        size = 2 * self.FRAME
        while len(self._rest) >= size:
            frame, self._rest = self._rest[:size], self._rest[size:]
            if (found := self._frame(frame)) is not None:
                return found
        return None

    def _frame(self, frame: bytes) -> bytes | None:
        level = _level(frame)
        self._floor = min(max(level, 20.0), self._floor * self.RISE)
        loud = level > max(self._floor * self.ABOVE, self.LEAST)
        if self._spoken is None:
            self._before = [*self._before[-self.BEFORE :], frame]
            self._loud = self._loud + 1 if loud else 0
            if self._loud >= self.BEGIN:
                self._spoken, self._quiet = bytearray(b"".join(self._before)), 0
            return None
        self._spoken += frame
        self._quiet = 0 if loud else self._quiet + 1
        if self._quiet >= self.PAUSE or len(self._spoken) >= self.LONGEST * len(frame):
            return bytes(self._spoken)
        return None


def _level(frame: bytes) -> float:
    """Root mean square of the samples."""
    samples = array.array("h", frame)
    return math.sqrt(sum(each * each for each in samples) / max(len(samples), 1))


def expressions(vocabulary: str) -> tuple[str, Mapping[str, list[str]]]:
    """Language and texts by id; raises ValueError or OSError where the tenant has no such vocabulary."""
    found = VOCABULARY.fullmatch(vocabulary)
    if not found:
        raise ValueError(f"{vocabulary!r} names no vocabulary")
    slug, name, language = found.groups()
    known = json.loads((TENANTS / slug / "speech.json").read_text(encoding="utf-8")).get(name, {})
    if not known.get(language):
        raise ValueError(f"{slug} has no vocabulary {name} in {language}")
    return language, known[language]


async def recognise(vocabulary: str, samples: bytes) -> Mapping[str, Any]:
    """The recogniser's answer; an empty id where it gives none in time."""
    language, texts = expressions(vocabulary)
    question = json.dumps({"language": language, "rate": RATE, "expressions": texts}, ensure_ascii=False)
    process = await asyncio.create_subprocess_exec(
        RECOGNISER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        said, trouble = await asyncio.wait_for(process.communicate(f"{question}\n".encode() + samples), DECISION)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ValueError(f"the recogniser ended with {process.returncode}: {trouble.decode(errors='replace')[-300:]}")
    answer = json.loads(said)
    return {"id": str(answer["id"]), "score": int(answer["score"])}


class Conversation:
    """One question of one call."""

    def __init__(self, socket: Any, free: asyncio.Semaphore) -> None:
        self._socket, self._free = socket, free
        self._vocabulary = ""
        self._endpoint = Endpoint()
        self._deciding: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            async for message in self._socket:
                if isinstance(message, bytes):
                    self._voice(message)
                else:
                    await self._told(json.loads(message))
        finally:
            if self._deciding:
                self._deciding.cancel()

    def _voice(self, samples: bytes) -> None:
        if self._deciding is None and (spoken := self._endpoint.feed(samples)) is not None:
            self._deciding = asyncio.create_task(self._decide(spoken))

    async def _told(self, message: Mapping[str, Any]) -> None:
        request = message.get("request")
        if request is None:
            return
        answer: dict[str, Any] = {"response": request, "id": message.get("id", "")}
        if request == "setup":
            if CODEC not in [each.get("name") for each in message.get("codecs", [])]:
                answer["error_msg"] = f"only {CODEC} is understood"
            answer["codecs"] = [{"name": CODEC}]
        elif request == "set":
            self._vocabulary = str(message.get("params", {}).get("vocabulary", self._vocabulary))
        elif request == "get":
            answer["params"] = {"results": []}
        await self._socket.send(json.dumps(answer))

    async def _decide(self, spoken: bytes) -> None:
        found: Mapping[str, Any] = {"id": "", "score": 0}
        try:
            async with self._free:
                found = await recognise(self._vocabulary, spoken)
        except (OSError, ValueError, KeyError, TimeoutError) as error:
            log.error("%s: %s", self._vocabulary, str(error) or type(error).__name__)
        log.info("%s: %.1f s of speech, score %s", self._vocabulary, len(spoken) / 2 / RATE, found["score"])
        results = [{"text": found["id"], "score": found["score"], "grammar": self._vocabulary, "best": 0}]
        request = {"request": "set", "id": str(uuid.uuid4()), "params": {"results": results}}
        await self._socket.send(json.dumps(request))


async def serve() -> None:
    # Not at the top: the endpoint and the protocol's parts are of use where the library is not installed.
    from websockets import serve as listen
    from websockets.exceptions import ConnectionClosed

    free = asyncio.Semaphore(AT_ONCE)

    async def converse(socket: Any) -> None:
        try:
            await Conversation(socket, free).run()
        except ConnectionClosed:
            pass
        except (ValueError, AttributeError) as error:
            log.error("a message that is no AEAP: %s", error)

    async with listen(converse, "127.0.0.1", PORT, subprotocols=[PROTOCOL], max_size=1 << 20):
        await asyncio.Future()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)
    asyncio.run(serve())
