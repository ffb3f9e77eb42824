"""Contact books before the CardDAV server: what is written, what is the user's own, and what of one who is gone."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from provisioner.targets.asterisk import cards, people

MODULE = runpy.run_path(str(Path(__file__).parents[2] / "roles/contact_book/library/contact_book.py"))

pytestmark = pytest.mark.row("U11")

FACTS = (
    people.House("acme.example", "Europe/Stockholm", "sv"),
    people.Book("Acme AB"),
    people.Person("anna", "Anna Berg", "101", email="anna@acme.example"),
    people.Person("bo", "Bo Ek", "102"),
    people.Contact(
        "frakt", "Lars Ek", "Nordisk Frakt; Söder", ("+46850100200", "+46701740605"), note="Ring, före\n12."
    ),
)


class Node:
    """A core node's folders, and the module's work in them."""

    def __init__(self, folder: Path) -> None:
        self.bundle, self.home = folder / "bundle", folder / "contacts"
        self.bundle.mkdir()
        self.home.mkdir()
        self.root = self.home / "collection-root"

    def says(self, *facts: Any) -> None:
        for file in (people.write(facts), cards.write("acme", facts)):
            if file:
                (self.bundle / file.path).write_text(file.text)
            else:
                (self.bundle / cards.PATH).unlink()

    def run(self, *, check_mode: bool = False) -> list[str]:
        books = MODULE["Books"]("acme", self.home, os.getuid(), os.getgid(), check_mode)
        book = MODULE["wanted"](self.bundle)
        with books.locked():
            books.apply(book) if book else books.take_away()
        done: list[str] = books.done
        return done

    def there(self) -> list[str]:
        return sorted(
            str(each.relative_to(self.root)) for each in self.root.rglob("*") if not each.name.startswith(".")
        )

    def writes(self, user: str, name: str = "own.vcf") -> Path:
        path = self.root / f"acme.{user}/personal" / name
        path.write_text(f"BEGIN:VCARD\nFN:{user}\nEND:VCARD\r\n\r\n")
        return path


@pytest.fixture
def node(tmp_path: Path) -> Node:
    node = Node(tmp_path)
    node.says(*FACTS)
    return node


def test_a_run_that_is_cut_off_leaves_no_half_book(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_text

    def write_text(path: Path, *given: Any, **more: Any) -> int:
        if "personal" in str(path):
            raise OSError("cut off")
        return real(path, *given, **more)

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(OSError, match="cut off"):
        node.run()
    assert "acme.anna/personal" not in node.there()
    monkeypatch.setattr(Path, "write_text", real)
    assert node.run()
    assert "VADDRESSBOOK" in (node.root / "acme.anna/personal/.Radicale.props").read_text()
    assert not list(node.root.rglob(".Radicale.new-*"))
    assert node.run() == []


def test_each_card_is_a_file_and_each_user_has_a_book_of_her_own(node: Node) -> None:
    assert node.run(check_mode=True)
    assert not node.root.exists()
    assert node.run()
    assert node.there() == [
        *("acme", "acme.anna", "acme.anna/company", "acme.anna/personal", "acme.bo", "acme.bo/company"),
        "acme.bo/personal",
        *("acme/acme.contact.frakt.vcf", "acme/acme.user.anna.vcf", "acme/acme.user.bo.vcf"),
    ]
    assert (node.root / "acme.anna/company/acme.user.bo.vcf").is_file()
    titles = [json.loads((node.root / each / ".Radicale.props").read_text()) for each in ("acme", "acme.bo/personal")]
    assert [each["D:displayname"] for each in titles] == ["Acme AB", "Egna kontakter"]
    assert {each["tag"] for each in titles} == {"VADDRESSBOOK"}


def test_a_second_run_changes_nothing_and_what_users_write_stays(node: Node) -> None:
    node.run()
    path, properties = node.writes("anna"), node.root / "acme.anna/personal/.Radicale.props"
    properties.write_text('{"D:displayname": "Mina", "tag": "VADDRESSBOOK"}')
    before = path.stat()
    assert node.run() == []
    node.says(*FACTS[:-1], people.Contact("pia", "Pia"))
    assert node.run() == ["acme.contact.pia.vcf says what is wanted", "acme.contact.frakt.vcf is gone"]
    assert path.stat() == before
    assert "Mina" in properties.read_text()


def test_the_book_of_a_user_who_is_gone_is_put_aside_and_nobody_gets_it(node: Node) -> None:
    node.run()
    node.writes("anna"), node.writes("anna", "second.vcf")
    assert node.run() == []
    node.says(*(each for each in FACTS if each is not FACTS[2]))
    assert node.run(check_mode=True) == ["acme.user.anna.vcf is gone", "the book of anna is put aside"]
    node.run()
    assert not (node.root / "acme.anna").exists()
    (left,) = (node.home / "left/acme").iterdir()
    assert left.name.startswith("anna-")
    assert left.read_text().count("BEGIN:VCARD\nFN:anna\nEND:VCARD\n") == 2
    assert left.stat().st_mode & 0o077 == 0
    node.says(*FACTS)
    node.run()
    assert list((node.root / "acme.anna/personal").glob("*.vcf")) == []


def test_a_tenant_without_a_book_leaves_its_users_theirs(node: Node) -> None:
    node.run()
    path = node.writes("bo")
    node.says(*(each for each in FACTS if not isinstance(each, people.Book | people.Contact)))
    assert node.run() == ["the tenant's book is gone"]
    assert not (node.root / "acme").exists()
    assert path.exists()
    assert node.run() == []


def test_another_tenants_users_are_not_looked_at(node: Node) -> None:
    other = node.root / "acme-two.anna/personal"
    other.mkdir(parents=True)
    node.run()
    assert other.is_dir()


def test_cards_say_what_ldap_says_and_a_name_opens_no_line() -> None:
    file = cards.write("acme", FACTS)
    assert file
    assert file.text.splitlines()[:8] == [
        *("BEGIN:VCARD", "VERSION:3.0", "UID:acme.user.anna", "FN:Anna Berg", "N:Berg;Anna;;;", "ORG:Acme AB"),
        *("TEL;TYPE=work,voice:101", "EMAIL:anna@acme.example"),
    ]
    assert file.text.splitlines()[-9:] == [
        *("UID:acme.contact.frakt", "FN:Lars Ek", "N:Ek;Lars;;;", "ORG:Nordisk Frakt\\; Söder"),
        *("TEL;TYPE=work,voice:+46850100200", "TEL;TYPE=work,voice:+46701740605"),
        *("NOTE:Ring\\, före\\n12.", "CATEGORIES:Contact", "END:VCARD"),
    ]
    assert cards.write("acme", FACTS[2:]) is None
