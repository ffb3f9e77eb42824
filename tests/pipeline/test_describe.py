"""Changes in words: losses first, what rooms know in their words, everything else plainly."""

from __future__ import annotations

from typing import Any

from provisioner.pipeline.describe import describe
from provisioner.tenant import FEATURES

GROUP = {"members": ["user:anna"], "ring_time": "20s", "no_answer": "voicemail:info"}
OLD: dict[str, Any] = {"name": "Acme", "domain": "acme.example", "ring_groups": {"desk": GROUP, "yard": GROUP}}


def test_losses_come_first_and_order_of_the_file_else() -> None:
    new = {**OLD, "name": "Acme AB", "ring_groups": {"desk": {**GROUP, "ring_time": "30s"}}}
    found = [(each.sign, each.place, each.dangerous) for each in describe(OLD, new)]
    assert found == [("-", "ring_groups.yard", True), ("~", "name", False), ("~", "ring_groups.desk.ring_time", False)]


def test_rooms_words_and_plain_ones() -> None:
    new = {**OLD, "domain": "acme.test", "ring_groups": {**OLD["ring_groups"], "desk": {**GROUP, "ring_time": "30s"}}}
    texts = [each.text for each in describe(OLD, new)]
    assert texts == ["domain changes: acme.example → acme.test", "the group desk rings for 30s instead of 20s"]


def test_a_tenant_that_comes_or_goes_is_one_sentence() -> None:
    (came,), (went,) = describe(None, OLD), describe(OLD, None)
    assert came.text == "Acme is a new tenant: 2 ring groups"
    assert not came.dangerous
    assert "taken away: 2 ring groups" in went.text
    assert went.dangerous


def test_what_a_tenant_holds_is_said_in_words_of_people() -> None:
    held = {"name": "Acme", "directories": {"all": {}}, "ivr": {"main": {}, "sub": {}}, "parking": {"slots": 3}}
    (came,) = describe(None, held)
    assert came.text == "Acme is a new tenant: 2 menus, 1 directory"


def test_every_room_that_defines_things_says_what_they_are_called() -> None:
    assert [feature.section for feature in FEATURES if feature.kind and not feature.nouns] == []


def test_nothing_changed_is_nothing_said() -> None:
    assert describe(OLD, dict(reversed(OLD.items()))) == []
