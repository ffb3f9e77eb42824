"""Structure: the plain data of a document against a pydantic model, every mistake reported once, at its place.

An entry that is wrong is set aside and the rest goes on, so that one run shows the mistakes of all sections. Messages
of pydantic are reworded for people who write tenant files.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.source import Path, shown

S001 = Rule(
    code="S001",
    title="Unknown key",
    why="A key that nobody reads is a wish that nobody hears: the caller gets the default instead.",
    remedy="Use one of the keys that the schema knows; `pbx explain FIELD` lists them.",
    bad="users:\n  anna: {extention: 101}",
    good="users:\n  anna: {extension: 101}",
)
S002 = Rule(
    code="S002",
    title="Missing key",
    why="Without it the meaning of the entry is open, and no default would be safe.",
    remedy="Add the key.",
    bad="ring_groups:\n  desk: {members: [user:anna]}",
    good="ring_groups:\n  desk: {members: [user:anna], no_answer: voicemail:info}",
)
S003 = Rule(
    code="S003",
    title="Value of the wrong form",
    why="The value cannot mean what the key says.",
    remedy="Write the value in the form that is named.",
    bad="ring_time: soon",
    good="ring_time: 20s",
)
RULES = (S001, S002, S003)

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], data: Mapping[str, Any], stand_ins: Mapping[str, Any]) -> tuple[M | None, list[Finding]]:
    """Validates entry by entry.

    Returns the model holding every entry that is right, and the findings. Where a required field is wrong its stand-in
    takes its place, so that the rest can still be checked; the model is None where even that does not help.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        findings = list(_findings(model, data, error))
    kept = _without_wrong_entries(data, findings)
    try:
        return model.model_validate({**stand_ins, **kept}), findings
    except ValidationError:
        return None, findings


