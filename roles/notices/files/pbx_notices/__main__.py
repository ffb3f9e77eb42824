"""The service: one thread follows the log, one looks after bookings, one sends for each channel.

So a gateway that hangs holds up nobody else.

A thread that fails ends the service, and systemd starts it again: nothing is kept in memory alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import bookings
from .deliver import Channel
from .follow import Follower
from .outlets import CARRIERS
from .spool import CHANNELS, Spool
from .words import Unreadable, messages, understand

LOG = Path("/var/log/asterisk/queue_log")
TENANTS = Path("/etc/asterisk/pbx/tenants")
PAUSE = 0.5
"""Seconds between two looks."""


def tell(text: str) -> None:
    print(text, flush=True)


def take(line: str, spool: Spool, tenants: Path) -> None:
    """Puts what a line means into the spool, or the line itself where it means nothing."""
    try:
        told = understand(line)
        for message in messages(told, tenants) if told else ():
            spool.put(message)
    except Unreadable as error:
        name = hashlib.sha256(line.encode()).hexdigest()[:20]
        tell(f"a line of the queue log is set aside as {name}: {error}")
        spool.set_aside(name, line)


def follow(follower: Follower, spool: Spool, tenants: Path) -> bool:
    """Takes what is new; whether there was anything."""
    lines = follower.lines()
    for line in lines:
        take(line, spool, tenants)
    if lines:
        follower.done()
    return bool(lines)


def always(work: Callable[[], object]) -> None:
    try:
        while True:
            if not work():
                time.sleep(PAUSE)
    except BaseException as error:
        tell(f"{type(error).__name__}: {error}")
        os._exit(1)


def main() -> None:
    home = Path(os.environ["STATE_DIRECTORY"])
    config = json.loads((Path(os.environ["CREDENTIALS_DIRECTORY"]) / "config").read_bytes())
    spool = Spool(home)
    work: list[Callable[[], object]] = [partial(follow, Follower(LOG, home / "position.json"), spool, TENANTS)]
    work.append(bookings.Bookings(bookings.HOME, home / "bookings", spool, tell).round)
    for name in CHANNELS:
        settings = config[name]
        carry = partial(_carry, CARRIERS[name], settings, config["node"]) if settings else None
        work.append(Channel(name, spool, carry, tell).round)
        if not settings:
            tell(f"provider.yaml names no way out for {name}: such notices wait")
    threads = [threading.Thread(target=always, args=(each,)) for each in work]
    for each in threads:
        each.start()


def _carry(carrier: Callable[..., None], settings: dict[str, object], node: str, *given: object) -> None:
    carrier(*given, settings, node)


if __name__ == "__main__":
    sys.exit(main())
