"""A user's current activity as it lives on a core node: one entry of AstDB, hers alone.

The dialplan writes it when she dials, `pbx activity`, her programs and her calendar from outside, and the node's own
watch forgets what is over (`roles/asterisk/files/end_switches.py`). All of them hold to what stands here. One entry and
not four: whatever cuts a change off, nobody meets half of it.
"""

from __future__ import annotations

import base64

from provisioner.core.ports.activities import AVAILABLE, Doing

from . import naming

__all__ = ["AVAILABLE", "Doing"]

BY_PHONE, BY_HAND, BY_CALENDAR = "phone", "hand", "calendar"
"""Who set it."""

LONGEST_NOTE = 140
"""Bytes of a note: Asterisk's command line gives no more than 255 of an entry."""


def written(doing: Doing) -> str:
    """The entry; the note is written so that nothing in it can end a field or a command."""
    note = base64.b64encode(doing.note.encode()).decode()
    return f"{doing.activity}:{doing.until or 0}:{doing.by}:{note}"


def read(entry: str) -> Doing:
    """What `written` wrote, or the dialplan; nothing where it makes no sense."""
    activity, until, by, note, *_ = (*entry.split(":"), "", "", "")
    try:
        text = base64.b64decode(note, validate=True).decode()
    except ValueError:
        text = ""
    ends = int(until) if until.isdigit() else 0
    return Doing(activity, ends or None, text, by or BY_HAND) if activity else Doing()


def key(user: str) -> str:
    """Below the tenant's family: her activity."""
    return f"activity-{user}"


def message_key(user: str, activity: str) -> str:
    """Below the tenant's family: there where she recorded what her callers hear in an activity."""
    return f"said-{user}/{activity}"


def message(slug: str, user: str, activity: str) -> str:
    """The sound that she recorded for it."""
    return f"{MESSAGES}/{slug}/{user}/{activity}"


MESSAGES = "/var/spool/asterisk/activities"


def context(slug: str, *parts: str) -> str:
    return naming.context(slug, "activity", *parts)


def own(user: str, activity: str) -> str:
    """The extension of `<slug>.activity.own` that holds her own rule for an activity."""
    return f"{user}.{activity}"


AWAY = "away"
"""What a rule answers where the call goes on as if nobody answered; a label of each user's steps."""

RINGS = "ring"
"""What a rule answers where her telephones ring all the same."""
