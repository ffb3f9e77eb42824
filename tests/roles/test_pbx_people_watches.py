"""Telephones that watch what a colleague is doing: told at once, at each change, and to the end."""

from __future__ import annotations

import asyncio
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_people import presence, sip, watches
from pbx_people.lived import Doing

pytestmark = pytest.mark.row("A4")

NOW = 1_803_898_800  # 2027-03-01 11:00 UTC
TENANT = {
    "tenant": {"domain": "a-b.example", "time_zone": "Europe/Stockholm", "language": "sv"},
    "activities": {
        "available": {"titles": {"sv": "Tillgänglig", "en": "Available"}, "rings": True},
        "lunch": {"titles": {"sv": "Lunch", "en": "Lunch"}, "rings": False},
        "fika": {"titles": {"en": "Coffee <& bun>"}, "rings": False},
    },
    "people": {"anna": {"title": "Anna", "extension": "101", "accounts": {}}},
}
PIDF = {
    "p": "urn:ietf:params:xml:ns:pidf",
    "dm": "urn:ietf:params:xml:ns:pidf:data-model",
    "rpid": "urn:ietf:params:xml:ns:pidf:rpid",
}


@pytest.mark.parametrize(
    ("doing", "basic", "note", "element", "until"),
    [
        (Doing(), "open", "Tillgänglig", "", ""),
        (
            Doing("lunch", NOW + 3600, "på Kajen"),
            "closed",
            "Lunch, 13:00: på Kajen",
            "lunch",
            "2027-03-01T13:00:00+01:00",
        ),
        (Doing("lunch", NOW + 86400), "closed", "Lunch, 2027-03-02 12:00", "lunch", "2027-03-02T12:00:00+01:00"),
        (Doing("fika", 0, 'a "b" <c>'), "closed", 'Coffee <& bun>: a "b" <c>', "other", ""),
        (Doing("gone-from-the-file"), "open", "gone-from-the-file", "other", ""),
    ],
)
def test_the_document(doing: Doing, basic: str, note: str, element: str, until: str) -> None:
    root = ElementTree.fromstring(presence.document(TENANT, "anna", doing, NOW).encode())
    assert root.get("entity") == "sip:anna@a-b.example"
    assert root.findtext("p:tuple/p:status/p:basic", "", PIDF) == basic
    assert root.findtext("p:tuple/p:note", "", PIDF) == note
    found = root.find("dm:person/rpid:activities", PIDF)
    assert ("" if found is None else found[0].tag.partition("}")[2]) == element
    assert ("" if found is None else found.get("until", "")) == until
    assert root.findtext("dm:person/dm:note", "", PIDF) == doing.note


