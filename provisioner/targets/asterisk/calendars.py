"""calendars.json of one tenant: whose calendar is where and what its events mean, for `pbx-calendars` on the node.

In place of a password stands the token of its handle; `with_secrets` puts it there on the way to the node.
Asterisk does not read the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile
from provisioner.core.secrets import defuse
from provisioner.core.source import Path

PATH = "calendars.json"
PLACE = "{secret}"
"""Where the secret stands in an address that holds it."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a tenant's calendars are read, and whose midnight a whole day begins at."""

    every: int
    time_zone: str
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """Events with one of the words, and one of the states, mean the activity; no words: whatever the title."""

    words: tuple[str, ...]
    shows: tuple[str, ...]
    activity: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A user's calendar. `kind` is `caldav`, `ical` or `microsoft`; `secret` is a handle, or nothing."""

    user: str
    kind: str
    address: str
    login: str
    secret: str
    mail: str
    meanings: tuple[Meaning, ...]
    source: Path | None = None


Fact = Rhythm | Calendar


def write(objects: Iterable[Any]) -> TextFile | None:
    """One line for each calendar, or nothing where the tenant has none."""
    facts = tuple(each for each in objects if isinstance(each, Fact))
    rhythm = next((each for each in facts if isinstance(each, Rhythm)), None)
    if rhythm is None:
        return None
    calendars = sorted((each for each in facts if isinstance(each, Calendar)), key=lambda each: each.user)
    lines = [
        Line("{"),
        Line(f'"every": {rhythm.every}, "time_zone": {json.dumps(rhythm.time_zone)},', rhythm.source),
        Line('"calendars": {'),
    ]
    for count, each in enumerate(calendars, start=1):
        comma = "," if count < len(calendars) else ""
        lines.append(Line(f"  {json.dumps(each.user)}: {_calendar(each)}{comma}", each.source))
    return TextFile(PATH, (*lines, Line("}"), Line("}")))


def _calendar(each: Calendar) -> str:
    rules = [{"words": one.words, "shows": one.shows, "activity": one.activity} for one in each.meanings]
    facts = {"kind": each.kind, "address": each.address, "login": each.login, "mail": each.mail, "rules": rules}
    secret = secrets.token(each.secret) if each.secret else ""
    return f'{defuse(json.dumps(facts, ensure_ascii=False))[:-1]}, "secret": {json.dumps(secret)}}}'


def with_secrets(text: str, get: Callable[[str], str]) -> str:
    """The same file with values in place of tokens: in an address that has a place for it, else as a password."""
    document: dict[str, Any] = json.loads(text)
    for each in document["calendars"].values():
        for handle in secrets.handles(each["secret"]):
            value = get(handle)
            if PLACE in each["address"]:
                each["address"], value = each["address"].replace(PLACE, quote(value, safe="/@:%?&=+~,;!$'()*")), ""
            each["secret"] = value
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
