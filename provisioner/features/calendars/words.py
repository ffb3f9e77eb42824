"""What changes of calendars mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("every",),
        changed="calendars are read every {new} instead of every {old}",
        added="calendars are read every {new}",
        removed="calendars are read every five minutes instead of every {old}",
    ),
    Wording(
        ("users", "*"),
        changed="the calendar of {key} sets her activity by {new} instead of {old}",
        added="the calendar of {key} sets her activity: {new}",
        removed="the calendar of {key} is as the tenant's, or sets nothing any more: {old}",
    ),
    Wording(
        ("rules",),
        changed="events of calendars mean {new} instead of {old}",
        added="events of calendars mean {new}",
        removed="events of calendars mean nothing any more: {old}",
    ),
)
