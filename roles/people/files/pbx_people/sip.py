"""SIP messages as far as a notifier needs them (RFC 3261): read, answered, written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "o": "event", "l": "content-length"}
TAG = re.compile(r";\s*tag=([^;>\s]+)\s*(?:;|$)")
SPLIT = re.compile(r",(?![^<]*>)(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


@dataclass
class Message:
    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Name in small letters and value, in order; lists are taken apart."""

    @property
    def method(self) -> str:
        return "" if self.first.startswith("SIP/2.0") else self.first.partition(" ")[0]

    @property
    def uri(self) -> str:
        return self.first.partition(" ")[2].partition(" ")[0]

    @property
    def status(self) -> int:
        code = self.first.partition(" ")[2].partition(" ")[0]
        return int(code) if self.first.startswith("SIP/2.0") and code.isdigit() else 0

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def tag(self, name: str) -> str:
        """The tag of From or To; empty where it has none."""
        found = TAG.search(self.get(name).rpartition(">")[2] if ">" in self.get(name) else self.get(name))
        return found[1] if found else ""


def read(data: bytes) -> Message | None:
    """The message, or nothing where it is none."""
    head = data.partition(b"\r\n\r\n")[0].decode(errors="replace")
    first, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    if not (first.startswith("SIP/2.0 ") or first.endswith(" SIP/2.0")):
        return None
    message = Message(first)
    for line in lines:
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        key = COMPACT.get(key, key)
        if colon:
            values = SPLIT.split(value) if key in ("via", "record-route") else [value]
            message.headers += [(key, each.strip()) for each in values]
    return message


def answer(request: Message, status: int, reason: str, tag: str = "", *more: tuple[str, str]) -> bytes:
    """An answer; what names transaction and way is given back as it came."""
    to = request.get("to")
    headers = [("Via", each) for each in request.all("via")]
    if status < 300:
        headers += [("Record-Route", each) for each in request.all("record-route")]
    headers += [
        ("From", request.get("from")),
        ("To", to if request.tag("to") or not tag else f"{to};tag={tag}"),
        ("Call-ID", request.get("call-id")),
        ("CSeq", request.get("cseq")),
        *more,
    ]
    return written(f"SIP/2.0 {status} {reason}", headers)


def written(first: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def address(contact: str) -> str:
    """The URI of a Contact header."""
    found = re.search(r"<([^<>\s]+)>", contact)
    return found[1] if found else contact.partition(";")[0].strip()
