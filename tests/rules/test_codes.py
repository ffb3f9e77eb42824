"""Codes that go on freely take every code with the same beginning; lists of codes say what is dialled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Scope
from provisioner.pipeline.codes import rows
from provisioner.rules import code_claimed_twice
from provisioner.tenant import Tenant
from tests.features.test_cases import specification_of

SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE")
FREE = Claim("*21", "forwards to it", ("users",), input="NUMBER")


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([FREE, Claim("*21", "asks", ("asks",))], ["*21 is taken: who dials it forwards to it"]),
        ([FREE, Claim("*2", "asks", ("asks",), tails=("1", "2"))], ["*21 is taken: who dials it forwards to it"]),
        ([FREE, Claim("*219", "asks", ("asks",))], ["*219 is taken: who dials it forwards to it"]),
        ([Claim("*219", "asks", ("asks",)), FREE], ["*21 is taken: who dials it asks"]),
        ([FREE, Claim("*22", "asks", ("asks",)), Claim("#21", "stops", ("stops",))], []),
        ([Claim("*28", "opens", ("a",)), Claim("*281", "closes", ("b",))], []),
    ],
)
def test_free_digits(claims: list[Claim], found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = Tenant.model_construct(codes={})
    monkeypatch.setattr(code_claimed_twice, "claimed_codes", lambda *_: iter(claims))
    assert [each.message for each in code_claimed_twice.check(tenant, SCOPE)] == found


def test_a_tenants_choice_wins_over_the_usual_code() -> None:
    usual = replace(SCOPE, services=(Service("voicemail", "*98", "hears messages"),))
    assert usual.code("voicemail") == "*98"
    assert replace(usual, codes={"voicemail": "*97"}).code("voicemail") == "*97"


def test_list_of_a_tenant(tmp_path: Path) -> None:
    text = """
numbers:
  "+46850100100": {kind: main, destination: "schedule:office"}
codes: {voicemail: "*97"}
schedules:
  office: {weekly: {mon: "08:00-17:00"}, open: "user:anna", closed: "voicemail:info", switch: "*28"}
"""
    found = [
        (each.dialled, each.service, each.place.rpartition("/")[2]) for each in rows(specification_of(text, tmp_path))
    ]
    assert found == [
        (("*28",), "", "case.yaml:6:95"),
        (("*280",), "", "case.yaml:6:95"),
        (("*281",), "", "case.yaml:6:95"),
        (("*282",), "", "case.yaml:6:95"),
        (("*97950",), "voicemail", "base.yaml:32:9"),
    ]
