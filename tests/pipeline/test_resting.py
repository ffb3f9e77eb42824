"""What a plan says of numbers that leave a tenant."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.pipeline.resting import Document, told
from provisioner.provider import Provider

ONE, TWO = "+46850100100", "+46850100101"


def tenant(*numbers: str) -> dict[str, Any]:
    return {"numbers": {number: {"destination": "user:anna"} for number in numbers}}


def said(changes: dict[str, tuple[Document, Document]], **provider: Any) -> list[tuple[str, bool, str]]:
    model = Provider.model_validate({"version": "1", **provider})
    return [(slug, each.dangerous, each.text) for slug, each in told(changes, model)]


NOTE = f"{ONE} is to rest for 90 days: note it in provider.yaml, resting_numbers"


@pytest.mark.row("N1")
def test_a_number_that_is_given_up_is_to_be_noted() -> None:
    assert said({"klinik": (tenant(ONE, TWO), tenant(TWO))}) == [("klinik", False, NOTE)]
    assert said({"klinik": (tenant(ONE), None)}) == [("klinik", False, NOTE)]
    noted = {ONE: {"tenant": "klinik", "since": "2027-01-15"}}
    assert said({"klinik": (tenant(ONE), None)}, resting_numbers=noted) == []
    assert said({"klinik": (tenant(ONE), None)}, number_rest="0") == []


@pytest.mark.row("N1")
def test_a_number_that_goes_to_another_tenant_at_once_is_a_danger() -> None:
    text = f"{ONE} was klinik's until now: people who call klinik reach verk, for it has not rested"
    changes: dict[str, tuple[Document, Document]] = {"klinik": (tenant(ONE), tenant()), "verk": (tenant(), tenant(ONE))}
    assert said(changes) == [("verk", True, text)]


def test_what_stays_or_comes_is_not_told() -> None:
    assert said({"klinik": (tenant(ONE), tenant(ONE, TWO)), "verk": (None, tenant())}) == []
    assert said({"klinik": ({"numbers": None}, {}), "verk": (None, None)}) == []
