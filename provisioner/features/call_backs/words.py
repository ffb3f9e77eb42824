"""What changes of call-back menus mean for callers and for those who call back."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",), added="a call-back menu {name} exists", removed="the call-back menu {name} is gone", dangerous=True
    ),
    Wording(("*", "numbers"), changed="callers may leave {new} numbers in {name} instead of {old}"),
    Wording(("*", "offer_caller_number"), changed="{name} offers the caller's own number: {new} instead of {old}"),
    Wording(("*", "attempts"), changed="callers of {name} may try {new} times instead of {old}"),
    Wording(
        ("*", "notify"),
        changed="of numbers left in {name} are told {new} instead of {old}",
        added="of numbers left in {name} are told {new}",
        removed="of numbers left in {name} nobody is told any more",
        dangerous=True,
    ),
    Wording(
        ("*", "notify", "*"),
        changed="of numbers left in {name} are told by {key} {new} instead of {old}",
        added="of numbers left in {name} are told by {key} {new}",
        removed="of numbers left in {name} {old} are no longer told by {key}",
        dangerous=True,
    ),
    Wording(("*", "then"), changed="who has left a number in {name} goes to {new} instead of {old}"),
    Wording(("*", "exhausted"), changed="who uses up the attempts of {name} goes to {new} instead of {old}"),
)
