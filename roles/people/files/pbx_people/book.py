"""The contact book: colleagues first, then whom the tenant knows outside; one's favourites before the others of both.

`q` is what is looked for: every word of it must begin a word of some field, or stand among the digits of a number.
`limit` is at most `MOST`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from .refused import Refused

USUAL, MOST = 50, 200
"""Entries of one answer."""
LONGEST = 100
"""Characters of what is looked for."""


def found(
    tenant: Mapping[str, Any], user: str, query: str, colleague: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    """`colleague` tells of a user what her colleagues may know: her name, extension and activity."""
    words, limit = _asked(query)
    favourites = set(tenant["people"][user].get("favourites", ()))
    listed = [
        (ref, entry)
        for kind, entries in (("user", tenant["people"]), ("contact", tenant.get("contacts", {})))
        for ref, entry in sorted(_refs(kind, entries), key=lambda each: _order(each, favourites))
        if _fits(entry, words)
    ]
    shown = [_shown(ref, entry, ref in favourites, colleague) for ref, entry in listed[:limit]]
    return {"contacts": shown, "more": len(listed) > limit}


def names(tenant: Mapping[str, Any]) -> dict[str, str]:
    """Whose a number is: extensions of colleagues, and numbers of contacts."""
    outside = tenant.get("contacts", {}).values()
    return {
        **{number: each["title"] for each in outside for number in each["numbers"]},
        **{person["extension"]: person["title"] for person in tenant["people"].values()},
    }


def _refs(kind: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((f"{kind}:{name}", entry) for name, entry in entries.items())


def _order(each: tuple[str, dict[str, Any]], favourites: set[str]) -> tuple[bool, str]:
    ref, entry = each
    return ref not in favourites, entry["title"].casefold()


def _fits(entry: Mapping[str, Any], words: list[str]) -> bool:
    numbers = [*entry.get("numbers", ()), entry.get("extension", "")]
    fields = [entry["title"], *(entry.get(field, "") for field in ("company", "email", "note"))]
    parts = [part for field in fields for part in _parts(field)]
    return all(
        all(any(part.startswith(begin) for part in parts) for begin in _parts(word))
        or any(_digits(word) in number for number in numbers if _digits(word))
        for word in words
    )


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,.;:@()/-]+", text.casefold()) if part]


def _digits(word: str) -> str:
    """A number as people write it, without the zero that is dialled at home; empty where it is none."""
    bare = re.sub(r"[-()./]", "", word)
    return bare.lstrip("0") or bare if re.fullmatch(r"\+?[0-9]+", bare) else ""


def _shown(
    ref: str, entry: Mapping[str, Any], favourite: bool, colleague: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    kind, _, name = ref.partition(":")
    if kind == "user":
        return {"contact": ref, "favourite": favourite, **colleague(name)}
    facts = {field: entry[field] for field in ("company", "numbers", "email", "note")}
    return {"contact": ref, "favourite": favourite, "name": entry["title"], **facts}


def _asked(query: str) -> tuple[list[str], int]:
    try:
        said = dict(parse_qsl(query, max_num_fields=10))
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "more is asked than there is") from None
    wanted, limit = said.get("q", ""), said.get("limit", str(USUAL))
    if len(wanted) > LONGEST:
        raise Refused(HTTPStatus.BAD_REQUEST, f"q is {LONGEST} characters at most")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise Refused(HTTPStatus.BAD_REQUEST, f"limit is 1 to {MOST}")
    return wanted.casefold().split(), int(limit)
