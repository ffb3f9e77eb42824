"""The round: which calendars are due, what they told, and what is to be set because of it."""

from __future__ import annotations

import zlib

from pbx_people import lived
from pbx_people.follow import Followed
from pbx_people.lived import Doing, Silent

from .decide import boundaries, decide, wanted
from .kept import Kept, Store
from .known import Key, Known, Tenants
from .reading import Reader, Told

AGAIN = 5.0
"""Seconds after which an Asterisk that did not answer is asked again."""
LAG = 3.0
"""Seconds until what was set stands in AstDB's file for certain."""


class Service:
    def __init__(self, tenants: Tenants, store: Store, reader: Reader, followed: Followed) -> None:
        self._tenants, self._store, self._reader, self._followed = tenants, store, reader, followed
        self._kept = store.all()
        self._due: dict[Key, float] = {}
        self._set: dict[Key, tuple[Doing, float]] = {}
        """What was set a moment ago, and when: AstDB's file does not tell it yet."""
        self._changed: set[str] = set()
        self._wake: dict[Key, float] = {}
        """When a user's activity is looked at again though nothing has changed."""
        self._silent = False

    def again(self) -> None:
        """Every calendar is due."""
        self._due.clear()

    def look(self) -> None:
        self._tenants.look()
        if self._followed.look():
            self._wake.clear()
        calendars = self._tenants.calendars
        for key in self._kept.keys() - calendars.keys():
            self._kept[key].spans = ()
            self._decide(key)  # what it set is over with it
            del self._kept[key]
            for each in (self._due, self._set, self._wake):
                each.pop(key, None)
            self._changed.add(key[0])
        for told in self._reader.done():
            self._take(told)
        for key, calendar in calendars.items():
            self._read(key, calendar)
            if self._wake.get(key, 0.0) <= self._followed.now(key[0]):
                self._decide(key)
        self._store.keep(self._changed, self._kept)
        self._changed.clear()

    def _read(self, key: Key, calendar: Known) -> None:
        now, kept = self._followed.now(key[0]), self._kept.setdefault(key, Kept())
        due = self._due.get(key, 0.0)
        if due > now + calendar.every:
            due = 0.0  # the clock was put back
        if kept.digest != calendar.digest:
            # What was known holds until the new one, or what new rules make of the old one, is known.
            kept.digest, due = calendar.digest, 0.0
            self._changed.add(key[0])
        if due <= now and self._reader.start(key, calendar, now):
            # Not all at the same second, but each at its own.
            spread = calendar.every * (0.9 + zlib.crc32("/".join(key).encode()) % 1000 / 10_000)
            self._due[key] = now + spread

    def _take(self, told: Told) -> None:
        kept, now = self._kept.get(told.key), self._followed.now(told.key[0])
        if kept is None or kept.digest != told.digest:
            self._due.pop(told.key, None)
            return
        self._wake.pop(told.key, None)
        slug, user = told.key
        if told.why:
            if not kept.failing:
                kept.since = now
                print(f"the calendar of {user} of {slug} cannot be read: {told.why}", flush=True)
            kept.failing = told.why
        else:
            if kept.failing:
                print(f"the calendar of {user} of {slug} can be read again", flush=True)
            kept.spans, kept.read, kept.failing, kept.since = told.spans, now, "", 0.0
        self._changed.add(slug)

    def _decide(self, key: Key) -> None:
        slug, user = key
        kept, now = self._kept[key], self._followed.now(slug)
        says = wanted(kept.spans, now)
        seen = self._seen(key, now)
        target, memory = decide(kept.memory, seen, says, now)
        if target is None and memory == kept.memory:
            soon = [now + LAG] if key in self._set else []
            self._wake[key] = min([*soon, *boundaries(kept.spans, seen, now)], default=float("inf"))
            return
        try:
            # The file may be a second old; what is done about it must hold to what is so now.
            target, memory = decide(kept.memory, lived.one(slug, user), says, now)
            if target is not None:
                lived.keep(slug, user, target)
                self._set[key] = (target, now)
        except Silent as silent:
            if not self._silent:
                print(f"nothing can be set: {silent}", flush=True)
            self._silent = True
            self._wake[key] = now + AGAIN
            return
        self._silent = False
        if memory != kept.memory:
            kept.memory = memory
            self._changed.add(slug)

    def _seen(self, key: Key, now: float) -> Doing:
        found, when = self._set.get(key, (Doing(), 0.0))
        if 0 <= now - when < LAG:
            return found
        self._set.pop(key, None)
        return self._followed.doing(*key)
