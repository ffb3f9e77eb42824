"""What changes of outbound calls mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("prefix",),
        changed="outside numbers are dialled with {new} instead of {old} before them",
        added="outside numbers are dialled with {new} before them",
        removed="outside numbers are dialled without {old} before them",
    ),
)
