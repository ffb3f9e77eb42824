"""A contact book in LDIF: what is written in base64, what passwords become, and that no words pass for a secret."""

from __future__ import annotations

import hashlib
from base64 import b64decode

import pytest

from provisioner.core.secrets import handles, token
from provisioner.targets.ldap.bundle import render, with_hashes
from provisioner.targets.ldap.objects import Book, Entry, Login

pytestmark = pytest.mark.row("U11")

BOOK = Book("Acme")


def entry(**facts: object) -> list[str]:
    each = Entry("contact.x", "contact", **{"name": "Lars Ek", "numbers": ("+46701740605",), **facts})  # type: ignore[arg-type]
    (file,) = render("acme", [BOOK, each]).files
    return file.text.split("\n\n")[3].splitlines()


def test_a_name_is_parted_at_its_last_word() -> None:
    assert entry(name="Anna  Lisa Berg")[4:7] == ["cn: Anna Lisa Berg", "sn: Berg", "givenName: Anna Lisa"]
    assert entry(name="Sjukhuset")[4:6] == ["cn: Sjukhuset", "sn: Sjukhuset"]


@pytest.mark.parametrize("note", ["Åkeriet", " begins", "ends ", ":", "<file:///etc/passwd", "two\nlines: x", "\x00"])
def test_what_ldif_would_misread_is_in_base64(note: str) -> None:
    (line,) = (each for each in entry(note=note) if each.startswith("description"))
    kind, _, text = line.partition(":: ")
    assert (kind, b64decode(text).decode()) == ("description", note)


def test_words_are_no_secrets() -> None:
    text = "\n".join(entry(name="{{secret:devices/acme/anna-desk}} x", note="{{secret:x}}"))
    assert handles(text) == ()


def test_passwords_are_digests_on_the_edges() -> None:
    (file,) = render("acme", [BOOK, Login("anna-desk", "a"), Login("bo-desk", "b"), Login("bo-app", "c")]).files
    assert token("a") in file.text
    filled = with_hashes(file.text, lambda handle: "same" if handle in "ab" else "other")
    kept = [line for line in filled.splitlines() if line.startswith("userPassword")]
    digests = [b64decode(line.removeprefix("userPassword: {SSHA}")) for line in kept]
    for said, each in zip((b"same", b"other", b"same"), digests, strict=True):
        assert hashlib.sha1(said + each[20:], usedforsecurity=False).digest() == each[:20]
    assert len({*kept}) == 3, "two who have one password do not show it"
    assert with_hashes(file.text, lambda handle: "same" if handle in "ab" else "other") == filled
    assert handles(filled) == ()
