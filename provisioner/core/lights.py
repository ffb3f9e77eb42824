"""The names of lights: what the lamp of a key shows, as edge and core both call it.

The edge leads the phone code that a telephone watches to a light; the core keeps what the light shows under the same
name, and makes a hint of it when somebody watches. Targets may not know each other, so the names stand here.

A name is `<slug>.<kind>.<name>`, that of a user's line `<slug>.<user>`. Asterisk reads over hyphens in extensions, and
a watched light is one: hyphens are written as underscores, which no slug and no name may hold, nor a dot
(`refs.NAME_PATTERN`), so that `a-b` and `ab` stay two. Two dots at least tell what is switched from the state of a
line, which ends with the daemon. The node's own programs make the same names (`roles/asterisk/files/end_switches.py`,
which a test holds to these).
"""

from __future__ import annotations

import hashlib

from .refs import Ref

LONGEST = 79
"""Bytes of a name: Asterisk cuts the rest of an extension off (AST_MAX_EXTENSION)."""

_DIGITS = 23
"""Hexadecimal digits of what takes the place of too long a name: with the longest slug and kind they just fit."""


def of_line(slug: str, user: str) -> str:
    """Lit while the user is on a call, blinking while one rings at her: the state of her line (U10)."""
    return f"{slug}.{user}".replace("-", "_")


def of_switch(slug: str, schedule: str) -> tuple[str, str, str]:
    """The lights of a schedule's manual switch: of the switch itself, of open by hand, of closed by hand."""
    own, opened, closed = (_light(slug, kind, schedule) for kind in ("switch", "switch-open", "switch-closed"))
    return own, opened, closed


def of_mailbox(slug: str, box: str) -> str:
    """Lit while a message waits in the box that nobody has heard."""
    return _light(slug, "voicemail", box)


def of_member(slug: str, ref: Ref, member: str) -> str:
    """Lit while the member is logged in to the queue or group, blinking in a pause."""
    return _light(slug, ref.kind, f"{ref.name}.{member}")


def of_slot(slug: str, slot: str) -> str:
    """Lit while somebody waits at the parking slot. No call outlives the daemon, so neither does this light
    (`roles/asterisk/files/forget_device_states.py`)."""
    return _light(slug, "parking", slot)


def _light(slug: str, kind: str, name: str) -> str:
    whole = f"{slug}.{kind}.{name}".replace("-", "_")
    if len(whole) <= LONGEST:
        return whole
    # No name begins with an underscore, so nothing that is written out is ever taken for this.
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]
    return f"{slug}.{kind}._{digest}".replace("-", "_")
