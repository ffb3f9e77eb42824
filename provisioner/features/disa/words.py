"""What changes of access from outside mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="users call in from outside and dial on, {name}: {new}",
        removed="users no longer call in from outside to dial on, {name}: {old}",
    ),
    Wording(("*", "users"), changed="{new} may call in and dial on ({name}), instead of {old}"),
)
