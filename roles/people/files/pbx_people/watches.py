"""Telephones that watch what a colleague is doing (RFC 6665, RFC 3856): SUBSCRIBE comes from an edge, NOTIFY goes back.

The edge has asked for the password and written the tenant before the name that is watched (`acme.anna`, hyphens of the
tenant as underscores), so nobody watches somebody else's colleagues. One NOTIFY of a watch is under way at a time; what
changes meanwhile is told in the next. Watches are kept in memory: after a restart a telephone that goes on with one is
told that there is none (481) and begins anew, ten minutes later at most.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import presence, sip
from .lived import Doing

SHORTEST, LONGEST = 60, 600
"""Seconds for which a watch is granted."""
MOST, MOST_OF_TENANT = 50_000, 5_000
FIRST_WAIT, LONGEST_WAIT, GIVEN_UP = 0.5, 4.0, 32.0
"""Seconds until a NOTIFY is sent again, at most, and until its watcher counts as gone (RFC 3261 17.1.2)."""
SPACE, BURST = 0.0005, 0.005
"""Seconds between two messages where many are due, and how much of that may be sent at once: more than the buffers of
an edge hold would be lost, and sent again half a second later."""
WATCHED = re.compile(r"sips?:([a-z][a-z0-9_]*)\.([a-z0-9-]+)@")

Peer = tuple[str, int]
Key = tuple[str, str]
"""Call-ID and the notifier's own tag."""


@dataclass
class Watch:
    slug: str
    user: str
    peer: Peer
    target: str
    routes: list[str]
    local: str
    remote: str
    call: str
    event: str
    until: float
    number: int = 0
    told: str = ""
    """The document of the last NOTIFY."""
    waiting: bool = False
    """Whether something is to be told when the NOTIFY that is under way has arrived."""
    sending: asyncio.Task[None] | None = None
    arrived: asyncio.Event | None = None
    ended: bool = False


