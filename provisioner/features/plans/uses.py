"""Everything of the catalogue that a tenant file makes use of: what rooms say, and what sections say by being there."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope, Use

SECTIONS = {
    "announcement": "announcements", "ivr": "ivr", "queue": "queues", "ring_group": "ring_groups",
    "schedule": "schedules", "voice_attendant": "voice_attendants",
}  # fmt: skip
"""Kinds whose mere presence makes use of the capability of that name."""

ONWARD = frozenset(("schedules", "ivr", "queues", "ring_groups", "announcements", "voicemail"))
"""Sections from which callers go on to a public number when nobody answers or the place is closed."""


def uses_of(scope: Scope) -> Iterator[Use]:
    yield from scope.uses
    said = set(scope.uses)
    for kind, section in SECTIONS.items():
        if scope.names.get(kind):
            yield Use(Capability(kind), (section,))
    for path, ref in scope.references:
        if ref.kind == "number" and path[0] in ONWARD and not {"members", "keys"} & set(path[2:]):
            use = Use(Capability.EXTERNAL_OVERFLOW, path)
            if use not in said:  # a room that knows better has said it already
                yield use
