"""`python3 -P -m pbx_calls follow` keeps the log until it is ended.

`show TENANT USER KIND COUNT` prints entries of it as JSON; those of all users where USER is empty.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from . import log, messages
from .follow import Calls, Reader
from .gather import Entry

TENANTS = Path("/etc/asterisk/pbx/tenants")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
EVERY = 0.5
"""Seconds between two looks."""
HOUR = 3600.0
USUAL_DAYS = 90
"""How long calls of a tenant are kept that is not on this node any more."""


def known(slug: str) -> dict[str, Any]:
    """The tenant's people.json; empty where there is none."""
    try:
        found: dict[str, Any] = json.loads((TENANTS / slug / "people.json").read_bytes())
        return found
    except (OSError, ValueError):
        return {}


def days(slug: str) -> int:
    """How long the tenant's calls are kept."""
    return int(known(slug).get("tenant", {}).get("log_days", USUAL_DAYS))


def keep(slug: str, entries: list[Entry]) -> None:
    """Those of users: a mailbox that several share has no log."""
    users = known(slug).get("people", {}) if SLUG.fullmatch(slug) else {}
    if (hers := [each for each in entries if each.user in users]) and days(slug):
        log.write(slug, hers)


def forget() -> None:
    for path in log.FOLDER.glob("*.sqlite3"):
        log.forget(path.stem, time.time() - days(path.stem) * 86400)


def follow() -> None:
    folder = Path(os.environ["STATE_DIRECTORY"])
    reader = Reader(Calls(folder, messages.left, keep), folder)
    forgotten = -HOUR
    while True:
        reader.look()
        if time.monotonic() - forgotten >= HOUR:
            forgotten = time.monotonic()
            forget()
        time.sleep(EVERY)


def main(words: list[str]) -> None:
    match words:
        case ["follow"]:
            follow()
        case ["show", slug, user, kind, count] if SLUG.fullmatch(slug) and kind in log.KINDS and count.isdigit():
            print(json.dumps(list(log.shown(log.read(slug, user, kind=kind, limit=int(count)))), ensure_ascii=False))
        case _:
            sys.exit("usage: pbx_calls follow | show TENANT USER KIND COUNT")


if __name__ == "__main__":
    main(sys.argv[1:])