class Watches(asyncio.DatagramProtocol):
    """`tenant_of` is a tenant's file, `doing_of` what a user is doing, `now` the tenant's clock."""

    def __init__(
        self,
        address: Peer,
        tenant_of: Callable[[str], dict[str, Any] | None],
        doing_of: Callable[[str, str], Doing],
        now: Callable[[str], float],
    ) -> None:
        self._address, self._tenant_of, self._doing_of, self._now = address, tenant_of, doing_of, now
        self._watches: dict[Key, Watch] = {}
        self._of: dict[tuple[str, str], set[Key]] = defaultdict(set)
        self._count: dict[str, int] = defaultdict(int)
        self._asked: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._due = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, peer: Peer) -> None:
        message = sip.read(data)
        if message is None or not message.get("call-id") or not message.get("via"):
            return
        if message.status >= 200:
            self._answered(message)
        elif message.method == "SUBSCRIBE":
            # The same request again, because the answer was lost: the same answer.
            transaction = (message.get("call-id"), message.get("cseq"))
            if transaction not in self._asked:
                self._asked[transaction] = (self._subscribed(message, peer), self._clock() + GIVEN_UP)
            self._send(self._asked[transaction][0], peer)
        elif message.method and message.method != "ACK":
            refused = sip.answer(message, 405, "Method Not Allowed", secrets.token_hex(4), ("Allow", "SUBSCRIBE"))
            self._send(refused, peer)

    def changed(self, slug: str, user: str) -> None:
        """Tells everybody who watches her, where it is news."""
        for key in tuple(self._of.get((slug, user), ())):
            self._tell(key)

    def watched(self) -> list[tuple[str, str]]:
        return list(self._of)

    def sweep(self) -> None:
        """Ends watches whose time is over, and forgets answers that nobody asks for again."""
        self._asked = {each: kept for each, kept in self._asked.items() if kept[1] > self._clock()}
        for key, watch in tuple(self._watches.items()):
            if not watch.ended and watch.until <= self._clock():
                watch.ended = True
                self._tell(key)

    def _subscribed(self, request: sip.Message, peer: Peer) -> bytes:
        if not re.match(r"presence\s*(;|$)", request.get("event")):
            return sip.answer(request, 489, "Bad Event", secrets.token_hex(4), ("Allow-Events", "presence"))
        text = request.get("expires") or str(LONGEST)
        expires = min(int(text), LONGEST) if text.isdigit() else LONGEST
        if 0 < expires < SHORTEST:
            more = ("Min-Expires", str(SHORTEST))
            return sip.answer(request, 423, "Interval Too Brief", secrets.token_hex(4), more)
        tag = request.tag("to")
        key = (request.get("call-id"), tag or secrets.token_hex(8))
        watch = self._watches.get(key)
        if tag and (watch is None or watch.ended):
            return sip.answer(request, 481, "Subscription Does Not Exist")
        if watch is None:
            watch = self._begun(request, peer, key[1])
            if isinstance(watch, bytes):
                return watch
            self._watches[key] = watch
            self._of[watch.slug, watch.user].add(key)
            self._count[watch.slug] += 1
        watch.until, watch.ended, watch.told = self._clock() + expires, expires == 0, ""
        if contact := request.get("contact"):
            watch.target = sip.address(contact)
        # After the answer, which leaves at once.
        asyncio.get_running_loop().call_soon(self._tell, key)
        own = ("Contact", f"<sip:people@{self._address[0]}:{self._address[1]}>")
        return sip.answer(request, 200, "OK", key[1], own, ("Expires", str(expires)))

    def _begun(self, request: sip.Message, peer: Peer, tag: str) -> Watch | bytes:
        found = WATCHED.match(request.uri)
        slug = found[1].replace("_", "-") if found else ""
        tenant = self._tenant_of(slug) if found else None
        user = _named(tenant, found[2]) if tenant and found else ""
        if not user:
            return sip.answer(request, 404, "Nobody To Watch", secrets.token_hex(4))
        if len(self._watches) >= MOST or self._count[slug] >= MOST_OF_TENANT:
            return sip.answer(request, 503, "Too Many Watches", secrets.token_hex(4), ("Retry-After", "60"))
        return Watch(
            slug,
            user,
            peer,
            sip.address(request.get("contact")),
            request.all("record-route"),
            f"{request.get('to')};tag={tag}",
            request.get("from"),
            request.get("call-id"),
            request.get("event"),
            0.0,
        )

    def _tell(self, key: Key) -> None:
        watch = self._watches.get(key)
        if watch is None:
            return
        if watch.sending:
            watch.waiting = True
            return
        tenant = self._tenant_of(watch.slug)
        if tenant is None or watch.user not in tenant["people"]:
            watch.ended = True
        now = self._now(watch.slug)
        body = presence.document(tenant, watch.user, self._doing_of(watch.slug, watch.user), now) if tenant else ""
        if body != watch.told or watch.ended:
            watch.told, watch.arrived = body, asyncio.Event()
            watch.sending = asyncio.get_running_loop().create_task(self._notify(key, watch, body.encode()))

    async def _notify(self, key: Key, watch: Watch, body: bytes) -> None:
        watch.number += 1
        left = max(0, round(watch.until - self._clock()))
        state = "terminated;reason=timeout" if watch.ended else f"active;expires={left}"
        here = f"{self._address[0]}:{self._address[1]}"
        headers = [
            ("Via", f"SIP/2.0/UDP {here};branch=z9hG4bK{secrets.token_hex(8)};rport"),
            ("Max-Forwards", "70"),
            *(("Route", each) for each in watch.routes),
            ("From", watch.local),
            ("To", watch.remote),
            ("Call-ID", watch.call),
            ("CSeq", f"{watch.number} NOTIFY"),
            ("Contact", f"<sip:people@{here}>"),
            ("Event", watch.event),
            ("Subscription-State", state),
            *([("Content-Type", presence.TYPE)] if body else []),
        ]
        text = sip.written(f"NOTIFY {watch.target} SIP/2.0", headers, body)
        wait, ends = FIRST_WAIT, self._clock() + GIVEN_UP
        assert watch.arrived
        while not watch.arrived.is_set() and self._clock() < ends:
            self._due = max(self._due, self._clock()) + SPACE
            if (ahead := self._due - self._clock()) > BURST:
                await asyncio.sleep(ahead)
            self._send(text, watch.peer)
            try:
                async with asyncio.timeout(wait):
                    await watch.arrived.wait()
            except TimeoutError:
                wait = min(2 * wait, LONGEST_WAIT)
        said_the_end = state.startswith("terminated")
        watch.sending, again, watch.waiting = None, watch.waiting, False
        if said_the_end or not watch.arrived.is_set():
            self._forget(key)
        elif again or watch.ended:
            self._tell(key)

    def _answered(self, answer: sip.Message) -> None:
        key = (answer.get("call-id"), answer.tag("from"))
        watch = self._watches.get(key)
        if watch is None or answer.get("cseq").split() != [str(watch.number), "NOTIFY"] or watch.arrived is None:
            return
        watch.arrived.set()
        if answer.status >= 300:  # nobody there who would know of the watch (RFC 6665 4.2.2)
            self._forget(key)

    def _forget(self, key: Key) -> None:
        if watch := self._watches.pop(key, None):
            self._count[watch.slug] -= 1
            self._of[watch.slug, watch.user].discard(key)
            if not self._of[watch.slug, watch.user]:
                del self._of[watch.slug, watch.user]

    def _send(self, data: bytes, peer: Peer) -> None:
        assert self._transport
        self._transport.sendto(data, peer)

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()


def _named(tenant: dict[str, Any], name: str) -> str:
    """The user of that name or extension; empty where there is none."""
    if name in tenant["people"]:
        return name
    return next((user for user, each in tenant["people"].items() if each["extension"] == name), "")
