"""Users and numbers out of two sheets: names made fit, numbers international, destinations found by extension."""

from __future__ import annotations

import re

from provisioner.core.model import EMAIL_PATTERN
from provisioner.core.refs import DESTINATION_KINDS

from .company import Company, Line, Person, international, slug
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
FORWARDS = ("always", "busy", "no_answer", "unreachable")
"""Columns that only exports of other systems have: where calls go on."""
KINDS = ("main", "direct", "mobile", "other")


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
    for person in made.people:
        _forwards(made, person, country)
    made.settle()
    return made


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
    found.language, found.voicemail = row.get("language"), row.get("voicemail") != "no"
    if ring := row.get("ring"):
        found.ring_time = min(max(int(ring), 5), 300) if re.fullmatch(r"[0-9]{1,5}", ring) else 0
    found.forwarding = {way: row.get(way) for way in FORWARDS if row.get(way)}
    made.people.append(found)
    if number := row.get("number"):
        made.add(Line(international(number, country), f"user:{found.slug}", row.place), number)


def _forwards(made: Company, person: Person, country: str) -> None:
    """Turns extensions and numbers that calls are forwarded to into destinations."""
    people = {each.extension: each.slug for each in made.people}
    for way, to in list(person.forwarding.items()):
        number = international(to, country) if to not in people else ""
        if to in people or number:
            person.forwarding[way] = f"user:{people[to]}" if to in people else f"number:{number}"
        else:
            del person.forwarding[way]
            made.left.append(f"{person.place}: calls are forwarded to {to}, which is no user of the list")


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
    made.add(line, number)
