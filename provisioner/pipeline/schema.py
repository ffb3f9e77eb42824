"""The JSON Schema of the files that people write, for editors and for people who ask what a field means.

Generated from the models, so it cannot say anything else than they do. Editors read plain scalars as YAML does
(`extension: 101` is a number to them), so every text may be a number or a boolean here too; the tool itself reads what
was typed. Each property carries `x-owner`: `file` where an apply sets what the file says, `users` where the file only
seeds what users then live with.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import ModelSchema

from provisioner.core.model import Model
from provisioner.core.refs import DESTINATION_KINDS, REFERS
from provisioner.provider import Provider
from provisioner.tenant import Tenant

DOCUMENTS: Mapping[str, type[BaseModel]] = {"tenant": Tenant, "provider": Provider}
"""What a schema can be asked for → its model."""

DIALECTS: Mapping[str, str] = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft-07": "http://json-schema.org/draft-07/schema#",
}

Json = dict[str, Any]


Names = Callable[[str], Iterable[str]]
"""kind → the names of it that a tenant may use."""


def schema(document: str, dialect: str = "2020-12", names: Names | None = None) -> Json:
    """The schema of one kind of document in one dialect; with `names`, references are those names and no others."""
    model = DOCUMENTS[document]
    made = _each(model.model_json_schema(mode="validation", schema_generator=_Described), _as_editors_read)
    if names:
        made = _each(made, partial(_named, names))
    made["$schema"] = DIALECTS[dialect]
    made["title"] = f"{document} file of pbx"
    for place in (made, *made.get("$defs", {}).values()):
        for each in place.get("properties", {}).values():
            each.setdefault("x-owner", "file")
    if dialect == "draft-07":
        made = _each(made, _as_draft_07)
    return dict(sorted(made.items(), key=lambda item: (item[0] != "$schema", item[0])))


class _Described(GenerateJsonSchema):
    """Lets each property say what stands below its field in the model's source."""

    def model_schema(self, schema: ModelSchema) -> Json:
        model = schema["cls"]
        made = super().model_schema(schema)
        for base in (each for each in model.__mro__ if issubclass(each, Model)):
            for name, text in _docstrings(base).items():
                field = model.model_fields[name]
                if field.description is None:
                    made["properties"][field.alias or name]["description"] = text
        return made


@cache
def _docstrings(model: type[Model]) -> Mapping[str, str]:
    """field → the text below it, for the fields that the class itself adds."""
    (parsed,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(parsed, ast.ClassDef)
    found = {}
    for statement, below in pairwise(parsed.body):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


def _each(node: Any, change: Callable[[Json], Json]) -> Any:
    """The tree with `change` done at every mapping that is itself a schema, the innermost first."""
    if isinstance(node, list):
        return [_each(each, change) for each in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for key, value in node.items():
        if key in ("properties", "$defs", "patternProperties"):
            made[key] = {name: _each(each, change) for name, each in value.items()}
        elif key in ("default", "examples", "const", "enum"):
            made[key] = value
        else:
            made[key] = _each(value, change)
    return change(made)


def _as_editors_read(node: Json) -> Json:
    node = {key: value for key, value in node.items() if key != "discriminator"}  # OpenAPI's word, no schema's
    if isinstance(node.get("title"), str):  # pydantic's echo of the key
        node = {key: value for key, value in node.items() if key != "title"}
    match node:
        case {"const": str(text)}:
            rest = {key: value for key, value in node.items() if key not in ("const", "type")}
            return {**rest, "enum": [text, int(text)]} if text.isdigit() else node
        case {"type": "string"} if "enum" not in node:
            return {**node, "type": ["string", "number", "boolean"]}
        case {"type": "boolean"}:
            return {**node, "type": ["boolean", "string"], "enum": [True, False, "yes", "no", "on", "off"]}
        case {"type": "integer"}:
            return {**node, "type": ["integer", "string"]}
    return node


def _named(names: Names, node: Json) -> Json:
    """A reference as one of the tenant's own names; a public number is any that there is."""
    match node.get(REFERS):
        case None:
            return node
        case "destination":
            known = [f"{kind}:{name}" for kind in DESTINATION_KINDS for name in sorted(names(kind))]
            either = [{"enum": known}, {"type": "string", "pattern": r"^number:\+[1-9][0-9]{6,14}$"}]
            rest = {key: value for key, value in node.items() if key not in ("type", "pattern")}
            return {**rest, "anyOf": either}
        case kind:
            rest = {key: value for key, value in node.items() if key not in ("type", "pattern")}
            known = sorted(names(kind))
            return {**rest, "enum": [*known, *(f"{kind}:{name}" for name in known)]}


def _as_draft_07(node: Json) -> Json:
    made = {{"$defs": "definitions", "prefixItems": "items"}.get(key, key): value for key, value in node.items()}
    if "$ref" in made:
        target = {"$ref": made.pop("$ref").replace("#/$defs/", "#/definitions/")}
        return {**made, "allOf": [target]} if made else target  # draft-07 reads over what stands beside a $ref
    return made
