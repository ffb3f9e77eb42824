"""For telephones that no writer knows: what somebody has to type, as text."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Telephone

FILE = "settings.txt"


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    said = {
        "display name": phone.name,
        "extension": phone.extension,
        "user and authentication name": phone.account,
        "password": phone.secret,
        "SIP domain (server, registrar)": phone.domain,
        "outbound proxy": f"{EDGE}:{SIP_PORT}",
        "transport": "TLS",
        "media": "SRTP (SDES), required",
        "registration expires": f"{EXPIRES} s",
        "codecs": "G.722, G.711 A-law, G.711 µ-law",
    }
    if phone.book:
        said |= {
            "contact book (LDAPS)": f"{EDGE}:{books.PORT}",
            "contact book's base": books.base(phone.tenant),
            "contact book's user": books.login(phone.tenant, phone.account),
            "contact book's password": phone.secret,
            "contact book's filters": "(|(cn=%)(sn=%)(o=%)) and (telephoneNumber=%)",
        }
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in said.items()]
    lines += [f"key {number}: {key.dials} ({key.label})" for number, key in enumerate(phone.keys, start=1)]
    yield FILE, tuple(lines)


def link(_: Telephone) -> str:
    return FILE
