"""What changes of menus mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a menu {name} exists", removed="the menu {name} is gone", dangerous=True),
    Wording(("*", "prompt"), changed="the menu {name} asks with {new} instead of {old}"),
    Wording(("*", "timeout"), changed="the menu {name} waits {new} for a key instead of {old}"),
    Wording(("*", "attempts"), changed="the menu {name} asks at most {new} times instead of {old}"),
    Wording(
        ("*", "keys", "*"),
        changed="key {key} of the menu {name} leads to {new} instead of {old}",
        added="key {key} of the menu {name} leads to {new}",
        removed="key {key} of the menu {name} no longer leads to {old}",
        dangerous=True,
    ),
    Wording(
        ("*", "keys", "*", "prompt"),
        changed="who presses that key in the menu {name} hears {new} first instead of {old}",
        added="who presses that key in the menu {name} hears {new} first",
        removed="who presses that key in the menu {name} no longer hears {old} first",
    ),
    Wording(("*", "keys", "*", "destination"), changed="that key of the menu {name} leads to {new} instead of {old}"),
    Wording(
        ("*", "dial"),
        added="callers of the menu {name} may dial extensions: {new}",
        removed="callers of the menu {name} may no longer dial extensions ({old})",
        dangerous=True,
    ),
    Wording(
        ("*", "dial", "extensions"), changed="callers of the menu {name} may dial the extensions {new} instead of {old}"
    ),
    Wording(("*", "no_input"), changed="who presses nothing in the menu {name} meets {new} instead of {old}"),
    Wording(("*", "invalid"), changed="who presses a wrong key in the menu {name} meets {new} instead of {old}"),
    Wording(("*", "exhausted"), changed="who uses up the attempts of the menu {name} goes to {new} instead of {old}"),
)
