"""Who may ask, and how often: logins held against HA1, wrong ones counted, and no client may flood.

Wrong passwords are counted for each client and account, and for each client: another client goes on logging in to the
account meanwhile, so nobody can lock somebody else out.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

WRONG_OF_ACCOUNT, WRONG_OF_CLIENT = 5, 20
FORGIVEN = 300.0
"""Seconds after which a wrong password is forgotten."""
REQUESTS, WITHIN = 60, 10.0
"""Requests of one account within so many seconds."""
REMEMBERED = 10_000
"""Clients and accounts at most; who is forgotten begins anew."""


def attendant(name: str) -> str:
    """What an external attendant is called among users, whose names have no dot."""
    return f"attendant.{name}"


class Counts:
    """How often something happened within the last so many seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._times: dict[object, deque[float]] = {}
        self._lock = threading.Lock()

    def add(self, key: object) -> None:
        with self._lock:
            if key not in self._times and len(self._times) >= REMEMBERED:
                self._times.pop(next(iter(self._times)))
            self._times.setdefault(key, deque()).append(self._clock())

    def of(self, key: object) -> int:
        with self._lock:
            times = self._times.get(key)
            if times is None:
                return 0
            while times and times[0] <= self._clock() - self._seconds:
                times.popleft()
            if not times:
                del self._times[key]
            return len(times)


class Guard:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.wrong = Counts(FORGIVEN, clock)
        self.requests = Counts(WITHIN, clock)

    def refuses(self, client: str, slug: str, account: str, *, counted: bool = True) -> bool:
        """Whether this client must wait; for wrong passwords alone where requests are not `counted`."""
        return (
            self.wrong.of((client, slug, account)) >= WRONG_OF_ACCOUNT
            or self.wrong.of(client) >= WRONG_OF_CLIENT
            or (counted and self.requests.of((slug, account)) >= REQUESTS)
        )

    def user(
        self, tenant: dict[str, Any], client: str, slug: str, account: str, password: str, *, counted: bool = True
    ) -> str:
        """The user whose telephone has this login, or the attendant; empty where the login is wrong."""
        realm = tenant["tenant"]["domain"]
        # An account that is not there takes as long as one that is.
        owner, ha1 = "", "0" * 32
        for name, person in tenant["people"].items():
            if account in person["accounts"]:
                owner, ha1 = name, person["accounts"][account]
        for name, each in tenant.get("attendants", {}).items():
            if account in each["accounts"]:
                owner, ha1 = attendant(name), each["accounts"][account]
        given = hashlib.md5(f"{account}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
        right = hmac.compare_digest(given, ha1) and bool(owner)
        if right:
            if counted:
                self.requests.add((slug, account))
            return owner
        self.wrong.add((client, slug, account))
        self.wrong.add(client)
        return ""
