"""cards.vcf of one tenant: colleagues and contacts as vCards (RFC 2426), for the CardDAV server on the core node.

The role `contact_book` lays them before the server one by one; a card's UID names its file. Asterisk does not read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.secrets import defuse

from .people import Book, Contact, Person

PATH = "cards.vcf"
_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": ""})


def write(slug: str, objects: Iterable[Any]) -> TextFile | None:
    """A card for each colleague and each contact, or nothing where the tenant has no contact book."""
    facts = tuple(objects)
    book = next((each for each in facts if isinstance(each, Book)), None)
    if book is None:
        return None
    lines: list[Line] = []
    for each in sorted((each for each in facts if isinstance(each, Person)), key=lambda each: each.name):
        told = [("ORG", book.title), ("TEL;TYPE=work,voice", each.extension), ("EMAIL", each.email)]
        lines += _card(f"{slug}.user.{each.name}", each.title, told, each)
    for contact in sorted((each for each in facts if isinstance(each, Contact)), key=lambda each: each.name):
        numbers = (("TEL;TYPE=work,voice", number) for number in contact.numbers)
        told = [("ORG", contact.company), *numbers, ("EMAIL", contact.email), ("NOTE", contact.note)]
        lines += _card(f"{slug}.contact.{contact.name}", contact.title, told, contact)
    return TextFile(PATH, tuple(lines))


def _card(uid: str, name: str, told: Iterable[tuple[str, str]], said: Person | Contact) -> Iterator[Line]:
    """The last word of a name is the family's, as in LDAP."""
    whole = " ".join(name.split())
    first, _, last = whole.rpartition(" ")
    kind = "Colleague" if isinstance(said, Person) else "Contact"
    head = ("BEGIN:VCARD", "VERSION:3.0", f"UID:{uid}", f"FN:{_text(whole)}", f"N:{_text(last)};{_text(first)};;;")
    rest = (f"{key}:{_text(value)}" for key, value in told if value)
    yield from (Line(each, said.source) for each in (*head, *rest, f"CATEGORIES:{kind}", "END:VCARD"))


def _text(value: str) -> str:
    return defuse(value.translate(_ESCAPED))
