"""What changes of ring groups mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="a ring group {name} exists: {new}",
        removed="the ring group {name} is gone",
        dangerous=True,
    ),
    Wording(("*", "members"), changed="the group {name} rings {new} instead of {old}"),
    Wording(("*", "ring_time"), changed="the group {name} rings for {new} instead of {old}"),
    Wording(("*", "strategy"), changed="the group {name} rings its members {new} instead of {old}"),
    Wording(("*", "skip_busy"), changed="users on a call are passed over by the group {name}: {new} instead of {old}"),
    Wording(("*", "no_answer"), changed="callers that the group {name} does not answer go to {new} instead of {old}"),
    Wording(
        ("*", "administrators"),
        changed="{new} may log members of the group {name} in and out, instead of {old}",
        added="{new} may log members of the group {name} in and out",
        removed="{old} may no longer log members of the group {name} in and out",
    ),
    Wording(
        ("*", "empty"),
        changed="callers of the group {name} go to {new} instead of {old} while nobody is logged in",
        added="callers of the group {name} go to {new} while nobody is logged in",
        removed="callers of the group {name} no longer go to {old} while nobody is logged in",
    ),
)
