"""What changes of phone codes mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        changed="users dial {new} instead of {old} for {name}",
        added="users dial {new} for {name}, no longer the usual code",
        removed="users dial the usual code for {name}, no longer {old}",
    ),
)
