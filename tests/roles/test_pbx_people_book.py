"""The contact book that users' programs search: order, what is found by what, and what is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioner.targets.asterisk import people

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_people import book
from pbx_people.refused import Refused

pytestmark = pytest.mark.row("U11", "U12")

FACTS = (
    people.House("acme.example", "Europe/Stockholm", "sv"),
    people.Person("anna", "Anna Berg", "101", favourites=("user:cecilia", "contact:pia")),
    people.Person("bo", "Bo Ek", "102"),
    people.Person("cecilia", "Cecilia Dahl", "103"),
    people.Contact("akeri", "Åkeriet", numbers=("+46850100300",), note="Ring före tolv {{secret:x}}."),
    people.Contact("frakt", "Nordisk Frakt", numbers=("+46850100200", "+46701740605")),
    people.Contact("pia", "Pia Lund", "Frakt & Åkeri", ("+46701740678",), "pia.lund@frakt.example"),
)


@pytest.fixture
def tenant() -> dict[str, Any]:
    file = people.write(FACTS)
    assert file
    found: dict[str, Any] = json.loads(people.with_ha1(file.text, lambda _: "never asked"))
    return found


def found(tenant: dict[str, Any], query: str = "", user: str = "anna") -> list[str]:
    return [each["contact"] for each in book.found(tenant, user, query, lambda name: {"user": name})["contacts"]]


def test_colleagues_come_first_and_favourites_before_the_others_of_both(tenant: dict[str, Any]) -> None:
    everybody = ["user:cecilia", "user:anna", "user:bo", "contact:pia", "contact:frakt", "contact:akeri"]
    assert found(tenant) == everybody
    assert found(tenant, user="bo")[:3] == ["user:anna", "user:bo", "user:cecilia"]
    listed = book.found(tenant, "anna", "", lambda name: {"user": name})
    assert listed["contacts"][0] == {"contact": "user:cecilia", "favourite": True, "user": "cecilia"}
    assert listed["contacts"][3] == {
        **{"contact": "contact:pia", "favourite": True, "name": "Pia Lund", "company": "Frakt & Åkeri"},
        **{"numbers": ["+46701740678"], "email": "pia.lund@frakt.example", "note": ""},
    }
    assert listed["more"] is False


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("q=ek", ["user:bo"]),
        ("q=b+e", ["user:bo"]),
        ("q=berg", ["user:anna"]),
        ("q=103", ["user:cecilia"]),
        ("q=%C3%A5KERI", ["contact:pia", "contact:akeri"]),
        ("q=frakt", ["contact:pia", "contact:frakt"]),
        ("q=frakt+nord", ["contact:frakt"]),
        ("q=pia.lund@frakt.example", ["contact:pia"]),
        ("q=lund", ["contact:pia"]),
        ("q=tolv", ["contact:akeri"]),
        ("q=070-174+06+05", ["contact:frakt"]),
        ("q=%2B4685010", ["contact:frakt", "contact:akeri"]),
        ("q=rakt", []),
        ("q=xyz", []),
    ],
)
def test_every_word_is_looked_for_in_every_field(tenant: dict[str, Any], query: str, what: list[str]) -> None:
    assert found(tenant, query) == what


def test_an_answer_says_that_there_are_more(tenant: dict[str, Any]) -> None:
    for limit, more in (("5", True), ("6", False)):
        listed = book.found(tenant, "anna", f"limit={limit}", lambda name: {"user": name})
        assert (len(listed["contacts"]), listed["more"]) == (int(limit), more)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", f"q={'a' * 101}", "&".join(["a=b"] * 11)])
def test_wishes_beyond_measure_are_refused(tenant: dict[str, Any], query: str) -> None:
    with pytest.raises(Refused):
        book.found(tenant, "anna", query, lambda name: {"user": name})


def test_a_tenant_without_contacts_has_a_book_of_colleagues(tenant: dict[str, Any]) -> None:
    del tenant["contacts"]
    assert found(tenant, "q=e") == ["user:bo"]
    assert book.names(tenant) == {"101": "Anna Berg", "102": "Bo Ek", "103": "Cecilia Dahl"}


def test_numbers_have_names(tenant: dict[str, Any]) -> None:
    assert book.names(tenant)["+46701740605"] == "Nordisk Frakt"
    assert book.names(tenant)["102"] == "Bo Ek"
