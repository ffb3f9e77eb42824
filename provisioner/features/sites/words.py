"""What changes of sites mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="calls for help can come from a site {name}",
        removed="the site {name} is gone: no call for help comes from there any more",
        dangerous=True,
    ),
    Wording(("*", "emergency_address"), changed="rescuers called from {name} are sent to {new} instead of {old}"),
    Wording(
        ("*", "emergency_address", "*"),
        changed="rescuers called from {name} are told {key} {new} instead of {old}",
        added="rescuers called from {name} are told {key} {new}",
        removed="rescuers called from {name} are no longer told {key} {old}",
    ),
    Wording(
        ("*", "emergency_number"),
        changed="rescuers who call {name} back ring {new} instead of {old}",
        added="rescuers who call {name} back ring {new}",
        removed="rescuers who call {name} back ring the main number instead of {old}",
    ),
    Wording(
        ("*", "title"),
        changed="the site {name} is called {new} instead of {old}",
        added="the site {name} is called {new}",
        removed="the site {name} is no longer called {old}",
    ),
)
