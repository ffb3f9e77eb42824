"""What changes of announcements mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="an announcement {name} exists: {new}",
        removed="the announcement {name} is gone",
        dangerous=True,
    ),
    Wording(("*", "prompt"), changed="callers hear {new} in the announcement {name} instead of {old}"),
    Wording(("*", "then"), changed="after the announcement {name} callers go to {new} instead of {old}"),
)