class Edge(asyncio.DatagramProtocol):
    """What an edge passes on, and what comes back to it."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[tuple[sip.Message, str]] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport | None = None
        self.peer = ("127.0.0.1", 0)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        message = sip.read(data)
        assert message
        self.came.put_nowait((message, data.partition(b"\r\n\r\n")[2].decode()))

    def send(self, text: str) -> None:
        assert self.transport
        self.transport.sendto(text.replace("\n", "\r\n").encode(), self.peer)

    async def next(self, seconds: float = 3) -> tuple[sip.Message, str]:
        async with asyncio.timeout(seconds):
            return await self.came.get()

    async def subscribes(
        self,
        number: int = 1,
        *,
        to: str = "",
        expires: int = 300,
        uri: str = "sip:a_b.anna@core",
        event: str = "presence",
    ) -> sip.Message:
        self.send(
            f"SUBSCRIBE {uri} SIP/2.0\nVia: SIP/2.0/UDP edge;branch=z9hG4bKe{number}\n"
            "v: SIP/2.0/TCP 192.0.2.9;branch=z9\n"
            "Record-Route: <sip:edge;lr;r2=on>,\n <sip:public;lr;r2=on>\nf: <sip:bo-desk@a-b.example>;tag=bo\n"
            f"t: <sip:anna@a-b.example>{to}\ni: call-1\nCSeq: {number} SUBSCRIBE\nm: <sip:bo@192.0.2.9;alias=x>\n"
            f"o: {event}\nExpires: {expires}\nl: 0\n\n"
        )
        found, _ = await self.next()
        return found

    async def news(self, status: int = 200) -> tuple[sip.Message, str]:
        message, body = await self.next()
        assert message.method == "NOTIFY", message.first
        assert self.transport
        self.transport.sendto(sip.answer(message, status, "Said"), self.peer)
        return message, body


class Scene:
    def __init__(self, edge: Edge, service: watches.Watches, doing: dict[str, Doing]) -> None:
        self.edge, self.service, self.doing = edge, service, doing

    def sets(self, doing: Doing) -> None:
        self.doing["anna"] = doing
        self.service.changed("a-b", "anna")


def played(act: Callable[[Scene], Awaitable[None]]) -> None:
    async def play() -> None:
        loop, doing = asyncio.get_running_loop(), {"anna": Doing()}
        service = watches.Watches(
            ("127.0.0.1", 5071),
            lambda slug: TENANT if slug == "a-b" else None,
            lambda _, user: doing[user],
            lambda _: NOW,
        )
        there, _ = await loop.create_datagram_endpoint(lambda: service, local_addr=("127.0.0.1", 0))
        here, edge = await loop.create_datagram_endpoint(Edge, local_addr=("127.0.0.1", 0))
        edge.peer = there.get_extra_info("sockname")
        try:
            await act(Scene(edge, service, doing))
        finally:
            here.close()
            there.close()

    asyncio.run(play())


def note(body: str) -> str:
    found = re.search(r"<note[^>]*>(.*)</note>", body)
    assert found, body
    return found[1]


async def silent(edge: Edge) -> bool:
    await asyncio.sleep(0.05)
    return edge.came.empty()


def test_a_watch_from_its_beginning_to_its_end() -> None:
    async def play(scene: Scene) -> None:
        edge = scene.edge
        answer = await edge.subscribes()
        assert (answer.status, answer.get("expires")) == (200, "300")
        assert answer.all("via") == ["SIP/2.0/UDP edge;branch=z9hG4bKe1", "SIP/2.0/TCP 192.0.2.9;branch=z9"]
        news, body = await edge.news()
        assert news.first == "NOTIFY sip:bo@192.0.2.9;alias=x SIP/2.0"
        assert news.all("route") == ["<sip:edge;lr;r2=on>", "<sip:public;lr;r2=on>"]
        assert (news.tag("from"), news.tag("to")) == (answer.tag("to"), "bo")
        assert news.get("subscription-state") == "active;expires=300"
        assert note(body) == "Tillgänglig"
        scene.sets(Doing("lunch"))
        assert note((await edge.news())[1]) == "Lunch"
        scene.sets(Doing("lunch"))
        assert await silent(edge), "what is no news is not told"
        again = await edge.subscribes(2, to=f";tag={answer.tag('to')}")
        assert again.status == 200
        assert note((await edge.news())[1]) == "Lunch"
        over = await edge.subscribes(3, to=f";tag={answer.tag('to')}", expires=0)
        assert over.status == 200
        assert (await edge.news())[0].get("subscription-state").startswith("terminated")
        assert (await edge.subscribes(4, to=f";tag={answer.tag('to')}")).status == 481
        scene.sets(Doing())
        assert await silent(edge)
        assert scene.service.watched() == []

    played(play)


def test_a_lost_answer_and_lost_news_are_said_again() -> None:
    async def play(scene: Scene) -> None:
        first = await scene.edge.subscribes(uri="sip:a_b.101@core")
        lost, _ = await scene.edge.next()
        same = await scene.edge.subscribes(uri="sip:a_b.101@core")
        assert same.tag("to") == first.tag("to"), "no second watch"
        scene.sets(Doing("lunch"))
        news, body = await scene.edge.news()
        assert (news.get("cseq"), note(body)) == (lost.get("cseq"), "Tillgänglig")
        assert note((await scene.edge.news())[1]) == "Lunch", "what changed meanwhile comes next"

    played(play)


def test_who_does_not_know_of_the_watch_is_told_nothing_more() -> None:
    async def play(scene: Scene) -> None:
        await scene.edge.subscribes()
        await scene.edge.news(481)
        await asyncio.sleep(0.05)
        assert scene.service.watched() == []

    played(play)


def test_a_watch_ends_when_nobody_goes_on_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(scene: Scene) -> None:
        await scene.edge.subscribes(expires=60)
        await scene.edge.news()
        loop = asyncio.get_running_loop()
        later = loop.time() + 61
        monkeypatch.setattr(watches.Watches, "_clock", staticmethod(lambda: later))
        scene.service.sweep()
        assert (await scene.edge.news())[0].get("subscription-state") == "terminated;reason=timeout"
        assert await silent(scene.edge)
        assert scene.service.watched() == []

    played(play)


@pytest.mark.parametrize(
    ("uri", "event", "expires", "status"),
    [
        ("sip:a_b.nobody@core", "presence", 300, 404),
        ("sip:other.anna@core", "presence", 300, 404),
        ("sip:anna@core", "presence", 300, 404),
        ("sip:a_b.anna@core", "dialog", 300, 489),
        ("sip:a_b.anna@core", "presence.winfo", 300, 489),
        ("sip:a_b.anna@core", "presence", 30, 423),
    ],
)
def test_what_cannot_be_watched(uri: str, event: str, expires: int, status: int) -> None:
    async def play(scene: Scene) -> None:
        assert (await scene.edge.subscribes(uri=uri, event=event, expires=expires)).status == status
        scene.edge.send("\x00nonsense\n\n")
        scene.edge.send("SUBSCRIBE sip:x SIP/2.0\n\n")
        scene.edge.send("ACK sip:x SIP/2.0\nVia: x\nCall-ID: y\n\n")
        scene.edge.send("SIP/2.0 200 OK\nVia: x\nCall-ID: y\nCSeq: 1 NOTIFY\n\n")
        assert await silent(scene.edge)

    played(play)
