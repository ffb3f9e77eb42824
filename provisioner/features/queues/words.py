"""What changes of queues mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a queue {name} exists", removed="the queue {name} is gone", dangerous=True),
    Wording(("*", "strategy"), changed="the queue {name} rings its members {new} instead of {old}"),
    Wording(("*", "members"), changed="the queue {name} rings {new} instead of {old}"),
    Wording(("*", "ring_time"), changed="members of the queue {name} ring for {new} instead of {old}"),
    Wording(("*", "wrap_up"), changed="members of the queue {name} rest {new} after a call instead of {old}"),
    Wording(("*", "music"), changed="who waits in the queue {name} hears {new} instead of {old}"),
    Wording(
        ("*", "announce", "prompt"),
        changed="who waits in the queue {name} is told {new} instead of {old}",
        added="who waits in the queue {name} is told {new}",
        removed="who waits in the queue {name} is no longer told {old}",
    ),
    Wording(("*", "announce", "every"), changed="announcements of the queue {name} come every {new} instead of {old}"),
    Wording(("*", "timeout"), changed="callers wait in the queue {name} at most {new} instead of {old}"),
    Wording(("*", "max_waiting"), changed="at most {new} callers wait in the queue {name} instead of {old}"),
    Wording(
        ("*", "overflow", "*"),
        changed="callers leave the queue {name} ({key}) for {new} instead of {old}",
        added="callers leave the queue {name} ({key}) for {new}",
        removed="callers no longer leave the queue {name} ({key}) for {old}",
        dangerous=True,
    ),
)
