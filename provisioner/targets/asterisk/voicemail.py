"""voicemail.conf of one tenant: one voicemail context, its mailboxes in order of their names.

The PIN is a secret's token until the deployment fills it in, and only the first PIN: what a user sets by phone is
kept beside the messages (`passwordlocation=spooldir`) and outlives every apply. A mailbox without a PIN of its own
gets a letter that no telephone can key in, so it opens only where the dialplan lets a member in without one.
"""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile

from .extensions import Clash
from .objects import AsteriskObject, Mailbox
from .text import escape, field

PATH = "voicemail.conf"

NO_PIN = "-x"
"""The hyphen keeps the user from changing it; a hyphen alone would open to an empty PIN."""
SHORTEST = ("minsecs", "1")
"""Seconds of a message without the silence at its end; what is shorter is not kept."""


def write(objects: Iterable[AsteriskObject]) -> TextFile:
    contexts: dict[str, dict[str, Mailbox]] = {}
    for each in objects:
        if not isinstance(each, Mailbox):
            continue
        boxes = contexts.setdefault(each.context, {})
        if (other := boxes.setdefault(each.box, each)) is not each:
            raise Clash(f"mailbox {each.box}@{each.context}", other.source, each.source)
    lines: list[Line] = []
    for context in sorted(contexts):
        lines.append(Line(f"[{context}]"))
        lines += (_mailbox(contexts[context][box]) for box in sorted(contexts[context]))
    return TextFile(PATH, tuple(lines))


def _mailbox(mailbox: Mailbox) -> Line:
    pin = secrets.token(mailbox.pin_secret) if mailbox.pin_secret else NO_PIN
    # A box without options keeps a PIN and no messages.
    chosen = (*mailbox.options, SHORTEST) if mailbox.options else ()
    options = "|".join(f"{option}={value}" for option, value in chosen)
    words = (field(mailbox.full_name), field(mailbox.email), "", options)
    return Line(f"{mailbox.box} => {pin},{escape(','.join(words))}", mailbox.source)
