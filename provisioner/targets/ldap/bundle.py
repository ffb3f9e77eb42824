"""`book.ldif` of one tenant (RFC 2849): `o=<slug>,dc=pbx`, below it the telephones that may read, and the book.

Entries are inetOrgPerson (RFC 2798): `cn` whole, `sn` the last word, all numbers in `telephoneNumber`, `ou` says
colleague or contact. In place of a password stands the token of its handle; `with_hashes`
puts a digest there on the way to the edges.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator

from provisioner.core import books, secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.findings import Finding
from provisioner.core.secrets import defuse
from provisioner.core.source import Path

from .objects import Book, Entry, LdapObject, Login

PRODUCT = "ldap"
FILE = "book.ldif"
_PLAIN = re.compile(r"[!-9;=-~][ -~]*(?<! )")
"""What LDIF takes as it stands; anything else is written in base64."""


def render(slug: str, objects: Iterable[LdapObject]) -> Bundle:
    known = tuple(objects)
    (book,) = (each for each in known if isinstance(each, Book))
    lines = [*_top(slug, book)]
    for telephone in sorted((each for each in known if isinstance(each, Login)), key=lambda each: each.account):
        lines += _login(slug, telephone)
    for entry in sorted((each for each in known if isinstance(each, Entry)), key=lambda each: each.id):
        lines += _entry(slug, entry)
    return Bundle(slug, PRODUCT, (TextFile(FILE, tuple(lines)),))


def _top(slug: str, book: Book) -> Iterator[Line]:
    home = books.home(slug)
    yield from _lines(home, [("objectClass", "organization"), ("o", slug), ("description", book.title)], book.source)
    for unit in ("telephones", "book"):
        yield from _lines(f"ou={unit},{home}", [("objectClass", "organizationalUnit"), ("ou", unit)], book.source)


def _login(slug: str, each: Login) -> Iterator[Line]:
    facts = [("objectClass", "account"), ("objectClass", "simpleSecurityObject"), ("uid", each.account)]
    *lines, end = _lines(books.login(slug, each.account), facts, each.source)
    yield from (*lines, Line(f"userPassword: {secrets.token(each.password)}", each.source), end)


def _entry(slug: str, each: Entry) -> Iterator[Line]:
    name = " ".join(each.name.split())
    facts = [("objectClass", "inetOrgPerson"), ("uid", each.id), ("ou", each.kind), ("cn", name)]
    facts.append(("sn", name.rpartition(" ")[2]))
    facts += [("givenName", first)] if (first := name.rpartition(" ")[0]) else []
    facts += [("telephoneNumber", number) for number in each.numbers]
    for attribute, value in (("o", each.company), ("mail", each.email), ("description", each.note)):
        facts += [(attribute, value)] if value else []
    yield from _lines(f"uid={each.id},{books.base(slug)}", facts, each.source)


def _lines(dn: str, facts: Iterable[tuple[str, str]], source: Path | None) -> Iterator[Line]:
    yield Line(f"dn: {dn}", source)
    for attribute, value in facts:
        text = defuse(value)
        plain = f": {text}" if _PLAIN.fullmatch(text) else f":: {b64encode(text.encode()).decode()}"
        yield Line(f"{attribute}{plain}", source)
    yield Line("", source)


def check(_: Iterable[LdapObject]) -> Iterator[Finding]:
    """Nothing to link: names and accounts are unique in the tenant's file already."""
    return iter(())


def with_hashes(text: str, password: Callable[[str], str]) -> str:
    """The same file with a salted digest (RFC 2307, SSHA) in place of each password's token.

    The salt is made of the handle, so that the same password gives the same line; passwords of telephones are random.
    """
    lines = text.split("\n")
    for index, line in enumerate(lines):
        for handle in secrets.handles(line):
            salt = hashlib.sha256(handle.encode()).digest()[:8]
            digest = hashlib.sha1(password(handle).encode() + salt, usedforsecurity=False).digest()
            lines[index] = f"userPassword: {{SSHA}}{b64encode(digest + salt).decode()}"
    return "\n".join(lines)
