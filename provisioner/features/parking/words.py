"""What changes of parking mean for users and callers."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording((), added="calls can be parked: {new}", removed="calls can no longer be parked"),
    Wording(
        ("slots",),
        changed="{new} calls can be parked at once instead of {old}",
        added="{new} calls can be parked at once",
        removed="5 calls can be parked at once instead of {old}",
    ),
    Wording(
        ("come_back",),
        changed="parked calls come back after {new} instead of {old}",
        added="parked calls come back after {new}",
        removed="parked calls come back after 90 s instead of {old}",
    ),
)
