"""Names of callers by users' own books: which numbers they mean, what is read again, and what goes."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "contact_books" / "files"))

import pbx_names

pytestmark = pytest.mark.row("U11")

SWEDEN = {"title": "Acme", "calling_code": "46", "national_prefix": "0", "international_prefix": "00"}
DENMARK = {"title": "Acme", "calling_code": "45", "national_prefix": "", "international_prefix": "00"}


@pytest.mark.parametrize(
    ("written", "plan", "number"),
    [
        ("070-174 06 81", SWEDEN, "+46701740681"),
        ("+46 (0)70 174 06 81", SWEDEN, "+46701740681"),
        ("0046701740681", SWEDEN, "+46701740681"),
        ("+45 32 12 34 56", SWEDEN, "+4532123456"),
        ("32 12 34 56", DENMARK, "+4532123456"),
        ("102", SWEDEN, ""),
        ("*24", SWEDEN, ""),
        ("", SWEDEN, ""),
        ("070-174", SWEDEN, "+4670174"),
    ],
)
def test_a_number_is_what_a_call_bears(written: str, plan: dict[str, str], number: str) -> None:
    assert pbx_names.international(written, plan) == number


class Node:
    def __init__(self, folder: Path) -> None:
        self.books, self.tenants, self.database = folder / "books", folder / "tenants", folder / "names.sqlite3"
        for slug in ("acme", "acme-two"):
            (self.tenants / slug).mkdir(parents=True)
            self.book(slug, SWEDEN)
        self.keeper = pbx_names.Keeper(self.books, self.tenants, self.database)

    def book(self, slug: str, plan: dict[str, str] | None) -> None:
        known = {"tenant": {"book": plan} if plan else {}}
        (self.tenants / slug / "people.json").write_text(json.dumps(known))

    def card(self, user: str, name: str, *numbers: str, file: str = "a.vcf") -> Path:
        path = self.books / user / "personal" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        told = "".join(f"TEL;TYPE=cell:{number}\r\n" for number in numbers)
        path.with_name(".new").write_text(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\n{told}END:VCARD\r\n")
        path.with_name(".new").replace(path)
        return path

    def rows(self) -> dict[str, str]:
        self.keeper.look()
        with sqlite3.connect(self.database) as database:
            return dict(database.execute("SELECT id, name FROM names"))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path)
    yield node
    node.keeper.close()


def test_each_users_names_are_hers_and_follow_her_book(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbx_names, "SETTLED", -1)
    node.card("acme.anna", "Mor\\, Åsa", "070-174 06 81", "102")
    node.card("acme-two.anna", "Chefen", "+46701740681")
    hers, others = {"acme.anna/+46701740681": "Mor, Åsa"}, {"acme-two.anna/+46701740681": "Chefen"}
    assert node.rows() == hers | others
    assert node.keeper.look() == 0, "nothing has changed"
    node.card("acme.anna", "Mamma", "+46701740682", file="b.vcf")
    assert node.keeper.look() == 1
    assert node.rows() == hers | others | {"acme.anna/+46701740682": "Mamma"}
    (node.books / "acme.anna/personal/b.vcf").unlink()
    assert node.rows() == hers | others
    (node.books / "acme.anna").rename(node.books / "gone")
    assert node.rows() == others
    node.book("acme-two", None)
    assert node.rows() == {}


def test_a_change_within_the_same_tick_is_not_missed(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbx_names, "SETTLED", 600_000_000_000)
    node.card("acme.anna", "Mor", "070-174 06 81")
    assert [node.keeper.look(), node.keeper.look()] == [1, 1]


def test_a_card_that_nobody_understands_spoils_no_other(node: Node) -> None:
    node.card("acme.anna", "Mor", "070-174 06 81", file="z.vcf")
    for name, text in (
        ("a.vcf", "BEGIN:VCARD\nFN"),
        ("b.vcf", ""),
        ("c.vcf", "BEGIN:VCARD\nTEL:0701740681\nEND:VCARD"),
    ):
        (node.books / "acme.anna/personal" / name).write_text(text)
    (node.books / "acme.anna/personal/d.vcf").write_bytes(b"\xff\xfe")
    (node.books / "acme.anna/personal/folder").mkdir()
    assert node.rows() == {"acme.anna/+46701740681": "Mor"}


def test_a_restart_forgets_books_that_went_meanwhile(node: Node) -> None:
    node.card("acme.anna", "Mor", "070-174 06 81")
    assert node.rows()
    (node.books / "acme.anna").rename(node.books / "gone")
    node.keeper.close()
    node.keeper = pbx_names.Keeper(node.books, node.tenants, node.database)
    assert node.rows() == {}