def _without_wrong_entries(data: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The data less every entry that a finding stands in: `users.anna` goes, `users` stays."""
    kept = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for finding in findings:
        section, *rest = finding.path or ("",)
        section = str(section)
        if section not in kept:
            continue
        if rest and isinstance(kept[section], dict):
            kept[section].pop(rest[0], None)
        else:
            del kept[section]
    return kept


def _findings(model: type[BaseModel], data: Mapping[str, Any], error: ValidationError) -> Iterator[Finding]:
    seen = set()
    for details in error.errors(include_url=False):
        path = _path_in_file(details["loc"], data)
        if (path, details["type"]) in seen:
            continue  # a union reports one mistake for each of its branches
        seen.add((path, details["type"]))
        yield _finding(model, path, details)


def _path_in_file(location: tuple[str | int, ...], data: Any) -> Path:
    """The location without the steps that pydantic adds and no file has (tags of unions, `[key]`)."""
    path: list[str | int] = []
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if _holds(data, step):
            path.append(step)
            data = data[step]
        elif last and isinstance(data, Mapping) and step != "[key]":
            path.append(step)  # a missing key
    return tuple(path)


def _holds(data: Any, step: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, Mapping) and step in data


def _finding(model: type[BaseModel], path: Path, details: ErrorDetails) -> Finding:
    kind, found = details["type"], details["input"]
    if kind == "extra_forbidden":
        name = str(path[-1])
        known = _fields_at(model, path[:-1])
        near = nearest(name, known)
        return S001.at(path, f"unknown key {name!r}", expected=_either(known), nearest=near, on_key=True)
    if kind == "missing":
        return S002.at(path[:-1], f"{path[-1]!r} is missing", expected=f"the key {path[-1]!r}", on_key=True)
    on_key = bool(details["loc"]) and details["loc"][-1] == "[key]"
    if "found" in (context := details.get("ctx", {})):  # a type of our own speaks for itself
        expected, near = context.get("expected", ""), context.get("nearest", "")
        return S003.at(path, details["msg"], expected=expected, nearest=near, on_key=on_key)
    if on_key:
        return S003.at(path, f"{path[-1]!r} cannot be a name here", expected=_wording(details), on_key=True)
    expected = _wording(details)
    near = nearest(str(found), _choices(details))
    return S003.at(path, f"{shown(found)} stands here", expected=expected, nearest=near)


def _choices(details: ErrorDetails) -> list[str]:
    if details["type"] not in ("enum", "literal_error"):
        return []
    listed = str(details["ctx"]["expected"]).replace(" or ", ",")
    return [each.strip(" '") for each in listed.split(",")]


def _wording(details: ErrorDetails) -> str:
    """What was expected, in the words of the file."""
    context, kind = details.get("ctx", {}), details["type"]
    match kind:
        case "string_pattern_mismatch":
            return PATTERNS.get(context["pattern"], f"a text like {context['pattern']}")
        case "enum" | "literal_error":
            return f"one of {context['expected']}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "a mapping of keys"
        case "list_type":
            return "a list"
        case "int_parsing" | "int_type":
            return "a whole number"
        case "bool_parsing" | "bool_type":
            return "yes or no"
        case "union_tag_invalid":
            return f"the key {context['discriminator']} with one of {context['expected_tags']}"
        case "union_tag_not_found":
            return f"the key {context['discriminator']}"
        case "ip_any_address":
            return "an address such as 192.0.2.7"
        case "string_type" | "string_too_short":
            return "a text"
        case "string_too_long":
            return f"at most {context['max_length']} characters"
        case "too_short":
            return "at least one entry"
        case "greater_than_equal":
            return f"at least {context['ge']}"
        case "less_than_equal":
            return f"at most {context['le']}"
    message = details["msg"]
    return message[0].lower() + message[1:]


PATTERNS = {
    r"^\d{1,2}:\d\d-\d{1,2}:\d\d$": "a window such as 08:00-17:00",
    r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$": "a host name or an address",
    r"^\+[0-9?]{0,15}\*?$": "callers' numbers such as +4670*, ? for one digit",
    r"^\+[0-9]{0,15}$": "the beginning of public numbers, such as +4685",
    r"^https?://[^\s/]+(/\S*)?$": "an address such as https://sms.example/messages",
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$": "a domain such as klinik.example",
    r"^\d+\s*(s|m|min|h)?$": "a duration such as 20s, 5m or 1h",
    r"^[a-z][a-z0-9-]{0,39}$": "lower-case letters, digits and hyphens, beginning with a letter",
    r"^\+[1-9][0-9]{6,14}$": "a number in international form, such as +46850100100",
    r"^[0-9]{2,6}$": "two to six digits",
    r"^[0-9*#]$": "one key: 0-9, * or #",
    r"^[^@\s,;|<>]+@[^@\s,;|<>]+\.[^@\s,;|<>]+$": "a mail address such as anna@example.com",
    r"^[0-9*#]{2,8}$": "a phone code such as *28, in quotes",
    r"^[0-9]{1,4}$": "one to four digits",
    r"^[A-Z]{2}$": "a country as two capital letters, such as SE",
    r"^([a-z]{2}(-[A-Z]{2})?)?$": "a language such as sv or en-GB",
    r"^[a-z]{2}(-[A-Z]{2})?$": "a language such as sv or en-GB",
}


def _either(names: list[str]) -> str:
    return "one of " + ", ".join(names) if names else "no key"


def _fields_at(model: Any, path: Path) -> list[str]:
    """The keys that the model knows at a path of the document."""
    annotation: Any = model
    for step in path:
        annotation = _step(annotation, step)
    return sorted({name for each in _models(annotation) for name in _keys(each)})


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that an annotation may be: itself, or the branches of a union."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return [found for branch in get_args(annotation) for found in _models(branch)]
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _models(annotation.__origin__)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []


def _step(annotation: Any, step: str | int) -> Any:
    """The annotation one key or index further in."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            if (found := _step(branch, step)) is not None:
                return found
        return None
    if hasattr(annotation, "__metadata__"):
        return _step(annotation.__origin__, step)
    if origin in (dict, Mapping):
        return get_args(annotation)[1]
    if origin in (list, tuple):
        return get_args(annotation)[0]
    for model in _models(annotation):
        for name, field in model.model_fields.items():
            if (field.alias or name) == step:
                return field.annotation
    return None
