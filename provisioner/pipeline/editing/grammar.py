"""Grammar: what the schema lets stand at a place of a document, key by key. The same schema that editors can fetch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from provisioner.core.refs import DESTINATION, REFERS, Ref
from provisioner.core.source import Path
from provisioner.pipeline import schema

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may stand in a mapping."""

    name: str
    description: str
    required: bool
    nested: bool
    """Whether a mapping or a list stands below it."""


@cache
def root(document: str) -> Json:
    """The schema of a kind of document; made once, because it means reading the models' source."""
    return schema.schema(document)


def at(document: str, path: Path) -> list[Json]:
    """The schemas, references followed, of which one holds for the node at the path; none where nothing may stand."""
    whole = root(document)
    nodes = list(_branches(whole, whole))
    for step in path:
        nodes = [inner for node in nodes for child in _inside(node, step) for inner in _branches(whole, child)]
    return nodes


def keys(document: str, nodes: Iterable[Json]) -> list[Key]:
    """The keys of a mapping, in the order of the model, those that must stand first."""
    whole = root(document)
    found: dict[str, Key] = {}
    for node in nodes:
        for name, child in node.get("properties", {}).items():
            inner = list(_branches(whole, child))
            nested = any(each.get("type") in ("object", "array") for each in inner)
            told = child.get("description") or next(
                (each["description"] for each in inner if "description" in each), ""
            )
            found.setdefault(name, Key(name, told, name in node.get("required", ()), nested))
    return sorted(found.values(), key=lambda each: not each.required)


def values(nodes: Iterable[Json]) -> list[str]:
    """The words of which one may stand at a node, as people write them."""
    found: dict[str, None] = {}
    for node in nodes:
        if "enum" in node and "boolean" in node.get("type", ()):
            found |= dict.fromkeys(("yes", "no"))
        elif "enum" in node:
            found |= dict.fromkeys(each for each in node["enum"] if isinstance(each, str))
        elif isinstance(node.get("const"), str):
            found[node["const"]] = None
    return list(found)


def refers(nodes: Iterable[Json]) -> frozenset[str]:
    """The kinds of things that a text at a node may name; `destination` where it says its kind itself."""
    return frozenset(str(node[REFERS]) for node in nodes if REFERS in node)


def reference(document: str, path: Path, text: str) -> Ref | None:
    """What the text at the path names, or None where it names nothing."""
    kinds = refers(at(document, path))
    kind, colon, name = text.partition(":")
    if DESTINATION in kinds and colon and name:
        return Ref(kind, name)
    for each in sorted(kinds - {DESTINATION}):
        return Ref(each, name if colon and kind == each else text)
    return None


def _branches(whole: Json, node: Json) -> Iterator[Json]:
    """The node itself, or what it is one of; references followed."""
    if target := node.get("$ref"):
        yield from _branches(whole, whole["$defs"][target.rpartition("/")[2]])
        return
    inner = [each for key in ("anyOf", "oneOf", "allOf") for each in node.get(key, ())]
    if not inner:
        yield node
    for each in inner:
        yield from _branches(whole, each)


def _inside(node: Json, step: str | int) -> Iterator[Json]:
    """The schemas of what stands below a key or index."""
    if isinstance(step, int):
        if isinstance(items := node.get("items"), dict):
            yield items
    elif step in node.get("properties", {}):
        yield node["properties"][step]
    else:
        yield from node.get("patternProperties", {}).values()
        if isinstance(named := node.get("additionalProperties"), dict):
            yield named
