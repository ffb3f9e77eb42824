"""Whom commands mean that lead a conference."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.core.errors import UsageError
from provisioner.core.ports.conferences import EVERY_MEMBER, Held, Participant
from provisioner.pipeline.conferring import called, calls_of, find, handle_of
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import Specification, validate

pytestmark = pytest.mark.row("C11")

TENANT = "nordverk"
GUEST, WITHHELD = Participant("c", "+46701740605"), Participant("d", "", waits=True)
HELD = Held("project", False, (Participant("a", "102", leads=True), Participant("b", "101"), GUEST, WITHHELD))


@pytest.fixture(scope="module")
def specification() -> Specification:
    return validate(load(Path(__file__).parents[2] / "examples"))


def test_people_are_called_by_their_names(specification: Specification) -> None:
    scope = specification.scopes[TENANT]
    assert [called(scope, each) for each in HELD.participants] == ["frida", "erik", "+46701740605", "withheld"]
    assert called(scope, Participant("e", "910")) == "910", "an extension of no user"


@pytest.mark.parametrize(
    ("who", "calls"),
    [("erik", ("b",)), ("101", ("b",)), ("+46701740605", ("c",)), ("withheld", ("d",)), ("members", (EVERY_MEMBER,))],
)
def test_who_is_meant(who: str, calls: tuple[str, ...], specification: Specification) -> None:
    assert calls_of(HELD, who, specification.scopes[TENANT]) == calls


def test_the_same_number_twice_is_both(specification: Specification) -> None:
    twice = Held("project", False, (GUEST, Participant("e", GUEST.number)))
    assert calls_of(twice, GUEST.number, specification.scopes[TENANT]) == ("c", "e")


@pytest.mark.parametrize(
    ("who", "hint"),
    [("eirk", "did you mean erik?"), ("zz9", "there are: frida, erik, +46701740605, withheld; members means all but")],
)
def test_who_is_not_there_is_told(who: str, hint: str, specification: Specification) -> None:
    with pytest.raises(UsageError, match=f"{who!r} is not in the conference project") as told:
        calls_of(HELD, who, specification.scopes[TENANT])
    assert hint in str(told.value.remedy)


def test_conferences_and_their_pins(specification: Specification) -> None:
    assert find(specification, TENANT, "conference:project") is find(specification, TENANT, "project")
    with pytest.raises(UsageError, match="nordverk has no conference 'board'"):
        find(specification, TENANT, "board")
    with pytest.raises(UsageError, match="the conference stand-up of nordverk asks for no PIN"):
        handle_of(specification, TENANT, "stand-up", leaders=True)
