"""The rows of a tenant: bytes, order, sources, secrets, and what does not fit together."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from provisioner.core.secrets import ha1
from provisioner.targets.kamailio.link import check
from provisioner.targets.kamailio.objects import Domain, Light, Number, Object, Subscriber, Tenant, username
from provisioner.targets.kamailio.rows import Clash, render, with_ha1, write

EXPECTED = Path(__file__).parent / "expected"


def device(user: str, name: str, domain: str = "klinik.example") -> Subscriber:
    account = username(user, name)
    place = ("users", user, "devices", name)
    return Subscriber(account, domain, "klinik", user, name, f"devices/klinik/{account}", "101", source=place)


def light(dialled: str, name: str) -> Light:
    return Light(dialled, f"klinik.switch.{name}", "klinik", ("schedules", name, "switch"))


def clinic() -> list[Object]:
    return [
        Tenant("klinik", "core", "+46850110100", ("numbers",)),
        Domain("klinik.example", "klinik", ("domain",)),
        Number("+46850110101", "klinik", ("numbers", "+46850110101")),
        Number("+46850110100", "klinik", ("numbers", "+46850110100")),
        device("anna", "mobile"),
        device("anna", "desk"),
        light("*282", "office"),
        light("*28", "office"),
    ]


def test_whole_file() -> None:
    assert write("klinik", clinic()).text == (EXPECTED / "rows.json").read_text()


def test_order_of_objects_does_not_matter() -> None:
    objects = clinic()
    before = render("klinik", objects).digest
    random.Random(3).shuffle(objects)
    assert render("klinik", objects).digest == before


def test_a_row_keeps_its_source() -> None:
    lines = {line.text.rstrip(","): line.source for line in write("klinik", clinic()).lines}
    assert lines['{"number": "+46850110101"}'] == ("numbers", "+46850110101")


def test_ha1_takes_the_place_of_the_token() -> None:
    asked: list[str] = []

    def password(handle: str) -> str:
        asked.append(handle)
        return 'quote " and {{brace}}'

    rows = json.loads(with_ha1(write("klinik", clinic()).text, password))["tables"]["subscriber"]
    assert asked == ["devices/klinik/anna-desk", "devices/klinik/anna-mobile"]
    assert [row["ha1"] for row in rows] == [
        ha1(name, "klinik.example", 'quote " and {{brace}}') for name in ("anna-desk", "anna-mobile")
    ]
    assert not any("secret" in row for row in rows)


def test_ha1_is_that_of_the_rfc() -> None:
    # RFC 2617 3.5: the example's A1, whose digest many implementations publish.
    assert ha1("Mufasa", "testrealm@host.com", "Circle Of Life") == "939e7578ed9e3c518a452acee763bce9"


def test_two_rows_of_one_key_are_refused() -> None:
    with pytest.raises(Clash, match=r"anna-desk@klinik\.example is defined twice"):
        render("klinik", [*clinic(), Subscriber("anna-desk", "klinik.example", "klinik", "x", "y", "z")])


@pytest.mark.parametrize(
    ("objects", "codes"),
    [
        (clinic(), []),
        ([*clinic(), Domain("klinik.example", "klinik", ("site",))], []),
        ([*clinic(), device("anna-mobile", "b"), device("anna", "mobile-b")], ["K201"]),
        ([*clinic(), light("*28", "shop"), light("*29", "office")], ["K201"]),
        ([*clinic(), light("*28", "office"), light("*29", "office")], []),
        ([*clinic(), device("bo", "desk", "klinikk.example")], ["K202"]),
        ([*clinic(), device("b" * 59, "desk")], []),
        ([*clinic(), device("b" * 60, "desk")], ["K203"]),
    ],
)
def test_link(objects: list[Object], codes: list[str]) -> None:
    assert [finding.rule.code for finding in check(objects)] == codes


def test_link_names_the_nearest_domain_and_the_place() -> None:
    (finding,) = check([*clinic(), device("bo", "desk", "klinikk.example")])
    assert finding.nearest == "klinik.example"
    assert finding.path == ("users", "bo", "devices", "desk")
