"""What the module of contact books would do: in which order, and when nothing."""

from __future__ import annotations

import pytest

from tests.roles.on_a_machine import load

MODULE = load("ldap_book/library", "ldap_book")
differences, stranger = MODULE.differences, MODULE.stranger

HOME = "o=acme,dc=pbx"
TREE = {
    HOME: {"objectClass": [b"organization"], "o": [b"acme"]},
    f"ou=book,{HOME}": {"objectClass": [b"organizationalUnit"], "ou": [b"book"]},
    f"uid=user.anna,ou=book,{HOME}": {"cn": [b"Anna"], "telephoneNumber": [b"101", b"+46850100101"]},
}


def test_parents_come_first_and_go_last() -> None:
    assert differences({}, TREE) == (list(TREE), [], [])
    assert differences(TREE, {}) == ([], [], list(reversed(TREE)))


def test_the_order_of_values_is_no_difference() -> None:
    turned = {dn: {name: found[::-1] for name, found in entry.items()} for dn, entry in TREE.items()}
    assert differences(turned, TREE) == ([], [], [])


@pytest.mark.parametrize("now", [{"cn": [b"Anna B"]}, {"cn": [b"Anna"], "mail": [b"a@b.c"]}, {}])
def test_an_entry_that_differs_is_changed_in_its_place(now: dict[str, list[bytes]]) -> None:
    dn = f"uid=user.anna,ou=book,{HOME}"
    assert differences({**TREE, dn: now}, TREE) == ([], [dn], [])


@pytest.mark.parametrize("dn", ["o=other,dc=pbx", "uid=x,ou=book,o=other,dc=pbx", f"o=x{HOME}", "dc=pbx"])
def test_another_tenants_entry_is_seen(dn: str) -> None:
    assert stranger({**TREE, dn: {}}, HOME) == dn
    assert stranger(TREE, HOME) == ""
