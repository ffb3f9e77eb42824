"""`python3 -P -m pbx_calendars`: reads calendars and sets activities until it is ended; HUP reads all of them now."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pbx_people.follow import Followed

from .kept import Store
from .known import Tenants
from .reading import Reader
from .service import Service

EVERY = 0.5
"""Seconds between two looks."""


def main() -> None:
    service = Service(Tenants(), Store(Path(os.environ["STATE_DIRECTORY"])), Reader(), Followed())
    signal.signal(signal.SIGHUP, lambda *_: service.again())
    while True:
        service.look()
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
