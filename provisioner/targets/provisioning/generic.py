"""For telephones that no writer knows: what somebody has to type, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Account, Base, Handset, Telephone

FILE = "settings.txt"


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    keys = (f"key {number}: {key.dials} ({key.label})" for number, key in enumerate(phone.keys, start=1))
    yield FILE, (*_said(phone), *_book(phone), *keys)


def base_files(_: Base, handsets: Sequence[Handset]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One paragraph for each handset."""
    lines = (line for each in handsets for line in ("", f"handset: {each.number}", *_said(each)))
    yield FILE, tuple(lines)[1:]


def _said(who: Account) -> Iterator[str]:
    said = {
        "display name": who.name,
        "extension": who.extension,
        "user and authentication name": who.account,
        "password": who.secret,
        "SIP domain (server, registrar)": who.domain,
        "outbound proxy": f"{EDGE}:{SIP_PORT}",
        "transport": "TLS",
        "media": "SRTP (SDES), required",
        "registration expires": f"{EXPIRES} s",
        "codecs": "G.722, G.711 A-law, G.711 µ-law",
    }
    yield from (f"{name}: {' '.join(str(value).split())}" for name, value in said.items())


def _book(phone: Telephone) -> Iterator[str]:
    if phone.book:
        yield f"contact book (LDAPS): {EDGE}:{books.PORT}"
        yield f"contact book's base: {books.base(phone.tenant)}"
        yield f"contact book's user: {books.login(phone.tenant, phone.account)}"
        yield f"contact book's password: {phone.secret}"
        yield "contact book's filters: (|(cn=%)(sn=%)(o=%)) and (telephoneNumber=%)"
