"""`pbx schema`: of a tenant, references are its own names and nobody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provisioner.cli import main
from provisioner.pipeline.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main.run(["schema", "--folder", str(EXAMPLES), *words]) == 0
    return json.loads(capsys.readouterr().out)


def wrong(schema: Any, data: Any) -> list[list[Any]]:
    return [list(each.path) for each in jsonschema.validators.validator_for(schema)(schema).iter_errors(data)]


@pytest.mark.parametrize("dialect", ["2020-12", "draft-07"])
def test_the_names_are_the_tenants_own(capsys: pytest.CaptureFixture[str], dialect: str) -> None:
    schema = printed(capsys, "solglantan", "--dialect", dialect)
    (document,) = load(EXAMPLES, frozenset(("solglantan",))).tenants
    data = document.data
    assert wrong(schema, data) == []
    group = data["ring_groups"]["reception"]
    for value, fits in [
        ("user:anna", True),
        ("voicemail:anna", True),
        ("number:+46850100100", True),
        ("hangup:busy", True),
        ("user:ana", False),
        ("number:112", False),
    ]:
        changed = {**data, "ring_groups": {"reception": {**group, "no_answer": value}}}
        assert (wrong(schema, changed) == []) is fits, value


def test_plans_and_sites_are_narrowed_too(capsys: pytest.CaptureFixture[str]) -> None:
    schema = printed(capsys, "solglantan")
    (document,) = load(EXAMPLES, frozenset(("solglantan",))).tenants
    anna = document.data["users"]["anna"]
    changed = {**document.data, "users": {"anna": {**anna, "plan": "gold"}, "bo": {**anna, "site": "site:main"}}}
    assert wrong(schema, changed) == [["users", "anna", "plan"]]


@pytest.mark.parametrize(
    ("words", "told"),
    [(["solglanta"], "did you mean 'solglantan'?"), (["solglantan", "--for", "provider"], "say --for tenant")],
)
def test_what_cannot_be_described(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert main.run(["schema", "--folder", str(EXAMPLES), *words]) == 64
    assert told in capsys.readouterr().err
