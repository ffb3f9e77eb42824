"""What chat shows of each user's telephone: whether she is on a call, and her activity; for whoever carries chat.

Each change of a tenant's states has a number, counted through all tenants of the node. Whoever has seen up to a number
asks for what came after it and waits until there is something. Numbers begin anew with the service; `began` says which
beginning they belong to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from . import presence
from .lived import AVAILABLE, Doing

TALKING = frozenset({"INUSE", "BUSY", "ONHOLD", "RINGINUSE"})
CALL = {"sv": "I samtal", "en": "On a call", "nb": "I samtale", "da": "I samtale", "fi": "Puhelussa"}
SHOWS = {"busy": "dnd", "meeting": "dnd", "break": "away", "lunch": "away", "out-of-office": "away"}
"""Activity in which telephones are silent → what XMPP calls it (RFC 6121 4.7.2.1); others are away for longer."""
FOR_LONG = "xa"

State = dict[str, str]
"""`show` and `status` of a user whom colleagues shall see so; in chat she goes by her account."""


def state(tenant: dict[str, Any], doing: Doing, line: str, now: float) -> State | None:
    """What colleagues are shown, or None where there is nothing to be said."""
    house = tenant["tenant"]
    if line in TALKING:
        return {"show": "dnd", "status": CALL.get(house["language"][:2], CALL["en"])}
    if doing.activity == AVAILABLE and not doing.note:
        return None
    known = tenant["activities"].get(doing.activity, {"titles": {}, "rings": True})
    back = datetime.fromtimestamp(doing.until, ZoneInfo(house["time_zone"])) if doing.until else None
    title = presence.title(known["titles"], house["language"], doing.activity)
    show = "" if known["rings"] else SHOWS.get(doing.activity, FOR_LONG)
    return {"show": show, "status": presence.words(title, back, doing.note, now)}


class States:
    """Those of all tenants that have chat. `of` tells one user's state."""

    def __init__(self, of: Callable[[dict[str, Any], str, str], State | None]) -> None:
        self._of = of
        self._told: dict[str, dict[str, State]] = {}
        self._numbers: dict[str, int] = {}
        self._settable: frozenset[str] = frozenset()
        self._number = 0
        self._changed = threading.Condition()
        self.began = str(time.time_ns())

    def look(self, tenants: dict[str, dict[str, Any]], told: set[tuple[str, str]]) -> None:
        """`tenants` are those that have chat, by slug; `told` of whom anything is known."""
        found: dict[str, dict[str, State]] = {slug: {} for slug in tenants}
        for slug, user in told:
            account = tenants[slug]["tenant"]["chat"]["accounts"].get(user) if slug in tenants else None
            if account and (shown := self._of(tenants[slug], slug, user)):
                found[slug][account] = shown
        with self._changed:
            for slug in found.keys() | self._told.keys():
                if found.get(slug, {}) != self._told.get(slug):
                    self._number += 1
                    self._numbers[slug] = self._number
            settable = frozenset(slug for slug, each in tenants.items() if each["tenant"]["chat"]["statuses"])
            for slug in settable ^ self._settable:
                self._number += 1
                self._numbers[slug] = self._number
            self._told, self._settable = found, settable
            self._changed.notify_all()

    def after(self, began: str, number: int, seconds: float) -> dict[str, Any]:
        """The states of tenants that changed after `number`, once there are any; of all where `began` is another.

        `settable` are those among them where a status in chat sets an activity.
        """
        seen = number if began == self.began else 0
        with self._changed:
            self._changed.wait_for(lambda: self._number > seen, seconds)
            changed = {slug: self._told.get(slug, {}) for slug, each in self._numbers.items() if each > seen}
            settable = sorted(self._settable & changed.keys())
            return {"began": self.began, "number": self._number, "states": changed, "settable": settable}
