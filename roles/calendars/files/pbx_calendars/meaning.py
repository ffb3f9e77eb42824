"""From events to spans of time with an activity, by a user's rules. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

MOST = 500
"""Spans of a user that are kept, the next first."""


@dataclass(frozen=True)
class Event:
    """One occurrence. `start` and `end` are seconds since 1970."""

    start: int
    end: int
    title: str
    shows: str = "busy"


class Span(NamedTuple):
    """An activity from one second to another; the smaller `rank`, the more it counts."""

    start: int
    end: int
    rank: int
    activity: str


def spans(events: Iterable[Event], rules: list[dict[str, Any]]) -> list[Span]:
    """What the events mean, in order. Those that mean nothing are left out, and with them every title."""
    found = {Span(each.start, each.end, *meant) for each in events if (meant := _meant(each, rules))}
    return sorted(each for each in found if each.end > each.start)[:MOST]


def _meant(event: Event, rules: list[dict[str, Any]]) -> tuple[int, str] | None:
    title = _plain(event.title)
    for rank, rule in enumerate(rules):
        if event.shows in rule["shows"] and (not rule["words"] or any(says(title, word) for word in rule["words"])):
            return rank, rule["activity"]
    return None


def says(title: str, word: str) -> bool:
    """Whether the word, or words, stand in a title that is `_plain`: as whole words, `*` for any letters."""
    pattern = r"\s+".join(re.escape(each).replace(r"\*", r"\w*") for each in _plain(word).split())
    return bool(re.search(rf"(?<!\w){pattern}(?!\w)", title))


def _plain(text: str) -> str:
    """Some programs write ö as two signs."""
    return unicodedata.normalize("NFC", text).casefold()
