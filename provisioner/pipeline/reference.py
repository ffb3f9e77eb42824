"""The fields of the files that people write: where each stands, what it means, who owns it, what may be written.

Read out of the JSON Schema, so that `pbx explain` and the reference pages say what editors say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from provisioner.core.findings import nearest
from provisioner.core.refs import DESTINATION_KINDS

from . import schema, structure

ANY = "NAME"
"""Stands in a field's path where the tenant file has a name of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a document."""

    document: str
    path: tuple[str, ...]
    """Keys from the root; `NAME` for a name of the tenant's own, `[]` for an entry of a list."""
    description: str
    form: str
    """What may be written, in words."""
    required: bool
    default: str
    owner: str
    example: str = ""

    @property
    def name(self) -> str:
        return ".".join(self.path).replace(".[]", "[]")


@cache
def fields() -> tuple[Field, ...]:
    """Every field of every document, in the order of the models."""
    roots = {document: schema.schema(document) for document in schema.DOCUMENTS}
    return tuple(field for name, root in roots.items() for field in _walk(name, root, root, (), frozenset()))


def find(name: str) -> list[Field]:
    """The fields that a person means by `users.anna.extension`, `users.extension` or `extension`."""
    asked = tuple(part for part in name.replace("[]", "").split(".") if part and not part.isdigit())
    exact = [each for each in fields() if _fits(each, asked)]
    return exact or [each for each in fields() if _plain(each)[-len(asked) :] == asked]


def near(name: str) -> str:
    """The field that looks most like `name`, or an empty string."""
    dotted, _, last = name.rpartition(".")
    whole = nearest(name, {".".join(_plain(each)) for each in fields()}) if dotted else ""
    return whole or nearest(last, {_plain(each)[-1] for each in fields() if _plain(each)})


def _fits(field: Field, asked: tuple[str, ...]) -> bool:
    steps = [step for step in field.path if step != "[]"]
    return len(steps) == len(asked) and all(step in (word, ANY) for step, word in zip(steps, asked, strict=True))


def _plain(field: Field) -> tuple[str, ...]:
    return tuple(step for step in field.path if step not in (ANY, "[]"))


def _walk(
    document: str, root: Mapping[str, Any], node: Mapping[str, Any], path: tuple[str, ...], above: frozenset[str]
) -> Iterator[Field]:
    for branch in _branches(node):
        if reference := branch.get("$ref"):
            if reference not in above:
                target = root["$defs"][reference.rpartition("/")[2]]
                yield from _walk(document, root, target, path, above | {reference})
            continue
        for key, child in branch.get("properties", {}).items():
            here = (*path, key)
            yield _field(document, root, child, here, key in branch.get("required", ()))
            yield from _walk(document, root, child, here, above)
        if isinstance(named := branch.get("additionalProperties"), dict):
            yield from _walk(document, root, named, (*path, ANY), above)
        for named in branch.get("patternProperties", {}).values():
            yield from _walk(document, root, named, (*path, ANY), above)
        if isinstance(items := branch.get("items"), dict):
            yield from _walk(document, root, items, (*path, "[]"), above)


def _branches(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The node itself, or what it is one of."""
    for key in ("anyOf", "oneOf", "allOf"):
        if key in node:
            return [branch for each in node[key] for branch in _branches(each)]
    return [node]


def _field(
    document: str, root: Mapping[str, Any], node: Mapping[str, Any], path: tuple[str, ...], required: bool
) -> Field:
    default = node.get("default")
    return Field(
        document=document,
        path=path,
        description=node.get("description", "") or _described(root, node),
        form=_form(root, node),
        required=required,
        default="" if default is None else _shown(default),
        owner=node.get("x-owner", "file"),
        example=_shown(node["examples"][0]) if node.get("examples") else "",
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return str(value)


def _described(root: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """What the thing itself is said to be, where the field says nothing; for a section, what each entry is."""
    for branch in _branches(node):
        if branch.get("description"):
            return str(branch["description"])
        if reference := branch.get("$ref"):
            return str(root["$defs"][reference.rpartition("/")[2]].get("description", ""))
        inner = [branch.get("items"), branch.get("additionalProperties"), *branch.get("patternProperties", {}).values()]
        for each in inner:
            if isinstance(each, dict) and (told := _described(root, each)):
                return told
    return ""


def _form(root: Mapping[str, Any], node: Mapping[str, Any], depth: int = 0) -> str:
    """What may be written, in words."""
    forms: list[str] = []
    for branch in _branches(node):
        if reference := branch.get("$ref"):
            branch = root["$defs"][reference.rpartition("/")[2]]
        if (form := _form_of(root, branch, depth)) and form not in forms:
            forms.append(form)
    return " or ".join(forms)


def _form_of(root: Mapping[str, Any], node: Mapping[str, Any], depth: int) -> str:
    kinds = node.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "boolean" in kinds and "enum" in node:
        return "yes or no"
    if "enum" in node:
        return "one of " + ", ".join(dict.fromkeys(map(str, node["enum"])))
    if "const" in node:
        return str(node["const"])
    if "object" in kinds:
        return "a mapping of names" if "properties" not in node else "a mapping of keys"
    if "array" in kinds:
        inner = _form(root, node.get("items", {}), depth + 1)
        return f"a list of: {inner}" if inner else "a list"
    if "integer" in kinds:
        low, high = node.get("minimum"), node.get("maximum")
        return "a whole number" + (f" from {low} to {high}" if low is not None and high is not None else "")
    if "pattern" in node:
        pattern = node["pattern"]
        if pattern.startswith(f"^({DESTINATION_KINDS[0]}|"):
            return "a destination, kind:name"
        return structure.PATTERNS.get(pattern, f"a text like {pattern}")
    return "" if kinds == {"null"} else "a text" if "string" in kinds else ""
