"""When the kernel's firewall counts as another one than the file's."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.roles.on_a_machine import load

rules = load("base/library", "pbx_firewall").rules

TABLE: dict[str, Any] = {
    "nftables": [
        {"metainfo": {"version": "1.1.3"}},
        {"table": {"family": "inet", "name": "pbx", "handle": 4}},
        {"chain": {"family": "inet", "table": "pbx", "name": "input", "handle": 1, "policy": "drop"}},
        {
            "rule": {
                "chain": "input",
                "handle": 3,
                "expr": [{"counter": {"packets": 7, "bytes": 420}}, {"accept": None}],
            }
        },
    ]
}


def changed(*way: Any, value: Any) -> str:
    table = copy.deepcopy(TABLE)
    here: Any = table["nftables"]
    for step in way[:-1]:
        here = here[step]
    here[way[-1]] = value
    return json.dumps(table)


@pytest.mark.parametrize(
    "told",
    [
        changed(0, "metainfo", "version", value="1.1.4"),
        changed(1, "table", "handle", value=9),
        changed(3, "rule", "expr", 0, "counter", "packets", value=0),
    ],
)
def test_what_differs_from_one_loading_to_the_next_is_no_difference(told: str) -> None:
    assert rules(told) == rules(json.dumps(TABLE))


@pytest.mark.parametrize(
    "told",
    [
        changed(2, "chain", "policy", value="accept"),
        changed(3, "rule", "expr", 1, value={"drop": None}),
        json.dumps({"nftables": TABLE["nftables"][:3]}),
        json.dumps({"nftables": [*TABLE["nftables"], TABLE["nftables"][3]]}),
    ],
)
def test_a_rule_more_or_less_or_otherwise_is_one(told: str) -> None:
    assert rules(told) != rules(json.dumps(TABLE))
