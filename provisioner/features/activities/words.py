"""What changes of activities mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        changed="the activity {name} is {new} instead of {old}",
        added="the activity {name} is there, or changed from the usual: {new}",
        removed="the activity {name} is as usual, or gone: {old}",
    ),
    Wording(
        ("*", "destination"),
        changed="callers of users in the activity {name} go to {new} instead of {old}",
        added="callers of users in the activity {name} go to {new}",
        removed="callers of users in the activity {name} go on as if nobody answered, instead of to {old}",
    ),
    Wording(
        ("*", "said"),
        changed="callers of users in the activity {name} hear {new} instead of {old}",
        added="callers of users in the activity {name} hear {new}",
        removed="callers of users in the activity {name} hear the usual words",
    ),
    Wording(
        ("*", "prompt"),
        changed="callers of users in the activity {name} hear the prompt {new} instead of {old}",
        added="callers of users in the activity {name} hear the prompt {new}",
        removed="callers of users in the activity {name} hear the usual words instead of the prompt {old}",
    ),
    Wording(
        ("*", "rings"),
        changed="telephones of users in the activity {name} ring: {new} instead of {old}",
        added="telephones of users in the activity {name} ring: {new}",
        removed="telephones of users in the activity {name} ring as usual instead of {old}",
    ),
    Wording(
        ("*", "number"),
        changed="the activity {name} is dialled as {new} instead of {old}",
        added="the activity {name} is dialled as {new}",
        removed="the activity {name} is dialled as usual",
    ),
    Wording(
        ("*", "title"),
        changed="colleagues see the activity {name} as {new} instead of {old}",
        added="colleagues see the activity {name} as {new}",
        removed="colleagues see the activity {name} by its usual title",
    ),
    Wording(
        ("*", "tells_end"),
        changed="callers of users in the activity {name} hear when they are back: {new} instead of {old}",
        added="callers of users in the activity {name} hear when they are back: {new}",
        removed="callers of users in the activity {name} hear when they are back",
    ),
)
