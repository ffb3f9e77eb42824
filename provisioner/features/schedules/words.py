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
    Wording(("*", "holidays", "with"), changed="{name} also takes off {new} instead of {old}"),
    Wording(
        ("*", "holidays", "region"),
        changed="{name} keeps the holidays of the region {new} instead of {old}",
        added="{name} keeps the holidays of the region {new}",
        removed="{name} no longer keeps the holidays of the region {old}",
    ),
    Wording(("*", "exceptions"), changed="the exceptions of {name} are {new} instead of {old}"),
    Wording(
        ("*", "vacations"),
        changed="the vacations of {name} are {new} instead of {old}",
        added="{name} has vacations: {new}",
        removed="{name} has no vacations any more, before {old}",
    ),
    Wording(
        ("*", "calendar"),
        changed="{name} follows the calendar file {new} instead of {old}",
        added="{name} follows the calendar file {new}",
        removed="{name} no longer follows the calendar file {old}",
    ),
    Wording(("*", "calendar", "file"), changed="{name} follows the calendar file {new} instead of {old}"),
    Wording(
        ("*", "calendar", "as"),
        changed="events with a time of day in the calendar of {name} mean {new} instead of {old}",
        added="events with a time of day in the calendar of {name} mean {new}",
        removed="events with a time of day in the calendar of {name} no longer mean {old}",
    ),
    Wording(
        ("*", "calendar", "destination"),
        changed="on closed days of the calendar of {name} callers reach {new} instead of {old}",
        added="on closed days of the calendar of {name} callers reach {new}",
        removed="on closed days of the calendar of {name} callers no longer reach {old}",
    ),
    Wording(
        ("*", "switch"),
        changed="the manual switch of {name} is {new} instead of {old}",
        added="users switch {name} by hand with {new}",
        removed="users can no longer switch {name} by hand with {old}",
    ),
    Wording(("*", "switch", "code"), changed="{name} is switched by hand with {new} instead of {old}"),
    Wording(
        ("*", "switch", "users"),
        changed="{new} may switch {name} by hand, instead of {old}",
        added="only {new} may switch {name} by hand",
        removed="everybody may switch {name} by hand, not only {old}",
    ),
    Wording(
        ("*", "switch", "pin"),
        changed="a PIN to switch {name} by hand: {new} instead of {old}",
        added="a PIN to switch {name} by hand: {new}",
        removed="{name} is switched by hand without a PIN",
    ),
    Wording(("*", "open"), changed="while {name} is open callers reach {new} instead of {old}"),
    Wording(("*", "closed"), changed="while {name} is closed callers reach {new} instead of {old}"),
)
