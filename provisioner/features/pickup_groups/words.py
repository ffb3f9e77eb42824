"""What changes of pick-up groups mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="users may take each other's calls, group {name}: {new}",
        removed="the pick-up group {name} is gone: its members no longer take each other's calls",
    ),
    Wording(("*", "members"), changed="{new} may take each other's calls, instead of {old} (pick-up group {name})"),
)
