"""A telephone small enough to lie: SIP over UDP from inside a lab machine's network, one message at a time.

Real user agents are too honest for tests of an edge: this one sends what it is told, headers of the platform and stale
credentials included, and shows every message as it came. Not for media beyond single packets, and not for timers.
"""

from __future__ import annotations

import ctypes
import hashlib
import itertools
import os
import re
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_COUNT = itertools.count(1)


def socket_inside(
    namespace: str, address: str, port: int, kind: int = socket.SOCK_DGRAM, protocol: int = 0
) -> socket.socket:
    """A socket that lives in a network namespace of /run/netns; only a thread of its own ever goes in there."""
    result: list[socket.socket | OSError] = []

    def make() -> None:
        try:
            with Path(f"/run/netns/{namespace}").open("rb") as door:
                if _LIBC.setns(door.fileno(), 0):
                    raise OSError(ctypes.get_errno(), f"setns {namespace}")
            made = socket.socket(socket.AF_INET, kind, protocol)
            made.bind((address, port))
            result.append(made)
        except OSError as error:
            result.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(result[0], OSError):
        raise result[0]
    return result[0]


@dataclass
class Message:
    """A request or an answer; header names as they came."""

    start: str
    headers: list[tuple[str, str]]
    body: str = ""
    peer: tuple[str, int] = ("", 0)

    @classmethod
    def parse(cls, data: bytes, peer: tuple[str, int]) -> Message:
        head, _, body = data.decode().partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(start, headers, body, peer)

    def text(self) -> bytes:
        lines = [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return "\r\n".join([self.start, *lines, "", self.body]).encode()

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def get(self, name: str) -> str:
        return (self.all(name) or [""])[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start.split()[0]

    @property
    def uri(self) -> str:
        return self.start.split()[1]

    def mentions(self, text: str) -> bool:
        return text.encode() in self.text()


def digest(challenge: str, username: str, password: str, method: str, uri: str) -> str:
    """The answer to a challenge with qop=auth (RFC 2617)."""
    facts = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    cnonce, count = os.urandom(8).hex(), "00000001"

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = md5(f"{username}:{facts['realm']}:{password}")
    response = md5(f"{secret}:{facts['nonce']}:{count}:{cnonce}:auth:{md5(f'{method}:{uri}')}")
    return (
        f'Digest username="{username}", realm="{facts["realm"]}", nonce="{facts["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, qop=auth, nc={count}, cnonce="{cnonce}"'
    )


def sdp(address: str, port: int) -> str:
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0", f"m=audio {port} RTP/AVP 8"]
    return "\r\n".join([*lines, "a=rtpmap:8 PCMA/8000", "a=sendrecv", ""])


def media(body: str) -> tuple[str, int]:
    """Where an offer or answer wants its audio sent."""
    found = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE), re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    assert found[0], f"no address of media in {body!r}"
    assert found[1], f"no port of media in {body!r}"
    return found[0][1], int(found[1][1])


@dataclass
class Agent:
    """One socket with a name; what it sends goes to `edge`."""

    namespace: str
    address: str
    port: int
    edge: tuple[str, int]
    world: str = ""
    """How the Call-IDs of one test begin: what an earlier one left behind is passed over."""
    socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.socket = socket_inside(self.namespace, self.address, self.port)

    def close(self) -> None:
        self.socket.close()

    def request(self, method: str, uri: str, sender: str, to: str, *extra: tuple[str, str], body: str = "") -> Message:
        """A first request with a call of its own."""
        number = next(_COUNT)
        headers = [
            ("Via", f"SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK{os.urandom(6).hex()};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<{sender}>;tag={os.urandom(4).hex()}"),
            ("To", f"<{to}>"),
            ("Call-ID", f"{self.world}-{os.urandom(6).hex()}-{number}"),
            ("CSeq", f"1 {method}"),
            ("Contact", f"<sip:agent@{self.address}:{self.port}>"),
            *extra,
        ]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {uri} SIP/2.0", headers, body)

    def send(self, message: Message, to: tuple[str, int] | None = None) -> None:
        self.socket.sendto(message.text(), to or self.edge)

    def receive(self, seconds: float = 3) -> Message | None:
        """The next message, or nothing when none came in time."""
        end = time.monotonic() + seconds
        while select.select([self.socket], [], [], max(0, end - time.monotonic()))[0]:
            data, peer = self.socket.recvfrom(65535)
            message = Message.parse(data, peer)
            if message.get("Call-ID").startswith(self.world):
                return message
        return None

    def expect(self, seconds: float = 3) -> Message:
        message = self.receive(seconds)
        assert message is not None, f"nothing came to {self.address}:{self.port} in {seconds} s"
        return message

    def wait_for(self, *wanted: str | int, seconds: float = 5) -> Message:
        """The next message of a method or status, passing over others."""
        while True:
            message = self.expect(seconds)
            if message.method in wanted or message.status in wanted:
                return message

    def final(self, seconds: float = 5) -> Message:
        """The next final answer; one to an INVITE that refuses is acknowledged."""
        while True:
            message = self.expect(seconds)
            if message.status >= 200:
                return message

    def ask(self, message: Message, seconds: float = 5) -> Message:
        self.send(message)
        answer = self.final(seconds)
        if message.method == "INVITE" and answer.status >= 300:
            self.send(acknowledge(message, answer))
        return answer

    def ask_with_password(self, message: Message, username: str, password: str, seconds: float = 5) -> Message:
        """The answer to a request that is challenged first."""
        answer = self.ask(message, seconds)
        return (
            self.ask(answered(message, answer, username, password), seconds) if answer.status in (401, 407) else answer
        )

    def answer(self, request: Message, status: int, reason: str, *extra: tuple[str, str], body: str = "") -> Message:
        kept = ("via", "from", "call-id", "cseq", "record-route")
        headers = [(name, value) for name, value in request.headers if name.lower() in kept]
        to = request.get("To")
        headers.append(("To", to if ";tag=" in to or status == 100 else f"{to};tag=t{self.port}{os.getpid()}"))
        headers += [("Contact", f"<sip:agent@{self.address}:{self.port}>"), *extra]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        reply = Message(f"SIP/2.0 {status} {reason}", headers, body)
        self.send(reply, request.peer)
        return reply


class StreamAgent(Agent):
    """The same over one TCP or TLS connection, which the edge must use for what it sends."""

    def __init__(self, beside: Agent, transport: str) -> None:
        beside.close()
        self.transport = transport
        self.buffer = b""
        super().__init__(beside.namespace, beside.address, 0, beside.edge, beside.world)

    def __post_init__(self) -> None:
        plain = socket_inside(self.namespace, self.address, 0, socket.SOCK_STREAM)
        plain.settimeout(5)
        plain.connect((self.edge[0], 5061 if self.transport == "tls" else 5060))
        self.port = plain.getsockname()[1]
        self.socket = _without_verification().wrap_socket(plain) if self.transport == "tls" else plain

    def request(self, method: str, uri: str, sender: str, to: str, *extra: tuple[str, str], body: str = "") -> Message:
        made = super().request(method, uri, sender, to, *extra, body=body)
        made.headers = [
            (
                name,
                value.replace("/UDP ", f"/{self.transport.upper()} ") if name == "Via" else self._contact(name, value),
            )
            for name, value in made.headers
        ]
        return made

    def _contact(self, name: str, value: str) -> str:
        return value.replace(">", f";transport={self.transport}>") if name == "Contact" else value

    def send(self, message: Message, to: tuple[str, int] | None = None) -> None:  # noqa: ARG002  there is one peer
        self.socket.sendall(message.text())

    def receive(self, seconds: float = 3) -> Message | None:
        end = time.monotonic() + seconds
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^(?:content-length|l):\s*(\d+)", head)
            if found and length and len(rest) >= int(length[1]):
                self.buffer = rest[int(length[1]) :]
                message = Message.parse(head.lstrip() + found + rest[: int(length[1])], self.edge)
                if message.get("Call-ID").startswith(self.world):
                    return message
                continue
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                data = self.socket.recv(65535)
            except TimeoutError:
                return None
            if not data:
                return None
            self.buffer += data


def _without_verification() -> ssl.SSLContext:
    """A lab's edge has a certificate of its own making."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def answered(message: Message, challenge: Message, username: str, password: str) -> Message:
    """The same request once more, with credentials and the next CSeq."""
    name, reply = ("WWW-Authenticate", "Authorization") if challenge.status == 401 else (
        "Proxy-Authenticate", "Proxy-Authorization")  # fmt: skip
    credentials = digest(challenge.get(name), username, password, message.method, message.uri)
    return again(message, (reply, credentials))


def again(message: Message, *extra: tuple[str, str]) -> Message:
    """The same request with a new branch and the next CSeq."""
    headers = []
    for name, value in message.headers:
        if name == "Via":
            value = re.sub(r"branch=\w+", f"branch=z9hG4bK{os.urandom(6).hex()}", value)
        elif name == "CSeq":
            number, method = value.split()
            value = f"{int(number) + 1} {method}"
        headers.append((name, value))
    return Message(message.start, [*headers, *extra], message.body)


def acknowledge(invite: Message, answer: Message) -> Message:
    """The ACK of a refused INVITE: same branch, same everything."""
    number = invite.get("CSeq").split()[0]
    headers = [(name, invite.get(name)) for name in ("Via", "Max-Forwards", "From", "Call-ID")]
    headers += [("To", answer.get("To")), ("CSeq", f"{number} ACK")]
    return Message(f"ACK {invite.uri} SIP/2.0", headers)


def within(
    agent: Agent, method: str, invite: Message, answer: Message, *extra: tuple[str, str], body: str = ""
) -> Message:
    """A request of the caller within the call that `answer` accepted."""
    contact = re.search(r"<([^>]+)>", answer.get("Contact"))
    assert contact, f"no contact in {answer.start}"
    number = int(invite.get("CSeq").split()[0]) + (0 if method == "ACK" else 1)
    via = f"SIP/2.0/UDP {agent.address}:{agent.port};branch=z9hG4bK{os.urandom(6).hex()};rport"
    headers = [("Via", via), ("Max-Forwards", "70")]
    headers += [("Route", value) for value in reversed(answer.all("Record-Route"))]
    headers += [("From", invite.get("From")), ("To", answer.get("To")), ("Call-ID", invite.get("Call-ID"))]
    headers += [("CSeq", f"{number} {method}"), ("Contact", f"<sip:agent@{agent.address}:{agent.port}>"), *extra]
    if body:
        headers.append(("Content-Type", "application/sdp"))
    return Message(f"{method} {contact[1]} SIP/2.0", headers, body)
