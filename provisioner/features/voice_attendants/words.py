"""What changes of voice attendants mean for callers."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",), added="a voice attendant {name} exists", removed="the voice attendant {name} is gone", dangerous=True
    ),
    Wording(("*", "prompt"), changed="the voice attendant {name} asks with {new} instead of {old}"),
    Wording(("*", "people"), changed="callers may ask the voice attendant {name} for people: {new} instead of {old}"),
    Wording(
        ("*", "choices", "*"),
        added="the voice attendant {name} understands {key}: {new}",
        removed="the voice attendant {name} no longer understands {key}",
        dangerous=True,
    ),
    Wording(("*", "choices", "*", "says"), changed="the voice attendant {name} understands {new} instead of {old}"),
    Wording(
        ("*", "choices", "*", "destination"),
        changed="who asks the voice attendant {name} is led to {new} instead of {old}",
    ),
    Wording(
        ("*", "keys", "*"),
        changed="key {key} of the voice attendant {name} leads to {new} instead of {old}",
        added="key {key} of the voice attendant {name} leads to {new}",
        removed="key {key} of the voice attendant {name} no longer leads to {old}",
        dangerous=True,
    ),
    Wording(("*", "attempts"), changed="the voice attendant {name} asks at most {new} times instead of {old}"),
    Wording(
        ("*", "confidence"), changed="the voice attendant {name} connects from {new} % of certainty instead of {old} %"
    ),
    Wording(
        ("*", "otherwise"), changed="who is not understood by the voice attendant {name} goes to {new} instead of {old}"
    ),
)
