"""Structure: every mistake once, at its place, in the words of the file; the rest goes on."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.pipeline import structure
from provisioner.pipeline.validate import STAND_INS
from provisioner.tenant import Tenant

HEAD = {**STAND_INS, "name": "Acme", "domain": "acme.example"}
GROUP = {"members": ["user:anna"], "no_answer": "voicemail:info"}


def found(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    _, findings = structure.validate(Tenant, data, STAND_INS)
    return [(each.rule.code, each.path, each.message, each.nearest) for each in findings]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ring_groups": {"a": GROUP}}, []),
        (
            {"ring_groups": {"a": {**GROUP, "ring_tim": "5s"}}},
            [("S001", ("ring_groups", "a", "ring_tim"), "unknown key 'ring_tim'", "ring_time")],
        ),
        (
            {"ring_groups": {"a": {"members": ["user:anna"]}}},
            [("S002", ("ring_groups", "a"), "'no_answer' is missing", "")],
        ),
        (
            {"ring_groups": {"a": {**GROUP, "strategy": "al"}}},
            [("S003", ("ring_groups", "a", "strategy"), "'al' stands here", "all")],
        ),
        (
            {"ring_groups": {"a": {**GROUP, "members": ["anna"]}}},
            [("S003", ("ring_groups", "a", "members", 0), "'anna' is no destination", "")],
        ),
        (
            {"ring_groups": {"a": {**GROUP, "no_answer": {"user": "anna"}}}},
            [("S003", ("ring_groups", "a", "no_answer"), "a mapping stands here", "")],
        ),
        ({"country": "se"}, [("S003", ("country",), "'se' stands here", "")]),
        ({"ring_groups": []}, [("S003", ("ring_groups",), "a list stands here", "")]),
        ({"ring_groups": {"a": None}}, [("S003", ("ring_groups", "a"), "nothing stands here", "")]),
    ],
)
def test_each_mistake_once(change: dict[str, Any], expected: list[Any]) -> None:
    assert found({**HEAD, **change}) == expected


def test_a_wrong_entry_does_not_hide_the_others() -> None:
    data = {**HEAD, "time_zone": "Europe/Stokholm", "ring_groups": {"a": {}, "b": GROUP, "c": {**GROUP, "x": "1"}}}
    tenant, findings = structure.validate(Tenant, data, STAND_INS)
    assert tenant is not None
    assert list(tenant.ring_groups) == ["b"]
    assert [each.path[:2] for each in findings] == [
        ("time_zone",),
        ("ring_groups", "a"),
        ("ring_groups", "a"),
        ("ring_groups", "c"),
    ]
