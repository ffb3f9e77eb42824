"""What changes of the call log mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        (),
        added="calls stay in users' log as the tenant says: {new}",
        removed="calls stay in users' log as long as the provider says",
        dangerous=True,
    ),
    Wording(
        ("retention",),
        changed="calls stay in users' log for {new} days instead of {old}",
        added="calls stay in users' log for {new} days",
        removed="calls stay in users' log as long as the provider says instead of {old} days",
        dangerous=True,
    ),
)
