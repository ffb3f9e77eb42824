"""What changes of external attendants mean for callers."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="an external attendant {name} exists",
        removed="the external attendant {name} is gone",
        dangerous=True,
    ),
    Wording(
        ("*", "number"),
        changed="callers for the external attendant {name} are sent to {new} instead of {old}",
        dangerous=True,
    ),
    Wording(("*", "ring_time"), changed="the external attendant {name} is rung for {new} instead of {old}"),
    Wording(
        ("*", "no_answer"),
        changed="callers that the external attendant {name} does not answer go to {new} instead of {old}",
    ),
    Wording(
        ("*", "absence"),
        added="callers for {name} come to the tenant's own attendants while one of them is there",
        removed="callers for {name} go outside at once, whoever is there",
    ),
    Wording(
        ("*", "absence", "of"),
        changed="callers for {name} go outside while {new} are away instead of {old}",
    ),
    Wording(
        ("*", "absence", "activities"),
        changed="attendants are away for {name} in {new} instead of {old}",
        added="attendants are away for {name} in {new} alone",
        removed="attendants are away for {name} in every activity in which telephones do not ring",
    ),
    Wording(
        ("*", "absence", "present"),
        changed="while an attendant is there callers for {name} go to {new} instead of {old}",
    ),
    Wording(
        ("*", "connects"), changed="the external attendant {name} may connect callers by keys: {new} instead of {old}"
    ),
    Wording(
        ("*", "extension"),
        changed="the external attendant {name} is dialled as {new} instead of {old}",
        added="the external attendant {name} is dialled as {new}",
        removed="the external attendant {name} can no longer be dialled",
    ),
)
