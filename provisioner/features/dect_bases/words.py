"""What changes of DECT bases mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="the DECT base {name} sets itself and its handsets up: {new}",
        removed="the DECT base {name} and its handsets no longer set themselves up: {old}",
    ),
    Wording(("*", "model"), changed="the DECT base {name} sets itself up as {new} instead of {old}"),
    Wording(("*", "mac"), changed="the base {new} sets itself up as the DECT base {name} instead of {old}"),
)
