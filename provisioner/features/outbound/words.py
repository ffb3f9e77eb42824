"""What changes of outbound calls mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("prefix",),
        changed="outside numbers are dialled with {new} instead of {old} before them",
        added="outside numbers are dialled with {new} before them",
        removed="outside numbers are dialled without {old} before them",
    ),
    Wording(
        ("override",),
        added="barred calls are opened by a PIN: {new}",
        removed="barred calls are no longer opened by a PIN",
    ),
    Wording(
        ("override", "users"),
        changed="barred calls are opened by a PIN by {new} instead of {old}",
    ),
    Wording(
        ("override", "permission"),
        changed="a PIN opens calls to {new} and less, instead of {old}",
        added="a PIN opens calls to {new} and less",
        removed="a PIN opens all calls, instead of {old} and less",
    ),
)
