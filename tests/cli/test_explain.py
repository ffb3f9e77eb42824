"""Every code and every field has a page; what is written about a field is what the schema says."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import BaseModel, ValidationError

from provisioner.cli import main
from provisioner.pipeline import reference, rulebook, schema


@pytest.mark.parametrize("code", rulebook.rules())
def test_every_rule_has_a_page(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    rule = rulebook.rules()[code]
    assert re.fullmatch(r"[A-Z]\d{3}", code)
    assert main.run(["explain", code.lower()]) == 0
    page = capsys.readouterr().out
    assert all(part in page for part in (code, rule.title, rule.why, rule.remedy))
    assert rule.bad.splitlines()[0] in page


@pytest.mark.parametrize("field", reference.fields(), ids=lambda each: f"{each.document}:{each.name}")
def test_every_field_is_found_by_its_own_name(field: reference.Field) -> None:
    assert field in reference.find(field.name)
    assert field.owner in ("file", "users")


@pytest.mark.parametrize("asked", ["ring_groups.NAME.ring_time", "ring_groups.desk.ring_time", "ring_groups.ring_time"])
def test_fields_are_found_as_people_write_them(asked: str) -> None:
    assert [each.name for each in reference.find(asked)] == ["ring_groups.NAME.ring_time"]


def test_page_of_a_field_says_form_default_and_owner(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["explain", "ring_groups.ring_time"]) == 0
    page = capsys.readouterr().out
    assert "form: a duration such as 20s, 5m or 1h" in page
    assert "default: 20" in page
    assert "owner: the file" in page


def test_unknown_name_is_a_usage_error_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["explain", "ring_tyme"]) == 64
    assert "ring_time?" in capsys.readouterr().err


@pytest.mark.parametrize("dialect", schema.DIALECTS)
@pytest.mark.parametrize("document", schema.DOCUMENTS)
def test_schema_is_whole_in_both_dialects(document: str, dialect: str) -> None:
    made = schema.schema(document, dialect)
    text = json.dumps(made)
    definitions = "definitions" if dialect == "draft-07" else "$defs"
    assert made["$schema"] == schema.DIALECTS[dialect]
    assert set(re.findall(r'"\$ref": "#/([^"]+)"', text)) <= {f"{definitions}/{n}" for n in made[definitions]}
    assert ("$defs" in text) is (dialect == "2020-12")


def test_schema_takes_numbers_as_editors_read_them() -> None:
    properties = schema.schema("tenant")["properties"]
    assert properties["version"]["enum"] == ["1", 1]
    assert "number" in properties["name"]["type"]


@pytest.mark.parametrize("model", schema.DOCUMENTS.values())
def test_schema_names_the_fields_that_the_model_requires(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({})
    missing = {each["loc"][0] for each in refused.value.errors() if each["type"] == "missing"}
    document = next(name for name, each in schema.DOCUMENTS.items() if each is model)
    assert missing == set(schema.schema(document)["required"])
