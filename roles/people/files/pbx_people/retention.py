"""Messages that are older than their mailbox keeps them are deleted, by Asterisk as all others.

Days are counted from the moment when the message was left, by the node's clock.
"""

from __future__ import annotations

import threading
import time

from . import lived
from .known import Known
from .mailboxes import Box, Mailboxes
from .refused import Refused

EVERY = 3600
DAY = 86_400


def forget(known: Known, mailboxes: Mailboxes, now: float) -> None:
    """Deletes what is too old in all mailboxes."""
    for slug in known.slugs():
        if tenant := known.of(slug):
            for box, said in Box.all(tenant, slug):
                if days := said.get("keep"):
                    _forget(mailboxes, box, now - days * DAY)


def _forget(mailboxes: Mailboxes, box: Box, before: float) -> None:
    for message in mailboxes.messages(box):
        if message.began < before:
            try:
                mailboxes.delete(box, message.id)
            except Refused:
                continue  # somebody else has deleted it
            except lived.Silent:
                return  # in an hour again


def watch(known: Known, mailboxes: Mailboxes, ended: threading.Event) -> None:
    """Looks at once and every hour, until the event."""
    while True:
        forget(known, mailboxes, time.time())
        if ended.wait(EVERY):
            return
