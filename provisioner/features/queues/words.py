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
    Wording(
        ("*", "administrators"),
        changed="{new} may log members of the queue {name} in and out, instead of {old}",
        added="{new} may log members of the queue {name} in and out",
        removed="{old} may no longer log members of the queue {name} in and out",
    ),
    Wording(
        ("*", "weight"),
        changed="among queues that share members, {name} has weight {new} instead of {old}",
        added="among queues that share members, {name} has weight {new}",
        removed="among queues that share members, {name} no longer has weight {old}",
    ),
    Wording(
        ("*", "head_starts"),
        changed="callers served before others in the queue {name}: {new} instead of {old}",
        added="some callers of the queue {name} are served before others: {new}",
        removed="callers of the queue {name} are served in the order in which they call",
    ),
    Wording(
        ("*", "whisper"),
        changed="members of the queue {name} hear {new} instead of {old} before a call",
        added="members of the queue {name} hear {new} before a call",
        removed="members of the queue {name} no longer hear {old} before a call",
    ),
    Wording(
        ("*", "announce", "position"),
        changed="the place in the queue {name} is told: {new} instead of {old}",
        added="the place in the queue {name} is told: {new}",
        removed="the place in the queue {name} is no longer told",
    ),
    Wording(
        ("*", "announce", "wait"),
        changed="the expected wait in the queue {name} is told: {new} instead of {old}",
        added="the expected wait in the queue {name} is told: {new}",
        removed="the expected wait in the queue {name} is no longer told",
    ),
    Wording(
        ("*", "announce", "further"),
        changed="who waits in the queue {name} is told {new} in turn, instead of {old}",
        added="who waits in the queue {name} is told {new} in turn",
        removed="who waits in the queue {name} is no longer told {old}",
    ),
    Wording(
        ("*", "recording"),
        added="calls of the queue {name} are recorded",
        removed="calls of the queue {name} are no longer recorded",
    ),
    Wording(
        ("*", "recording", "announcement"),
        changed="callers of the queue {name} are told of the recording by {new} instead of {old}",
        added="callers of the queue {name} are told of the recording by {new}",
        removed="callers of the queue {name} are told of the recording in the platform's words",
    ),
    Wording(
        ("*", "call_back"),
        added="who waits in the queue {name} may be called back: {new}",
        removed="who waits in the queue {name} can no longer be called back",
    ),
    Wording(
        ("*", "call_back", "key"), changed="who waits in the queue {name} is called back by {new} instead of {old}"
    ),
    Wording(
        ("*", "call_back", "abroad"),
        changed="call-backs of the queue {name} may go abroad: {new} instead of {old}",
        added="call-backs of the queue {name} may go abroad: {new}",
        removed="call-backs of the queue {name} no longer go abroad",
    ),
    Wording(
        ("*", "call_back", "wait"),
        changed="the queue {name} keeps the place of who is called back for {new} instead of {old}",
        added="the queue {name} keeps the place of who is called back for {new}",
        removed="the queue {name} keeps the place of who is called back for the usual time",
    ),
    Wording(
        ("*", "call_back", "attempts"),
        changed="who waits for a call-back of the queue {name} is called {new} times at most instead of {old}",
        added="who waits for a call-back of the queue {name} is called {new} times at most",
        removed="who waits for a call-back of the queue {name} is called as many times as usual",
    ),
    Wording(
        ("*", "call_back", "pause"),
        changed="whom the queue {name} did not reach is called again after {new} instead of {old}",
        added="whom the queue {name} did not reach is called again after {new}",
        removed="whom the queue {name} did not reach is called again after the usual time",
    ),
    Wording(
        ("*", "call_back", "notify"),
        changed="of callers whom the queue {name} could not call back are told {new} instead of {old}",
        added="of callers whom the queue {name} could not call back are told {new}",
        removed="of callers whom the queue {name} could not call back nobody is told any more",
    ),
    Wording(
        ("*", "call_back", "notify", "*"),
        changed="of callers whom the queue {name} could not call back are told by {key} {new} instead of {old}",
        added="of callers whom the queue {name} could not call back are told by {key} {new}",
        removed="of callers whom the queue {name} could not call back {old} are no longer told by {key}",
    ),
    Wording(
        ("*", "service_level"),
        changed="calls of the queue {name} shall be answered within {new} instead of {old}",
        added="calls of the queue {name} shall be answered within {new}",
        removed="calls of the queue {name} shall be answered within the usual time",
    ),
)
