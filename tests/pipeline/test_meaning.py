"""What is written differently and means the same, what was renamed, and what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provisioner.pipeline import meaning, renames, versions, yaml_reader
from provisioner.tenant import Tenant
from tests.pipeline.test_reach import TENANT, USER, NoFiles

GROUP = {"members": ["user:anna", "user:bo"], "no_answer": "voicemail:info"}
OLD: dict[str, Any] = {
    **TENANT,
    "ring_groups": {"desk": GROUP, "yard": {**GROUP, "strategy": "linear"}},
    "ivr": {"main": {"prompt": "hello", "keys": {"1": "ring_group:desk"}, "exhausted": "voicemail:info"}},
    "prompts": {"hello": {"text": "Hello."}},
    "voicemail": {"info": {"members": ["anna", "bo"]}},
}


def told(**sections: Any) -> list[str]:
    old, new = (versions.understood("acme", each, NoFiles(), None) for each in (OLD, {**OLD, **sections}))
    old, renamed = renames.resolve(old, new, lambda slug, data: versions.understood(slug, data, NoFiles(), None))
    return [each.text for each in meaning.sentences(old, new, renamed)]


def entry(section: str, name: str, **fields: Any) -> dict[str, Any]:
    return {section: {**OLD[section], name: {**OLD[section][name], **fields}}}


@pytest.mark.parametrize(
    "sections",
    [
        entry("ring_groups", "desk", ring_time="20s", strategy="all"),
        entry("ring_groups", "desk", members=["user:bo", "user:anna"]),
        entry("ivr", "main", keys={"1": {"destination": "ring_group:desk"}}, timeout="5", no_input={}),
        entry("voicemail", "info", members=["user:bo", "user:anna"]),
        entry("schedules", "office", weekly={"mon-thu": ["08:00-17:00"], "fri": "08:00-17:00"}),
        {"queues": {}},
        {"users": dict(reversed(OLD["users"].items()))},
    ],
    ids=["defaults", "order of members", "short forms", "bare names", "days", "empty section", "order of entries"],
)
def test_the_same_in_other_words(sections: dict[str, Any]) -> None:
    assert told(**sections) == []


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        (
            entry("ring_groups", "yard", members=["user:bo", "user:anna"]),
            ["the group yard rings user:bo, user:anna instead of user:anna, user:bo"],
        ),
        (entry("ring_groups", "desk", ring_time="21s"), ["ring_time is set to 21s"]),
        (
            entry("schedules", "office", weekly={"mon-thu": "08:00-17:00", "fri": "08:00-16:00"}),
            ["office is open on fri 08:00-16:00 instead of 08:00-17:00"],
        ),
    ],
)
def test_something_else(sections: dict[str, Any], said: list[str]) -> None:
    assert told(**sections) == said


def test_a_thing_under_another_name_takes_its_references_along() -> None:
    groups = {"reception" if name == "desk" else name: each for name, each in OLD["ring_groups"].items()}
    menu = entry("ivr", "main", keys={"1": {"destination": "ring_group:reception"}})
    assert told(ring_groups=groups, **menu) == ["the ring group desk is called reception now"]


def test_a_rename_that_is_noted_keeps_what_users_have() -> None:
    boxes = {"voicemail": {"front": OLD["voicemail"]["info"]}}
    groups = {name: {**each, "no_answer": "voicemail:front"} for name, each in OLD["ring_groups"].items()}
    sections = {**boxes, "ring_groups": groups, **entry("ivr", "main", exhausted="voicemail:front")}
    words = "the shared mailbox info is called front now; "
    assert words + meaning.LEFT_BEHIND in told(**sections)
    noted = {"moved": [{"from": "voicemail:info", "to": "voicemail:front"}]}
    assert words + "messages are kept" in told(**sections, **noted)


def test_of_two_that_are_alike_the_more_alike_is_the_same() -> None:
    groups = {"front": {**GROUP, "strategy": "linear"}, "back": {**GROUP, "ring_time": "30s"}}
    menu = entry("ivr", "main", keys={"1": "ring_group:back"})
    assert told(ring_groups=groups, **menu) == [
        "the ring group yard is called front now",
        "the ring group desk is called back now",
        "ring_time is set to 30s",
    ]


def test_a_user_under_another_name_is_the_same_person_and_takes_her_mailbox_along() -> None:
    users = {
        "anna-berg": {**USER, "name": "Anna", "extension": "101"},
        "bo": {**OLD["users"]["bo"], "forwarding": {"always": "user:anna-berg"}},
    }
    moved = entry("schedules", "office", open="user:anna-berg") | entry(
        "voicemail", "info", members=["anna-berg", "bo"]
    )
    moved["ring_groups"] = {
        name: {**each, "members": ["user:anna-berg", "user:bo"]} for name, each in OLD["ring_groups"].items()
    }
    assert told(users=users, **moved) == [
        f"the user anna is called anna-berg now; {meaning.LEFT_BEHIND}",
    ]


def test_a_successor_is_somebody_else() -> None:
    users = {"eva": {**USER, "name": "Eva", "extension": "101"}, "bo": OLD["users"]["bo"]}
    found = told(users=users)
    assert "the user anna is gone, with telephones and mailbox" in found
    assert any(each.startswith("a user eva exists") for each in found)


def test_a_thing_is_known_again_once_what_it_names_is() -> None:
    menu = {"start": {**OLD["ivr"]["main"], "prompt": "welcome", "keys": {"1": "ring_group:front"}}}
    groups = {"front": GROUP, "yard": OLD["ring_groups"]["yard"]}
    assert told(ivr=menu, ring_groups=groups, prompts={"welcome": {"text": "Hello."}}) == [
        "the prompt hello is called welcome now",
        "the ring group desk is called front now",
        "the menu main is called start now",
    ]


def test_two_that_only_share_a_word_are_two() -> None:
    prompts = {"hello": {"text": "Hello."}, "bye": {"text": "Bye."}}
    old = {**OLD, "prompts": prompts, "announcements": {"hello": {"prompt": "hello", "then": "hangup:normal"}}}
    new = {**OLD, "prompts": prompts, "announcements": {"bye": {"prompt": "bye", "then": "hangup:normal"}}}
    assert not renames.find(*(versions.understood("acme", each, NoFiles(), None) for each in (old, new)))


@pytest.mark.parametrize("file", sorted((Path(__file__).parents[2] / "examples/tenants").glob("*.yaml")), ids=str)
def test_what_is_meant_can_be_written_out(file: Path) -> None:
    data = yaml_reader.read(file.read_text(encoding="utf-8"), file.name).data
    tenant = Tenant.model_validate(data)
    written = tenant.model_dump(mode="json", by_alias=True, warnings="error")
    assert Tenant.model_validate_json(json.dumps(written)).model_dump() == tenant.model_dump()
