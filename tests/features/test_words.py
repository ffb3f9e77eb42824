"""The wordings of every room speak of keys that the tenant file has."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.pipeline.describe import describe
from provisioner.pipeline.schema import schema
from provisioner.tenant import FEATURES

SCHEMA = schema("tenant")
WORDINGS = [(each.section, wording.path) for each in FEATURES for wording in each.wordings]


@pytest.mark.parametrize(("section", "path"), WORDINGS, ids=[".".join((each[0], *each[1])) for each in WORDINGS])
def test_wording_is_of_a_key_that_exists(section: str, path: tuple[str, ...]) -> None:
    places = [SCHEMA["properties"][section]]
    for step in path:
        places = [found for place in places for found in below(place, step)]
    assert places


def below(place: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """What the schema says of the nodes one step further in."""
    found = []
    for each in branches(place):
        if step in each.get("properties", {}):
            found.append(each["properties"][step])
        elif step == "*":
            found += each.get("patternProperties", {}).values()
            found += [each[key] for key in ("additionalProperties", "items") if isinstance(each.get(key), dict)]
            found += each.get("properties", {}).values()
    return found


def branches(place: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in place:
        return branches(SCHEMA["$defs"][place["$ref"].rpartition("/")[2]])
    inner = [found for key in ("anyOf", "oneOf", "allOf") for each in place.get(key, []) for found in branches(each)]
    return [place, *inner]


USER = {"name": "Anna Berg", "extension": "101", "plan": "business"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"caller_id": "withheld"}, "calls by anna show withheld"),
        ({"ring_time": "20s"}, {"ring_time": "30s"}, "telephones of anna ring for 30s instead of 20s"),
        (
            {"forwarding": {"busy": "user:bo"}},
            {"forwarding": {"busy": "user:cecilia"}},
            "calls for anna while the line is busy go to user:cecilia instead of user:bo",
        ),
        ({}, {"forwarding": {"busy": "user:bo"}}, "anna forwards calls: busy: user:bo"),
        ({"voicemail": {}}, {}, "the mailbox of anna is gone, with its messages"),
        ({}, {"devices": {"app": {"kind": "softphone"}}}, "anna telephones with app: kind: softphone"),
        (
            {"devices": {"app": {"kind": "softphone"}, "desk": {"kind": "desk"}}},
            {"devices": {"desk": {"kind": "desk"}}},
            "the telephone app of anna can no longer log in",
        ),
        ({"email": "a@acme.example"}, {}, "mail for anna has nowhere to go"),
    ],
)
def test_changes_of_a_user_are_told(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    before, after = ({"users": {"anna": {**USER, **each}}} for each in (old, new))
    assert [each.text for each in describe(before, after)] == [said]


@pytest.mark.row("N1")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"active_from": "2027-02-01"}, "+46850100100 leads here from 2027-02-01 on"),
        ({}, {"blocked": ["+44*"]}, "+46850100100 refuses calls from +44*"),
        ({"blocked": ["+44*"]}, {}, "+46850100100 takes calls from +44* again"),
        ({}, {"recording": {}}, "calls to +46850100100 are recorded, and callers are told so"),
        (
            {},
            {"active_until": "2027-06-30"},
            "the last day of +46850100100 is 2027-06-30: after it callers hear that the number is not in use",
        ),
        ({}, {"withheld": {"ask": "key"}}, "+46850100100 screens callers who withhold their number: ask: key"),
    ],
)
def test_changes_of_a_number_are_told(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    number = {"kind": "main", "destination": "user:anna"}
    before, after = ({"numbers": {"+46850100100": {**number, **each}}} for each in (old, new))
    assert [each.text for each in describe(before, after)] == [said]


@pytest.mark.row("N7")
def test_changes_of_add_ons_are_told_one_by_one() -> None:
    before = {"add_ons": {"fax": {}, "recording": {"count": "2"}}}
    after = {"add_ons": {"recording": {"count": "3"}, "reports": {"active_from": "2027-02-01"}}}
    assert [each.text for each in describe(before, after)] == [
        "the add-on fax is given up",
        "the add-on recording is bought 3 times instead of 2",
        "the add-on reports is bought",
    ]


def test_what_is_lost_comes_first() -> None:
    number = {"kind": "main", "destination": "user:anna"}
    before = {"users": {"anna": USER}, "numbers": {"+46850100100": number}, "voicemail": {}}
    after = {"users": {"anna": {**USER, "name": "Anna Ek"}}, "numbers": {}, "voicemail": {}}
    told = describe(before, after)
    assert [each.text for each in told] == [
        "+46850100100 is given up: its callers hear that the number is not in use",
        "colleagues see “Anna Ek” instead of “Anna Berg” when anna calls",
    ]
    assert [each.dangerous for each in told] == [True, False]
