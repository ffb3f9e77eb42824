"""What the machine that carries chat asks: states of users, and a user's activity by her status in chat.

| request | answer |
| --- | --- |
| GET /chat/states?began=…&number=… | states of tenants that changed since, once there are any (`states`) |
| PUT /chat/activity | `{"tenant": "acme", "account": "anna", "show": "dnd"}`: what the tenant gave that status |

Both with the token that the two machines share. Edges lead nothing here. A status sets an activity where the user is
available, or in one that her calendar or chat set, for what she said by telephone or program stands above it; and a
status that means nothing ends only what chat has begun.
"""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from . import lived
from .refused import Refused

if TYPE_CHECKING:
    from .serve import Handler

TOKEN = Path("/etc/pbx-people/chat-token")
SECONDS = 20.0
"""How long a request waits for news."""
CHAT, CALENDAR = "chat", "calendar"


def answered(asked: Handler, path: list[str], query: str, body: bytes) -> dict[str, Any]:
    given = asked.headers.get("Authorization", "").encode()
    if not TOKEN.exists() or not hmac.compare_digest(given, b"Bearer " + TOKEN.read_bytes().strip()):
        raise Refused(HTTPStatus.NOT_FOUND, "nothing here")
    if asked.command == "GET" and path == ["states"]:
        said = parse_qs(query)
        (number,), (began,) = said.get("number", ["0"]), said.get("began", [""])
        if not number.isdigit():
            raise Refused(HTTPStatus.BAD_REQUEST, "number is a number")
        return asked.server.states.after(began, int(number), SECONDS)
    if asked.command == "PUT" and path == ["activity"]:
        wanted = json.loads(body)
        return {"set": by_status(asked.server.known.of(wanted["tenant"]), **wanted)}
    raise Refused(HTTPStatus.NOT_FOUND, "nothing here")


def by_status(found: dict[str, Any] | None, tenant: str, account: str, show: str) -> bool:
    """Sets or ends the activity; whether anything was done."""
    chat = found["tenant"].get("chat", {}) if found else {}
    user = next((user for user, each in chat.get("accounts", {}).items() if each == account), "")
    if found is None or not user or not chat["statuses"]:
        return False
    activity = chat["statuses"].get(show, lived.AVAILABLE)
    now = lived.one(tenant, user)
    if now.activity != lived.AVAILABLE and now.by not in (CHAT, CALENDAR):
        return False
    if activity == lived.AVAILABLE:
        if now.by != CHAT or now.activity == lived.AVAILABLE:
            return False
        lived.keep(tenant, user, lived.Doing())
        return True
    if now.activity == activity or activity not in found["activities"]:
        return False
    lived.keep(tenant, user, lived.Doing(activity, by=CHAT))
    return True
