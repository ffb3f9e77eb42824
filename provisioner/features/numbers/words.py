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
)
