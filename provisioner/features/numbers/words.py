"""What changes of numbers mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="callers of {name} are answered: {new}",
        removed="{name} is given up: its callers hear that the number is not in use",
        dangerous=True,
    ),
    Wording(("*", "destination"), changed="callers of {name} go to {new} instead of {old}"),
    Wording(
        ("*", "kind"),
        changed="{name} is a number of kind {new} instead of {old}: what users show when they call may change",
    ),
    Wording(
        ("*", "language"),
        changed="callers of {name} hear {new} instead of {old}",
        added="callers of {name} hear {new}",
        removed="callers of {name} hear the tenant's language instead of {old}",
    ),
    Wording(
        ("*", "title"),
        changed="those who answer {name} see {new} instead of {old}",
        added="those who answer {name} see {new}",
        removed="those who answer {name} no longer see {old}",
    ),
    Wording(
        ("*", "display"),
        changed="those who answer {name} see its title as {new} instead of {old}",
        added="those who answer {name} see its title as {new}",
        removed="those who answer {name} see its title as name instead of {old}",
    ),
    Wording(
        ("*", "active_from"),
        changed="{name} leads here from {new} on instead of {old}",
        added="{name} leads here from {new} on",
        removed="{name} leads here at once instead of from {old} on",
    ),
    Wording(
        ("*", "active_until"),
        changed="the last day of {name} is {new} instead of {old}",
        added="the last day of {name} is {new}: after it callers hear that the number is not in use",
        removed="{name} no longer closes after {old}",
    ),
    Wording(("*", "closed"), added="callers of {name} after its last day meet {new}"),
    Wording(
        ("*", "closed", "until"), changed="callers of {name} are told until {new} instead of {old} that it is closed"
    ),
    Wording(
        ("*", "blocked"),
        changed="{name} refuses {new} instead of {old}",
        added="{name} refuses calls from {new}",
        removed="{name} takes calls from {old} again",
    ),
    Wording(
        ("*", "allowed"),
        changed="{name} always takes calls from {new} instead of {old}",
        added="{name} always takes calls from {new}",
        removed="{name} no longer makes an exception for {old}",
    ),
    Wording(
        ("*", "refused"),
        changed="callers whom {name} refuses go to {new} instead of {old}",
        added="callers whom {name} refuses go to {new}",
        removed="callers whom {name} refuses hear so instead of going to {old}",
    ),
    Wording(
        ("*", "withheld"),
        added="{name} screens callers who withhold their number: {new}",
        removed="{name} takes callers who withhold their number like all others",
    ),
    Wording(
        ("*", "recording"),
        added="calls to {name} are recorded, and callers are told so",
        removed="calls to {name} are no longer recorded",
    ),
)
