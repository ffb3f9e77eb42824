"""What external attendants see of a tenant, and messages that they send its people.

A message is a line of the queue log, as a call's notice is: `pbx-notices` follows it and sends, also when relay or
gateway were away. Who is reached by which way stands in the tenant's notices.json; no address comes from here.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from . import lived

LOG = Path("/var/log/asterisk/queue_log")
LONGEST_MESSAGE = 500
"""Signs of a message; `pbx-notices` cuts off what is longer."""
EXPECTED = '{"to": "anna", "by": "mail" or "sms", "text": "…", "caller": "+46…"}'
WAYS = ("mail", "sms")


class Wrong(Exception):
    """A message that cannot be sent; the text says why."""


def sheet(tenant: dict[str, Any], slug: str, name: str, shown: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """The attendant's sheet as it is today; `shown` is what a user of the tenant's is doing."""
    told = tenant["attendants"][name]["sheet"]
    today = datetime.fromtimestamp(lived.now(slug), ZoneInfo(tenant["tenant"]["time_zone"])).date().isoformat()
    called = {
        number: {**each, "temporary": [note["text"] for note in each["temporary"] if _holds(note, today)]}
        for number, each in told["called"].items()
    }
    # Without activities nobody can say what she is doing.
    doing = {user: shown(user) for user in tenant["people"]} if tenant["activities"] else {}
    people = [{"user": user, **each, **_activity(doing.get(user))} for user, each in told["people"].items()]
    return {**told, "called": called, "people": people}


def _holds(note: dict[str, Any], today: str) -> bool:
    return (note["from"] or today) <= today <= (note["until"] or today)


def _activity(doing: dict[str, Any] | None) -> dict[str, Any]:
    keys = ("activity", "titles", "until", "note")
    return {key: doing[key] for key in keys} if doing else {}


def send(tenant: dict[str, Any], slug: str, name: str, body: bytes) -> dict[str, Any]:
    """Has a message sent to one user of the tenant; raises Wrong."""
    try:
        document = json.loads(body)
        to, by, text, caller = document["to"], document["by"], document["text"], document.get("caller") or ""
        fits = all(isinstance(each, str) for each in (to, by, text, caller)) and text.strip()
    except (ValueError, TypeError, KeyError, AttributeError):
        fits = False
    if not fits:
        raise Wrong(f"expected {EXPECTED}")
    people = tenant["attendants"][name]["sheet"]["people"]
    if to not in people:
        raise Wrong(f"no user {to!r}")
    if by not in people[to]["by"]:
        ways = " or ".join(people[to]["by"]) or "no way"
        raise Wrong(f"{to} is reached by {ways}")
    if len(text) > LONGEST_MESSAGE:
        raise Wrong(f"a text has at most {LONGEST_MESSAGE} signs, this one {len(text)}")
    if caller and not re.fullmatch(r"\+?[0-9]{2,15}", caller):
        raise Wrong(f"{caller!r} is no number")
    places = urlencode({"caller": caller, "text": text})
    line = f"{int(time.time())}|attendant-{secrets.token_hex(8)}|pbx.notices|{slug}|attendant.{by}.{to}|{places}\n"
    with LOG.open("a", encoding="utf-8") as log:  # one write, behind whatever Asterisk has written
        log.write(line)
    return {"to": to, "by": by}
