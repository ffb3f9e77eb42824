"""A finding of a dear destination tells its price, where the provider has one for the class of the call."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.rules import dear_destination
from provisioner.tenant import Tenant

PATH = ("users", "anna", "forwarding", "no_answer")
SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE", currency="SEK")


def told(number: str, scope: Scope = SCOPE) -> list[str]:
    sent_on = replace(scope, references=((PATH, Ref("number", number)),))
    tenant = Tenant.model_construct()
    checks = (dear_destination.check_premium, dear_destination.check_abroad)
    return [f"{each.rule.code} {each.message}" for check in checks for each in check(tenant, sent_on)]


def test_with_its_price() -> None:
    rates = {"premium": (Decimal("0.99"), Decimal("19.90"))}
    assert told("+46900100100", replace(SCOPE, call_rates=rates)) == [
        "R109 callers are sent on to +46900100100, which costs SEK 19.90 a minute"
    ]
    assert told("+4721000000", replace(SCOPE, call_rates=rates)) == ["R110 callers are sent on to +4721000000"]


@pytest.mark.parametrize("number", ["+46850100100", "+46701740605", "+4620100100"])
def test_ordinary_ones_are_none(number: str) -> None:
    assert told(number) == []


def test_the_tenants_own_number_abroad_is_none() -> None:
    assert told("+4721000000", replace(SCOPE, tenant_numbers=frozenset({"+4721000000"}))) == []
