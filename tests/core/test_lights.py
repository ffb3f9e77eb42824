"""Names of lights: one for each, whatever slugs and names look like, and none that Asterisk would cut off."""

from __future__ import annotations

import itertools
import re

import pytest

from provisioner.core import lights
from provisioner.core.refs import NAME_PATTERN, Ref

LONG = "a" * 40


def names(slug: str, name: str, member: str) -> list[str]:
    members = (lights.of_member(slug, Ref(kind, name), member) for kind in ("queue", "ring_group"))
    return [*lights.of_switch(slug, name), lights.of_mailbox(slug, name), *members]


def test_what_they_look_like() -> None:
    assert names("a-b", "child-care", "anna-lisa") == [
        "a_b.switch.child_care",
        "a_b.switch_open.child_care",
        "a_b.switch_closed.child_care",
        "a_b.voicemail.child_care",
        "a_b.queue.child_care.anna_lisa",
        "a_b.ring_group.child_care.anna_lisa",
    ]


def test_no_slug_or_name_holds_what_parts_or_stands_for_a_hyphen() -> None:
    assert not re.match(NAME_PATTERN, "a_b")
    assert not re.match(NAME_PATTERN, "a.b")
    assert not re.match(NAME_PATTERN, "_a")


def test_none_is_anothers_in_asterisk() -> None:
    alike = ("ab", "a-b", "a-b-", LONG, f"{LONG[:-2]}-a", f"{LONG[:-1]}b")
    made = [each for parts in itertools.product(alike, alike, alike) for each in names(*parts)]
    once = {name for slug, name in itertools.product(alike, alike) for name in names(slug, name, "x")[:4]}
    members = [each for parts in itertools.product(alike, alike, alike) for each in names(*parts)[4:]]
    assert len(once) == 4 * len(alike) ** 2
    assert len(set(members)) == len(members)
    assert len({each.replace("-", "") for each in made}) == len(set(made)), "Asterisk reads over hyphens"


@pytest.mark.parametrize("slug", ["k", LONG])
def test_none_is_cut_off_and_each_is_told_from_a_line(slug: str) -> None:
    for each in names(slug, LONG, LONG):
        assert len(each) <= lights.LONGEST
        assert each.count(".") >= 2
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", each)


@pytest.mark.parametrize(("length", "written_out"), [(79, True), (80, False)])
def test_only_what_is_too_long_is_cut_to_a_digest(length: int, written_out: bool) -> None:
    name = "b" * (length - len(f"{LONG}.voicemail."))
    assert (lights.of_mailbox(LONG, name) == f"{LONG}.voicemail.{name}") is written_out
