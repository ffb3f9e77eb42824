"""What is generated is as committed, names every command, rule and field, and the schemas take the examples."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from provisioner.cli import main
from provisioner.pipeline import reference, rulebook, schema

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_reference  # noqa: E402

PAGES = make_reference.pages()


@pytest.mark.parametrize("path", PAGES)
def test_is_as_committed(path: str) -> None:
    file = ROOT / path
    assert file.is_file(), "run make reference"
    assert file.read_text(encoding="utf-8") == PAGES[path], "run make reference"


def test_every_command_rule_and_field_has_its_place() -> None:
    assert all(f"## pbx {name}\n" in PAGES["docs/reference/commands.md"] for name in main.COMMANDS)
    assert all(f"### {code} " in PAGES["docs/reference/rules.md"] for code in rulebook.rules())
    assert all(f"`{field.name}`" in PAGES["docs/reference/fields.md"] for field in reference.fields())


def test_every_environment_twin_begins_alike() -> None:
    twins = re.findall(r"^\|[^|]*\| `([A-Z_]+)` \|", PAGES["docs/reference/commands.md"], re.MULTILINE)
    assert twins
    assert all(twin.startswith("PBX_") for twin in twins)


class AsEditors(yaml.SafeLoader):
    """Reads as an editor's YAML 1.2 does: dates and yes/no stay texts, whole numbers are numbers."""


AsEditors.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("timestamp", "bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
AsEditors.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))

FILES = [(ROOT / "examples/provider.yaml", "provider")]
FILES += [(file, "tenant") for file in sorted((ROOT / "examples/tenants").glob("*.yaml"))]


@pytest.mark.parametrize("dialect", schema.DIALECTS)
@pytest.mark.parametrize(("file", "document"), FILES, ids=lambda each: getattr(each, "stem", ""))
def test_examples_are_valid_for_editors(file: Path, document: str, dialect: str) -> None:
    check(document, dialect, yaml.load(file.read_text(encoding="utf-8"), AsEditors))


def check(document: str, dialect: str, data: Any) -> None:
    suffix = "" if dialect == "2020-12" else f".{dialect}"
    made = json.loads((ROOT / f"schemas/{document}{suffix}.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(made)
    assert kind.META_SCHEMA["$schema"].rstrip("#") == schema.DIALECTS[dialect].rstrip("#")
    kind.check_schema(made)
    kind(made).validate(data)


@pytest.mark.parametrize("dialect", schema.DIALECTS)
def test_editors_mark_an_unknown_key(dialect: str) -> None:
    data = yaml.load((ROOT / "examples/tenants/kiosken.yaml").read_text(encoding="utf-8"), AsEditors)
    with pytest.raises(jsonschema.ValidationError, match="nmae"):
        check("tenant", dialect, {**data, "nmae": "x"})


@pytest.mark.parametrize("field", reference.fields(), ids=lambda each: f"{each.document}:{each.name}")
def test_every_field_says_what_it_is(field: reference.Field) -> None:
    assert field.description
    assert field.form
