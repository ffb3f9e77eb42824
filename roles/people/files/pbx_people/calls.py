"""A user's own calls, of the log that `pbx-calls` keeps.

`kind` is all, missed, voicemail, made, received or forwarded; `limit` at most `MOST`; `before` goes on where an answer
ended.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from pbx_calls import log

from . import book
from .refused import Refused

USUAL, MOST = 50, 200
"""Calls of one answer."""
MOBILE = "*mobile"


def found(tenant: Mapping[str, Any], slug: str, user: str, device: str, query: str) -> dict[str, Any]:
    """As the telephone sees it whose login asks: what another one of hers answered is `answered-elsewhere`."""
    kind, before, limit = _asked(query)
    try:
        entries = log.read(slug, user, kind=kind, before=before, limit=limit)
    except sqlite3.Error:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the log cannot be read now", **{"Retry-After": "5"}) from None
    names = book.names(tenant)
    zone = ZoneInfo(tenant["tenant"]["time_zone"])
    shown = []
    for each in log.shown(entries, device):
        if each["device"] == MOBILE:
            each["device"] = tenant["people"][user].get("mobile") or "mobile"
        each["name"] = each["name"] or names.get(each["number"], "")
        each["at"] = datetime.fromtimestamp(each["at"], zone).isoformat(timespec="seconds")
        del each["call"], each["user"]
        shown.append(each)
    return {"calls": shown, "next": repr(entries[-1].at) if len(entries) == limit else None}


def _asked(query: str) -> tuple[str, float, int]:
    try:
        said = dict(parse_qsl(query, max_num_fields=10))
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "more is asked than there is") from None
    kind, before, limit = said.get("kind", "all"), said.get("before", "0"), said.get("limit", str(USUAL))
    if kind not in log.KINDS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"no kind {kind[:40]!r}; there are: {', '.join(log.KINDS)}")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise Refused(HTTPStatus.BAD_REQUEST, f"limit is 1 to {MOST}")
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", before):
        raise Refused(HTTPStatus.BAD_REQUEST, "before is what `next` of an answer said")
    return kind, float(before), int(limit)
