"""`python3 -P -m pbx_transcripts`: writes messages down until it is ended."""

from __future__ import annotations

import time

from pbx_people.known import Known
from pbx_people.mailboxes import Mailboxes

from . import program
from .round import Rounds

PAUSE = 2.0
"""Seconds between two looks when nothing is left to write."""


def tell(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    rounds = Rounds(Known(), Mailboxes(), program.write, tell)
    while True:
        if not rounds.once():
            time.sleep(PAUSE)
