"""people.json of one tenant: its people, what they may be doing, whose messages they may hear, and whom they know
outside; for `pbx-people` and `pbx-calls` on the core node.

In place of a password stands the token of its handle; `with_ha1` puts the digest there on the way to the node. Asterisk
does not read the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile
from provisioner.core.secrets import defuse
from provisioner.core.source import Path

PATH = "people.json"


@dataclass(frozen=True, slots=True)
class House:
    """Whose people they are, and how many days their calls are kept in the log."""

    domain: str
    time_zone: str
    language: str
    log_days: int = 90
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Pursuit:
    """Something that they may be doing; `titles` by language."""

    name: str
    titles: Mapping[str, str]
    rings: bool
    number: int | None = None
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """`accounts` are the logins of her telephones with the handles of their passwords: her programs use them too.
    `mailbox` says whether she has one of her own, `keep` after how many days its messages are deleted (0: never),
    `transcribe` in which language they are written down (empty: they are not), `mobile` what the telephone is called
    that rings along by its number, `favourites` which colleagues and contacts she wants first (`user:bo`,
    `contact:frakt`).
    """

    name: str
    title: str
    extension: str
    accounts: Mapping[str, str] = field(default_factory=dict)
    mailbox: bool = False
    mobile: str = ""
    favourites: tuple[str, ...] = ()
    email: str = ""
    keep: int = 0
    transcribe: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A mailbox that several of them hear; `light` is the device state that shows whether a new message waits, `keep`
    and `transcribe` as of a person."""

    name: str
    title: str
    members: tuple[str, ...]
    light: str = ""
    keep: int = 0
    transcribe: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """That the tenant has a contact book, what it is called, and how people write numbers there."""

    title: str
    calling_code: str = ""
    national_prefix: str = ""
    international_prefix: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody outside whom all of them know."""

    name: str
    title: str
    company: str = ""
    numbers: tuple[str, ...] = ()
    email: str = ""
    note: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """An external attendant: her login with the handle of its password, and what she may know of the tenant."""

    name: str
    account: str
    secret: str
    sheet: Mapping[str, Any]
    """Plain data; what holds for some days only has its first and last day beside it."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Chatting:
    """That the tenant has chat: who goes by what account there, and what a status there sets."""

    accounts: Mapping[str, str]
    statuses: Mapping[str, str] = field(default_factory=dict)
    """What XMPP calls it (`dnd`) → activity."""
    source: Path | None = None


Fact = Chatting | House | Pursuit | Person | Shared | Book | Contact | Desk


def write(objects: Iterable[Any]) -> TextFile | None:
    """One line for each of them, or nothing where the tenant has neither people nor external attendants."""
    facts = tuple(each for each in objects if isinstance(each, Fact))
    house = next((each for each in facts if isinstance(each, House)), None)
    if house is None:
        return None
    pursuits = [each for each in facts if isinstance(each, Pursuit)]
    people = sorted((each for each in facts if isinstance(each, Person)), key=lambda each: each.name)
    boxes = sorted((each for each in facts if isinstance(each, Shared)), key=lambda each: each.name)
    about: dict[str, Any] = {
        "domain": house.domain,
        "time_zone": house.time_zone,
        "language": house.language,
        "log_days": house.log_days,
    }
    if book := next((each for each in facts if isinstance(each, Book)), None):
        about["book"] = {
            "title": book.title,
            "calling_code": book.calling_code,
            "national_prefix": book.national_prefix,
            "international_prefix": book.international_prefix,
        }
    if chat := next((each for each in facts if isinstance(each, Chatting)), None):
        about["chat"] = {"accounts": dict(chat.accounts), "statuses": dict(chat.statuses)}
    lines = [Line("{"), Line(f'"tenant": {_text(about)},', house.source), Line('"activities": {')]
    lines += _rows([(each.name, _pursuit(each), each.source) for each in pursuits])
    lines += [Line("},"), Line('"people": {')]
    lines += _rows([(each.name, _person(each), each.source) for each in people])
    lines += [Line("},"), Line('"mailboxes": {')]
    lines += _rows([(each.name, _shared(each), each.source) for each in boxes])
    if contacts := sorted((each for each in facts if isinstance(each, Contact)), key=lambda each: each.name):
        lines += [Line("},"), Line('"contacts": {')]
        lines += _rows([(each.name, _contact(each), each.source) for each in contacts])
    if desks := sorted((each for each in facts if isinstance(each, Desk)), key=lambda each: each.name):
        lines += [Line("},"), Line('"attendants": {')]
        lines += _rows([(each.name, _desk(each), each.source) for each in desks])
    return TextFile(PATH, (*lines, Line("}"), Line("}")))


def _rows(rows: list[tuple[str, str, Path | None]]) -> Iterable[Line]:
    for count, (name, text, source) in enumerate(rows, start=1):
        yield Line(f"  {json.dumps(name)}: {text}{',' if count < len(rows) else ''}", source)


def _pursuit(each: Pursuit) -> str:
    return _text({"titles": dict(each.titles), "rings": each.rings, "number": each.number})


def _person(each: Person) -> str:
    accounts = {account: secrets.token(handle) for account, handle in each.accounts.items()}
    facts: dict[str, Any] = {
        "title": each.title,
        "extension": each.extension,
        "mailbox": each.mailbox,
        "mobile": each.mobile,
    }
    if each.favourites:
        facts["favourites"] = each.favourites
    if each.email:
        facts["email"] = each.email
    facts |= _of_messages(each)
    words = _text(facts)
    return f'{words[:-1]}, "accounts": {json.dumps(accounts)}}}'


def _shared(each: Shared) -> str:
    return _text({"title": each.title, "members": each.members, "light": each.light, **_of_messages(each)})


def _of_messages(each: Person | Shared) -> dict[str, Any]:
    """What becomes of the messages in a mailbox, where it is more than to be heard."""
    said = {"keep": each.keep, "transcribe": each.transcribe}
    return {key: value for key, value in said.items() if value}


def _contact(each: Contact) -> str:
    facts = {"company": each.company, "numbers": each.numbers, "email": each.email, "note": each.note}
    return _text({"title": each.title, **facts})


def _desk(each: Desk) -> str:
    accounts = {each.account: secrets.token(each.secret)}
    return f'{_text({"sheet": dict(each.sheet)})[:-1]}, "accounts": {json.dumps(accounts)}}}'


def _text(facts: dict[str, Any]) -> str:
    return defuse(json.dumps(facts, ensure_ascii=False))


def with_ha1(text: str, password: Callable[[str], str]) -> str:
    """The same file with HA1 in place of each password's token; `password` resolves a handle."""
    document: dict[str, Any] = json.loads(text)
    realm = document["tenant"]["domain"]
    for person in (*document["people"].values(), *document.get("attendants", {}).values()):
        for account, secret in person["accounts"].items():
            (handle,) = secrets.handles(secret)
            person["accounts"][account] = secrets.ha1(account, realm, password(handle))
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
