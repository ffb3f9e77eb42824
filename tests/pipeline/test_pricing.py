"""What a plan says of money."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.features.plans.model import Catalogue
from provisioner.pipeline.pricing import priced

CATALOGUE = Catalogue.model_validate(
    {
        "currency": "SEK",
        "base": {"price": "495"},
        "plans": {"basic": {"price": "49"}, "business": {"price": "189.50"}},
        "add_ons": {"fax": {"price": "79", "counted": "yes"}, "reports": {"price": "190"}},
        "numbers": {"mobile": "29"},
    }
)
USER = {"name": "Anna", "extension": "101", "plan": "basic"}
TENANT: dict[str, Any] = {"version": "1", "users": {"anna": USER}, "add_ons": {"fax": {}}}


def told(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    return [each.text for each in priced(old, new, CATALOGUE)]


@pytest.mark.row("N7")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Acme"}, []),
        ({"add_ons": {}}, ["a month costs SEK 79.00 less, 544.00 instead of 623.00: add-on fax -79.00"]),
        (
            {"add_ons": {"fax": {"count": "3"}}},
            ["a month costs SEK 158.00 more, 781.00 instead of 623.00: add-on fax +158.00"],
        ),
        (
            {"users": {"anna": {**USER, "plan": "business"}}},
            ["a month costs SEK 140.50 more, 763.50 instead of 623.00: user anna +140.50"],
        ),
        (
            {"numbers": {"+46701740640": {"kind": "mobile", "destination": "user:anna"}}},
            ["a month costs SEK 29.00 more, 652.00 instead of 623.00: +46701740640 +29.00"],
        ),
    ],
)
def test_a_change_tells_what_it_costs(changed: dict[str, Any], said: list[str]) -> None:
    assert told(TENANT, {**TENANT, **changed}) == said


@pytest.mark.row("N7")
def test_a_tenant_that_comes_or_goes_tells_its_price() -> None:
    assert told(None, TENANT) == ["a month costs SEK 623.00"]
    assert told(TENANT, None) == ["SEK 623.00 a month are no longer invoiced"]


def test_an_exchange_at_one_price_is_told_too() -> None:
    users = {"bo": USER}
    assert told(TENANT, {**TENANT, "users": users}) == [
        "a month costs the same, 623.00 instead of 623.00: user anna -49.00, user bo +49.00"
    ]


def test_only_a_few_parts_are_named() -> None:
    users = {f"user-{index}": USER for index in range(9)}
    (text,) = told(TENANT, {**TENANT, "users": {**users, "anna": USER}})
    assert text.endswith("user user-5 +49.00 and 3 more")


def test_what_an_older_file_says_and_the_language_no_longer_knows_costs_nothing() -> None:
    assert told({**TENANT, "add_ons": ["fax"]}, TENANT) == [
        "a month costs SEK 79.00 more, 623.00 instead of 544.00: add-on fax +79.00"
    ]
