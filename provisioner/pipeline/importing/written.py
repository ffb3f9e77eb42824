"""A company as a tenant file: commented YAML, each entry with the line of the list that it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .company import Company, Entry, Line, Person

PLAIN = re.compile(r"[^\W\d_][\w .@-]*")
"""What needs no quotes, but for the words below; everything else gets them."""

NOT_AS_IT_IS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What JSON leaves as it is and YAML breaks a line at, or refuses."""

WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
"""What some readers of YAML take for something else than a text."""


@dataclass(frozen=True, slots=True)
class Header:
    """What no list says: the head of the tenant file, and its site."""

    name: str
    domain: str
    time_zone: str
    language: str
    country: str
    street: str = ""
    postal_code: str = ""
    city: str = ""


def written(made: Company, header: Header, sources: str) -> str:
    """The file; `sources` says what it was made of."""
    return "".join(f"{line}\n" for line in _lines(made, header, sources))


def _lines(made: Company, header: Header, sources: str) -> Iterator[str]:
    yield "version: 1"
    yield f"# Made by pbx import of {sources}. Lines with TODO are for you."
    for key in ("name", "domain", "time_zone", "language", "country"):
        yield f"{key}: {_scalar(getattr(header, key))}"
    yield ""
    yield "sites:"
    yield "  main:"
    yield f"    title: {_scalar(header.name)}"
    address = {"street": header.street, "postal_code": header.postal_code, "city": header.city}
    if all(address.values()):
        told = ", ".join(f"{key}: {_scalar(value)}" for key, value in address.items())
        yield f"    emergency_address: {{{told}, country: {header.country}}}"
    else:
        yield "    # TODO emergency_address: where help must come when somebody here dials 112"
    yield ""
    yield from _section("numbers", [line for each in made.lines for line in _number(each)])
    yield from _section("users", [line for each in made.people for line in _user(each)])
    for section, entries in made.sections.items():
        yield from _section(section, [line for name, each in entries.items() for line in _entry(name, each)])


def _section(key: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"{key}:"
        yield from lines
        yield ""


def _number(line: Line) -> Iterator[str]:
    facts = {"kind": line.kind, "title": line.title, "destination": line.destination}
    told = ", ".join(f"{key}: {_scalar(value)}" for key, value in facts.items() if value)
    if not line.destination:
        yield "  # TODO destination: where its calls go"
    yield f'  "{line.number}": {{{told}}}  # {line.place}'


def _user(person: Person) -> Iterator[str]:
    yield f"  {person.slug}:  # {person.place}"
    yield f"    name: {_scalar(person.name)}"
    yield f'    extension: "{person.extension}"'
    yield f"    plan: {_scalar(person.plan)}" if person.plan else "    # TODO plan: one of the catalogue"
    if person.email:
        yield f"    email: {_scalar(person.email)}"
    if person.mobile:
        yield f'    mobile: "{person.mobile}"'
    if person.language:
        yield f"    language: {_scalar(person.language)}"
    if person.ring_time:
        yield f"    ring_time: {person.ring_time}s"
    device = f'{{kind: desk, model: generic, mac: "{person.mac}"}}' if person.mac else "{kind: desk}"
    yield "    devices:"
    yield f"      desk: {device}"
    if person.forwarding:
        yield "    forwarding:"
        yield from _block(person.forwarding, "      ")
    if person.voicemail:
        yield "    voicemail: {}"


def _entry(name: str, entry: Entry) -> Iterator[str]:
    yield f"  {name}:  # {entry.place}"
    yield from (f"    # TODO {each}" for each in entry.todo)
    yield from _block(entry.fields, "    ")


def _block(fields: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in fields.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{_key(key)}:"
            yield from _block(value, f"{indent}  ")
        else:
            yield f"{indent}{_key(key)}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    plain = isinstance(value, int) or re.fullmatch(r"[0-9]{1,5}s", value)  # a number, a time
    return str(value) if plain else _scalar(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[a-z_]+(-[a-z_]+)*", key) else json.dumps(key)


def _scalar(text: str) -> str:
    """The text as YAML: in quotes where it could be read as anything else."""
    plain = PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in WORDS
    if plain:
        return text
    return NOT_AS_IT_IS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
