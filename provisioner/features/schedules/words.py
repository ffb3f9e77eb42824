"""What changes of schedules mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a schedule {name} exists: {new}", removed="the schedule {name} is gone", dangerous=True),
    Wording(("*", "time_zone"), changed="the schedule {name} follows the clock of {new} instead of {old}"),
    Wording(
        ("*", "weekly", "*"),
        changed="{name} is open on {key} {new} instead of {old}",
        added="{name} is open on {key} {new}",
        removed="{name} is closed on {key}, no longer open {old}",
    ),
    Wording(("*", "holidays"), changed="the holidays of {name} are {new} instead of {old}"),
    Wording(("*", "holidays", "without"), changed="{name} works on the holidays {new} instead of {old}"),
    Wording(("*", "exceptions"), changed="the exceptions of {name} are {new} instead of {old}"),
    Wording(
        ("*", "switch"),
        changed="the manual switch of {name} is {new} instead of {old}",
        added="users switch {name} by hand with {new}",
        removed="users can no longer switch {name} by hand with {old}",
    ),
    Wording(("*", "open"), changed="while {name} is open callers reach {new} instead of {old}"),
    Wording(("*", "closed"), changed="while {name} is closed callers reach {new} instead of {old}"),
)
