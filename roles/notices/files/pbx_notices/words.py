"""From a line of the queue log and the tenant's notices.json to the messages that it means."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from . import transcripts

MARK = "|pbx.notices|"
PLACE = re.compile(r"\{([a-z_]+)\}")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")

NOBODY = {"sv": "dolt nummer", "en": "withheld number"}
"""What a notice says where the caller shows no number."""


class Unreadable(Exception):
    """A line that names no notice; the text says why."""


@dataclass(frozen=True)
class Told:
    """A line, understood: at that time this tenant's notice, with what the call knows."""

    at: float
    tenant: str
    notice: str
    places: dict[str, str]
    name: str
    """Names the line: equal lines have equal names."""


@dataclass(frozen=True)
class Message:
    """One message to one receiver. `name` is the same for the same line and receiver."""

    name: str
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    at: float
    file: str = ""
    """What a mail carries, or nothing."""
    tenant: str = ""
    tried: int = 0
    due: float = field(default=0.0)
    reply_to: str = ""
    calendar: str = ""
    """The iCalendar object that a mail carries, by its iTIP `method` (RFC 6047)."""
    method: str = ""
    awaits: str = ""
    """The file of a message as text, without which the mail is not sent yet."""
    written: str = ""
    """What the mail says before that text."""


def understand(line: str) -> Told | None:
    """Nothing for a line of Asterisk's own: `time|call|queue|agent|event|facts…`."""
    if MARK not in line:
        return None
    parts = line.split("|", 5)
    if len(parts) < 6 or parts[2] != "pbx.notices" or not parts[0].isdigit():
        raise Unreadable("cut off, or not of our form")
    places = {key: _plain(value) for key, value in parse_qsl(parts[5], keep_blank_values=True)}
    if not SLUG.fullmatch(parts[3]):
        raise Unreadable(f"{parts[3][:50]!r} is no tenant")
    name = hashlib.sha256(line.encode()).hexdigest()[:20]
    return Told(float(parts[0]), parts[3], parts[4], places, name)


def _plain(text: str) -> str:
    """A caller may send anything: one line of visible signs, of bounded length."""
    return " ".join("".join(each if each.isprintable() else " " for each in text[:500]).split())


def messages(told: Told, tenants: Path) -> list[Message]:
    """One for each receiver; raises Unreadable where the tenant has no such notice."""
    try:
        known = json.loads((tenants / told.tenant / "notices.json").read_bytes())
        notice = known[told.notice]
    except FileNotFoundError:
        raise Unreadable(f"the tenant {told.tenant} has no notices") from None
    except KeyError:
        raise Unreadable(f"the tenant {told.tenant} has no notice {told.notice[:100]!r}") from None
    places = {**told.places, "time": local(told.at, notice["time_zone"])}
    places["caller"] = places.get("caller") or NOBODY.get(notice["language"][:2], NOBODY["en"])

    def filled(text: str) -> str:
        return PLACE.sub(lambda found: places.get(found[1], ""), text)

    left = told.places.get("file", "")
    file, written = left if notice["attach"] else "", notice.get("written", "")
    awaits = transcripts.of(left, told.tenant) if written else ""
    by_mail = [
        Message(
            f"{told.name}-m{index}", "mail", to, notice["sender"], filled(notice["subject"]), filled(notice["text"]),
            told.at, file, told.tenant, awaits=awaits, written=written,
        )
        for index, to in enumerate(notice["mail"])
    ]  # fmt: skip
    by_sms = [
        Message(
            f"{told.name}-s{index}", "sms", to, notice["sender"], "", filled(notice["text_sms"]),
            told.at, "", told.tenant,
        )
        for index, to in enumerate(notice["sms"])
    ]  # fmt: skip
    return [*by_mail, *by_sms]


def local(at: float, zone: str) -> str:
    try:
        there = ZoneInfo(zone)
    except (OSError, ValueError):  # a zone newer than this machine's
        return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")  # noqa: UP017
    return datetime.fromtimestamp(at, there).strftime("%Y-%m-%d %H:%M")


def age(message: Message) -> float:
    return time.time() - message.at
