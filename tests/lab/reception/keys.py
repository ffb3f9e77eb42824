"""Lamps of a user's telephone, by SUBSCRIBE through the real edge to the real core: of a key that watches a phone code,
the one for messages that wait, and what a colleague is doing."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from tests.lab.edge.raw_sip import Agent, Message, answered
from tests.lab.reception.reception import Reception

DARK, LIT, BLINKS = "terminated", "confirmed", "early"
_PORTS = itertools.count(5900)


class _Watch:
    """`answer` is what the platform said to the wish to watch."""

    def __init__(self, agent: Agent, answer: Message) -> None:
        self.agent, self.answer = agent, answer
        self._seen: set[str] = set()

    def stays(self, seconds: float = 2) -> bool:
        return self._news(seconds) is None

    def _body(self, seconds: float) -> str:
        news = self._news(seconds)
        assert news, f"no news in {seconds} s"
        assert not news.mentions("198.18."), "no address of the private network goes out"
        return news.body

    def _news(self, seconds: float) -> Message | None:
        """The next news; what is sent again because nobody was there to take it is answered and passed over."""
        ends = time.monotonic() + seconds
        while (news := self.agent.receive(max(0.0, ends - time.monotonic()))) is not None:
            if news.method != "NOTIFY":
                continue
            self.agent.answer(news, 200, "OK")
            if (number := news.get("CSeq")) not in self._seen:
                self._seen.add(number)
                return news
        return None


class Key(_Watch):
    """A key whose lamp watches a phone code."""

    def shows(self, seconds: float = 10) -> str:
        """What the next news lets the lamp do."""
        body = self._body(seconds)
        found = re.search(r"<state>(\w+)</state>", body)
        assert found, body
        return found[1]


class MessageLamp(_Watch):
    """The lamp for messages that wait (RFC 3842)."""

    account, last = "", ""
    """What the telephone is told to dial for them, and all that the last news said."""

    def shows(self, new: int, old: int = 0, seconds: float = 15) -> bool:
        """Whether the news within so many seconds end in so many new and old messages."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            news = self._news(left)
            if news is None:
                return False
            assert not news.mentions("198.18."), "no address of the private network goes out"
            self.last = news.body
            told = dict(line.split(": ", 1) for line in news.body.splitlines() if ": " in line)
            self.account = told.get("Message-Account", "")
            lit = "yes" if new else "no"
            if (told["Messages-Waiting"], told.get("Voice-Message", "").split(" ")[0]) == (lit, f"{new}/{old}"):
                return True
        return False


PIDF = {
    "p": "urn:ietf:params:xml:ns:pidf",
    "dm": "urn:ietf:params:xml:ns:pidf:data-model",
    "rpid": "urn:ietf:params:xml:ns:pidf:rpid",
}


class Colleague(_Watch):
    """What a colleague is doing (RFC 3863, RFC 4480)."""

    def document(self, seconds: float = 10) -> ElementTree.Element:
        """What the next news says."""
        return ElementTree.fromstring(self._body(seconds).encode())

    def note(self, seconds: float = 10) -> str:
        return self.document(seconds).findtext("p:tuple/p:note", "", PIDF)


@contextlib.contextmanager
def watched(reception: Reception, tenant: str, user: str, name: str, *, domain: str = "") -> Iterator[Colleague]:
    """The display of a user's first telephone that shows what a colleague is doing."""
    headers = (("Event", "presence"), ("Expires", "300"), ("Accept", "application/pidf+xml"))
    with _subscribed(reception, tenant, user, name, headers, domain=domain) as (agent, answer):
        yield Colleague(agent, answer)


@contextlib.contextmanager
def key(reception: Reception, tenant: str, user: str, watched: str, *, domain: str = "") -> Iterator[Key]:
    """A key of a user's first telephone; `watched` is what it dials, `domain` where that is not the tenant's own."""
    headers = (("Event", "dialog"), ("Expires", "300"), ("Accept", "application/dialog-info+xml"))
    with _subscribed(reception, tenant, user, watched, headers, domain=domain) as (agent, answer):
        yield Key(agent, answer)


@contextlib.contextmanager
def message_lamp(
    reception: Reception, tenant: str, user: str, *, device: str = "", watched: str = ""
) -> Iterator[MessageLamp]:
    """The lamp of a user's telephone, which watches its own account where nothing else is named."""
    headers = (("Event", "message-summary"), ("Expires", "300"), ("Accept", "application/simple-message-summary"))
    with _subscribed(reception, tenant, user, watched, headers, device=device) as (agent, answer):
        yield MessageLamp(agent, answer)


@contextlib.contextmanager
def _subscribed(
    reception: Reception,
    tenant: str,
    user: str,
    watched: str,
    headers: tuple[tuple[str, str], ...],
    *,
    domain: str = "",
    device: str = "",
) -> Iterator[tuple[Agent, Message]]:
    """A telephone with its wish to watch, and the platform's last answer to it."""
    verification = reception.verification()
    accounts = verification.surroundings(reception.specification()).accounts
    account = next(
        each for each in accounts
        if (each.tenant, each.user) == (tenant, user) and each.login.endswith(f"-{device}" if device else "")
    )  # fmt: skip
    slot = reception.lab.status().slot
    namespace, world = reception.lab.namespace("phones"), os.urandom(4).hex()
    agent = Agent(namespace, f"198.19.{slot}.50", next(_PORTS), (f"198.19.{slot}.20", 5060), world)
    try:
        uri = f"sip:{watched or account.login}@{domain or account.domain}"
        request = agent.request("SUBSCRIBE", uri, f"sip:{account.login}@{account.domain}", uri, *headers)
        answer = agent.ask(request)
        if answer.status == 407:
            agent.send(answered(request, answer, account.login, account.password))
            answer = agent.final()
        yield agent, answer
    finally:
        agent.close()
