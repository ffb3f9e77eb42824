"""How telephones are shown in chat: to whom, when, and what is asked of core nodes. Both ends are lists here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.roles.on_a_machine import load

pytestmark = [pytest.mark.row("C1"), pytest.mark.row("A4")]

phones_in = load("ejabberd/files", "pbx_chat_phones")
CALL = {"show": "dnd", "status": "I samtal"}
GROUPS = [
    {"id": "all", "members": ["anna", "bo", "cecilia"], "sees": ["all", "team-sales"]},
    {"id": "team-sales", "members": ["anna", "dora"], "sees": ["team-sales"]},
]


class Scene:
    def __init__(self, spool: Path, shown: dict[str, Any]) -> None:
        (spool / "acme.json").write_text(json.dumps({"domain": "acme.example", "groups": GROUPS}))
        (spool / "other.json").write_text(json.dumps({"domain": "other.example", "groups": GROUPS}))
        self.sent: list[tuple[str, str, str]] = []
        self.set: list[tuple[str, str, str]] = []
        self.phones = phones_in.Phones(
            phones_in.Tenants(spool), lambda *each: self.sent.append(each), lambda *each: self.set.append(each), shown
        )

    def come(self, account: str, show: str = "", resource: str = "r", domain: str = "acme.example") -> None:
        self.phones.program(domain, account, resource, show)

    def to(self) -> list[tuple[str, bool]]:
        """Who was told since the last question, and whether that somebody is there or gone."""
        told, self.sent[:] = [(to, "unavailable" not in text) for _, to, text in self.sent], []
        return told


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, {})


def test_whoever_has_her_in_the_contact_list_and_is_there_sees_her_telephone(scene: Scene) -> None:
    for each in ("anna", "bo", "dora"):
        scene.come(each)
    scene.come("bo", domain="other.example")
    scene.phones.states("acme", {"cecilia": CALL})
    assert scene.to() == [("anna@acme.example", True), ("bo@acme.example", True)], "limited dora sees her team alone"
    scene.phones.states("acme", {"anna": CALL})
    assert scene.to() == [
        ("bo@acme.example", True),
        ("dora@acme.example", True),
        ("anna@acme.example", False),
        ("bo@acme.example", False),
    ]
    scene.phones.states("acme", {"anna": CALL})
    assert scene.to() == [], "nothing is new"


def test_who_comes_later_is_told_once(scene: Scene) -> None:
    scene.phones.states("acme", {"anna": CALL})
    assert scene.to() == []
    scene.come("bo", resource="desk")
    assert scene.sent == [("anna@acme.example/telephone", "bo@acme.example/desk", phones_in.stanza(CALL))]
    scene.come("bo", "away", resource="desk")
    assert len(scene.sent) == 1
    scene.come("bo", "unavailable", resource="desk")
    scene.phones.states("acme", {})
    assert len(scene.sent) == 1, "she is not there any more"


def test_what_is_over_is_taken_back_after_a_restart(tmp_path: Path) -> None:
    scene = Scene(tmp_path, {"acme": {"anna": CALL}})
    scene.come("bo")
    scene.to()
    scene.phones.states("acme", {})
    assert scene.to() == [("bo@acme.example", False)]


def test_a_status_is_told_where_it_sets_something_and_once(scene: Scene) -> None:
    scene.come("anna", "dnd")
    assert scene.set == [], "the tenant's file says nothing of it"
    scene.phones.settable = {"acme"}
    scene.come("anna", "dnd")
    scene.come("anna", "dnd")
    scene.come("anna", "")
    scene.come("bo", "")
    assert scene.set == [("acme", "anna", "dnd"), ("acme", "anna", "")]
    scene.come("anna", "dnd", resource="desk")
    scene.come("anna", "unavailable", resource="desk")
    assert scene.set[2:] == [("acme", "anna", "dnd"), ("acme", "anna", "")]


def test_what_is_shown_takes_no_messages_and_its_words_are_words() -> None:
    text = phones_in.stanza({"show": "", "status": "<b>&"})
    assert text == "<presence><priority>-1</priority><status>&lt;b&gt;&amp;</status></presence>"
