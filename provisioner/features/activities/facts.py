"""What other rooms may know of activities: what must have been bought, and the phone codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.codes import Claim
from provisioner.core.feature import Files, Scope, Use

from .model import Fields, known


def contribute(section: Mapping[str, Fields] | None, scope: Scope, _: Files) -> Scope:
    if section is None:
        return scope
    off = {name for name, fields in section.items() if fields.off}
    names = {**scope.names, "activity": scope.names.get("activity", frozenset()) - off}
    silent = frozenset(name for name, activity in known(section).items() if not activity.rings)
    uses = (*scope.uses, Use(Capability.ACTIVITIES, ("activities",)))
    return replace(scope, names=names, silent_activities=silent - {"available"}, uses=uses)


def codes(section: Mapping[str, Fields] | None, scope: Scope) -> Iterator[Claim]:
    set_code, record_code = scope.code("activity"), scope.code("activity-message")
    if section is not None:
        yield Claim(set_code, "is available again", ("activities",), "activity")
    taken: set[int | None] = {None}
    for name, activity in known(section).items():
        if activity.number in taken:
            continue  # a number twice is a finding of its own
        taken.add(activity.number)
        path = ("activities", name) if section and name in section else ("activities",)
        title, tail = activity.title_in("en"), f"*{activity.number}"
        if name != "available":
            ends = (tail, f"{tail}*HHMM", f"{tail}*MMDDHHMM")
            yield Claim(set_code, f"is in the activity {title}, until a time if one follows", path, "activity", ends)
            erased = (tail, f"{tail}*0")
            yield Claim(record_code, f"records a message for {title}, or erases it", path, "activity-message", erased)
