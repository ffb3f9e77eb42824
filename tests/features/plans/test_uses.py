"""What a tenant file makes use of by the places where its references stand."""

from __future__ import annotations

import pytest

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope, Use
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.features.plans.uses import uses_of

OUTSIDE = Ref("number", "+46701740640")


def uses(path: Path, ref: Ref = OUTSIDE, *said: Use) -> list[Use]:
    scope = Scope("acme", "Acme", "acme.example", "UTC", "en", "SE", references=((path, ref),), uses=said)
    return list(uses_of(scope))


@pytest.mark.row("N6")
@pytest.mark.parametrize(
    ("path", "used"),
    [
        (("schedules", "opening", "closed"), True),
        (("queues", "support", "overflow", "timeout"), True),
        (("ivr", "main", "exhausted"), True),
        (("ivr", "main", "keys", "1"), False),
        (("ring_groups", "sales", "members", 0), False),
        (("users", "anna", "forwarding", "busy"), False),
        (("numbers", "+46850100100", "destination"), False),
    ],
)
def test_callers_who_go_on_to_a_public_number_are_overflow(path: Path, used: bool) -> None:
    assert uses(path) == ([Use(Capability.EXTERNAL_OVERFLOW, path)] if used else [])
    assert uses(path, Ref("voicemail", "info")) == []


def test_what_a_room_has_said_is_not_counted_twice() -> None:
    said = Use(Capability.EXTERNAL_OVERFLOW, ("queues", "support", "overflow", "timeout"))
    assert uses(said.path, OUTSIDE, said) == [said]
