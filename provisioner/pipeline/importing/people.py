"""Users and numbers out of two sheets: names made fit, numbers international, destinations found by extension."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import phonenumbers

from provisioner.core.model import EMAIL_PATTERN
from provisioner.core.refs import DESTINATION_KINDS, E164_PATTERN

from .sheet import Columns, Row, Sheet

USERS: Columns = {
    "name": ("name", "full name", "display name", "namn"),
    "first": ("first name", "given name", "förnamn"),
    "last": ("last name", "surname", "family name", "efternamn"),
    "extension": ("extension", "ext", "internal number", "anknytning", "kortnummer"),
    "email": ("email", "e mail", "mail", "e post", "epost"),
    "mobile": ("mobile", "mobile number", "cell", "mobil", "mobilnummer"),
    "number": ("number", "direct number", "did", "phone", "direktnummer", "telefon"),
    "plan": ("plan", "licence", "license", "abonnemang"),
    "mac": ("mac", "mac address", "hardware address", "macadress"),
}
NUMBERS: Columns = {
    "number": ("number", "did", "phone number", "nummer", "telefonnummer"),
    "destination": ("destination", "extension", "user", "target", "anknytning", "användare"),
    "title": ("title", "description", "label", "benämning", "beskrivning"),
    "kind": ("kind", "type", "typ"),
}
KINDS = ("main", "direct", "mobile", "other")


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


@dataclass(slots=True)
class Line:
    """A public number."""

    number: str
    destination: str
    place: str
    title: str = ""
    kind: str = "direct"


@dataclass(slots=True)
class Company:
    """What the sheets say, and what of it a tenant file cannot."""

    people: list[Person] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Place and reason of everything that was left out."""


def company(users: Sheet, numbers: Sheet | None, country: str, plan: str) -> Company:
    """Reads both sheets; `plan` is that of users whose row names none."""
    made = Company()
    for sheet, what in ((users, "users"), (numbers, "numbers")):
        for heading in sheet.unknown if sheet else ():
            made.left.append(f"{what}: the column {heading!r} says nothing that is known here")
    for row in users.rows:
        _person(made, row, country, plan)
    for row in numbers.rows if numbers else ():
        _line(made, row, country)
    if made.lines and not any(each.kind == "main" for each in made.lines):
        made.lines[0].kind = "main"
        made.left.append(f"{made.lines[0].place}: no number is called main, so this first one was taken for it")
    return made


def international(text: str, country: str) -> str:
    """A number as E.164, or an empty text where it is none of the country's."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    form: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return form if phonenumbers.is_possible_number(number) and re.match(E164_PATTERN, form) else ""


def slug(name: str, taken: Sequence[str]) -> str:
    """A name of the tenant's own: `asa-oberg`; counted where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    base = (base if base[:1].isalpha() else f"user-{base}".strip("-"))[:36].strip("-")
    found, count = base, 1
    while found in taken:
        count += 1
        found = f"{base}-{count}"
    return found


def _person(made: Company, row: Row, country: str, plan: str) -> None:
    name = row.get("name") or " ".join(each for each in (row.get("first"), row.get("last")) if each)
    extension = row.get("extension")
    if not name or not re.fullmatch(r"[0-9]{2,6}", extension):
        why = "no name" if not name else f"{extension!r} is no extension of two to six digits"
        made.left.append(f"{row.place}: {why}, so the user was left out")
        return
    if other := next((each for each in made.people if each.extension == extension), None):
        made.left.append(f"{row.place}: {extension} is {other.name}'s already, so {name} was left out")
        return
    found = Person(slug(name, [each.slug for each in made.people]), name, extension, row.place)
    found.plan = row.get("plan").lower().replace(" ", "-") or plan
    if email := row.get("email"):
        if re.match(EMAIL_PATTERN, email):
            found.email = email
        else:
            made.left.append(f"{row.place}: {email!r} is no mail address")
    if mac := row.get("mac"):
        if re.fullmatch(r"([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}", mac):
            found.mac = mac
        else:
            made.left.append(f"{row.place}: {mac!r} is no hardware address")
    if mobile := row.get("mobile"):
        found.mobile = international(mobile, country)
        if not found.mobile:
            made.left.append(f"{row.place}: {mobile!r} is no public number")
    made.people.append(found)
    if number := row.get("number"):
        _add(made, Line(international(number, country), f"user:{found.slug}", row.place), number)


def _line(made: Company, row: Row, country: str) -> None:
    number, kind = row.get("number"), row.get("kind").lower()
    wanted = row.get("destination")
    people = {each.extension: each.slug for each in made.people} | {
        each.name.lower(): each.slug for each in made.people
    }
    destination = ""
    if user := people.get(wanted.lower()):
        destination = f"user:{user}"
    elif wanted.partition(":")[0] in DESTINATION_KINDS and wanted.partition(":")[2]:
        destination = wanted
    elif wanted:
        made.left.append(f"{row.place}: {wanted!r} is no user of the list and no destination such as queue:support")
    line = Line(international(number, country), destination, row.place, row.get("title"))
    line.kind = kind if kind in KINDS else "direct"
    _add(made, line, number)


def _add(made: Company, line: Line, written: str) -> None:
    known = next((each for each in made.lines if each.number == line.number), None)
    if not line.number:
        made.left.append(f"{line.place}: {written!r} is no public number")
    elif known is None:
        made.lines.append(line)
    elif known.destination == line.destination or not line.destination:  # in both sheets: the second one knows more
        known.title, known.kind = line.title or known.title, line.kind
    else:
        made.left.append(f"{line.place}: {line.number} leads to {known.destination} already ({known.place})")
