"""docs/users.openapi.yaml says what the service of users' programs does."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))

from pbx_calls import gather, log

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.row("U13", "U3")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docs/users.openapi.yaml").read_text(encoding="utf-8"))
    return found


def test_results_and_kinds_are_those_of_the_program(document: dict[str, Any]) -> None:
    results = {value for name, value in vars(gather).items() if name.isupper() and isinstance(value, str)}
    call = document["components"]["schemas"]["Call"]
    assert set(call["properties"]["result"]["enum"]) == results | {log.ELSEWHERE}
    assert {*call["required"], "call", "user"} == set(log.COLUMNS)
    kinds = document["paths"]["/v1/tenants/{tenant}/users/{user}/calls"]["get"]["parameters"][0]["schema"]["enum"]
    assert kinds == list(log.KINDS)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = (ROOT / "docs/users.openapi.yaml").read_text(encoding="utf-8")
    for path in set(re.findall(r'"#/([^"]+)"', text)):
        found: Any = document
        for key in path.split("/"):
            found = found[key]


def test_every_place_names_what_its_address_holds(document: dict[str, Any]) -> None:
    for path, place in document["paths"].items():
        named = [each["$ref"].rpartition("/")[2] for each in place["parameters"]]
        assert named == re.findall(r"\{(\w+)\}", path)
