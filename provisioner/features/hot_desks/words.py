"""What changes of hot desks mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        (),
        added="users share telephones: {new}",
        removed="users no longer share telephones; who is logged in at one is logged out: {old}",
    ),
    Wording(("desks",), changed="users log in at {new} instead of {old}"),
    Wording(("users",), changed="{new} may log in at shared telephones, instead of {old}"),
    Wording(
        ("timeout",),
        changed="users are logged out of shared telephones after {new} instead of {old}",
        added="users are logged out of shared telephones after {new}",
        removed="users are logged out of shared telephones after the usual time instead of {old}",
    ),
)
