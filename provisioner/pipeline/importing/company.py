"""A company as other systems describe it, on its way to a tenant file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from provisioner.core.refs import E164_PATTERN


@dataclass(slots=True)
class Person:
    """A user as she will stand in the file; `slug` is her name there."""

    slug: str
    name: str
    extension: str
    place: str
    email: str = ""
    mobile: str = ""
    plan: str = ""
    mac: str = ""
    language: str = ""
    ring_time: int = 0
    """Seconds; 0 where nothing says it."""
    forwarding: dict[str, str] = field(default_factory=dict)
    voicemail: bool = True


@dataclass(slots=True)
class Line:
    """A public number."""

    number: str
    destination: str
    place: str
    title: str = ""
    kind: str = "direct"


@dataclass(slots=True)
class Entry:
    """A named thing of any other section."""

    place: str
    fields: dict[str, Any]
    """As the section has them: texts, whole numbers, truths, lists and mappings."""
    todo: list[str] = field(default_factory=list)
    """What somebody must still say."""


@dataclass(slots=True)
class Company:
    """What the lists say, and what of it a tenant file cannot."""

    people: list[Person] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sections: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """section → name → what it says; users and numbers are not among them."""
    left: list[str] = field(default_factory=list)
    """Place and reason of everything that was left out."""

    def add(self, line: Line, written: str) -> None:
        """A number; `written` is how the list has it."""
        known = next((each for each in self.lines if each.number == line.number), None)
        if not line.number:
            self.left.append(f"{line.place}: {written!r} is no public number")
        elif known is None:
            self.lines.append(line)
        elif known.destination == line.destination or not line.destination:  # in both lists: the second one knows more
            known.title, known.kind = line.title or known.title, line.kind
        else:
            self.left.append(f"{line.place}: {line.number} leads to {known.destination} already ({known.place})")

    def settle(self) -> None:
        """Makes one number the main one where none is."""
        if self.lines and not any(each.kind == "main" for each in self.lines):
            self.lines[0].kind = "main"
            self.left.append(f"{self.lines[0].place}: no number is called main, so this first one was taken for it")


def international(text: str, country: str) -> str:
    """A number as E.164, or an empty text where it is none of the country's."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    form: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return form if phonenumbers.is_possible_number(number) and re.match(E164_PATTERN, form) else ""


def slug(name: str, taken: Sequence[str], kind: str = "user") -> str:
    """A name of the tenant's own: `asa-oberg`; counted where it is taken, after its kind where it is no name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    base = (base if base[:1].isalpha() and len(base) > 1 else f"{kind}-{base}".strip("-"))[:36].strip("-")
    found, count = base, 1
    while found in taken:
        count += 1
        found = f"{base}-{count}"
    return found


def places(found: Iterable[str]) -> str:
    """`users.csv:2, 5 and 3 more` of places in one file."""
    first, *others = dict.fromkeys(found)
    lines = [each.rpartition(":")[2] for each in others]
    more = f" and {len(lines) - 4} more" if len(lines) > 4 else ""
    return ", ".join([first, *lines[:4]]) + more
