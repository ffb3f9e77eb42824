"""The invoice basis: whole and partial months, what is counted, calls, and the command's three forms."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.cli.main import run
from provisioner.pipeline import invoicing, metering
from provisioner.pipeline.invoicing import Line, Month
from tests.features.test_cases import SLUG, specification_of

TENANT = """\
numbers:
  "+46850100100": {kind: main, title: Växel, destination: "voicemail:info"}
  "+46850100101": {kind: direct, destination: "user:anna", active_from: 2027-02-15}
  "+46850100102": {kind: other, destination: "user:anna", active_until: 2027-02-07}
  "+46850100103": {kind: other, destination: "user:anna", active_until: 2027-01-31}
  "+46701740640": {kind: mobile, title: "=SUM(A1:A9)", destination: "user:anna"}
  "+442079460000": {destination: "user:anna"}
users:
  anna:
    name: Anna
    extension: 101
    plan: business
    devices: {desk: {kind: desk}}
    forwarding: {no_answer: "voicemail:info"}
  bo: {name: Bo, extension: 102, plan: voice, devices: {desk: {kind: desk}}, voicemail: {}}
add_ons:
  main-numbers: {count: 3, active_from: 2027-02-10, active_until: 2027-02-10}
  overseas: {}
  mobiles: {active_from: 2027-03-01}
"""
PRICES = """\
  numbers: {direct: 10, other: 10.05, mobile: 29, international: 45}
  calls:
    national: {start: 0.49, minute: 0.12}
    mobile: {start: 0.49, minute: 0.29}
"""
FEBRUARY = Month.of(2027, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    specification_of(TENANT, tmp_path)
    with (tmp_path / "provider.yaml").open("a") as provider:
        provider.write(PRICES)
    return tmp_path


def lines(folder: Path, month: Month = FEBRUARY, calls: list[metering.Call] | None = None) -> tuple[Line, ...]:
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    found = validate(load(folder))
    assert found.provider
    return invoicing.of_tenant(SLUG, found.tenants[SLUG], found.provider.catalogue, month, calls or [])


def shown(found: tuple[Line, ...]) -> list[str]:
    return [f"{x.kind} {x.item} {x.offer} {x.quantity} {x.days}/{x.of_days} {x.amount}" for x in found]


@pytest.mark.row("N6", "N7")
def test_whole_and_partial_months_are_counted_to_the_cent(folder: Path) -> None:
    assert shown(lines(folder)) == [
        "base  base 1 28/28 499.00",
        "user anna business 1 28/28 189.00",
        "user bo voice 1 28/28 99.00",
        "add_on main-numbers main-numbers 3 1/28 10.18",  # 3 × 95 / 28 = 10.1786
        "add_on overseas overseas 1 28/28 145.00",
        "number +46850100100 main 1 28/28 0.00",
        "number +46850100101 direct 1 14/28 5.00",
        "number +46850100102 other 1 7/28 2.51",  # 2.5125, to the cent
        "number +46701740640 mobile 1 28/28 29.00",
        "number +442079460000 international 1 28/28 45.00",
    ]
    assert invoicing.total(lines(folder)) == Decimal("1023.69")
    january = shown(lines(folder, Month.of(2027, 1)))
    assert "number +46850100103 other 1 31/31 10.05" in january
    assert not any("+46850100101" in line or "main-numbers" in line for line in january)


ATTENDANTS = """\
  add_ons:
    attendants:
      title: Attendants
      price: 350
      features: [external_attendant]
      answered:
        included: 45s
        tariffs: {day: {title: By day, price: 14.50}, night: {price: 21.50}}
"""


@pytest.mark.row("N6", "T2")
def test_answered_calls_stand_with_their_tariffs_and_without_a_count(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = invoicing.total(lines(folder))
    provider, tenant = folder / "provider.yaml", folder / "tenants" / SLUG / "case.yaml"
    provider.write_text(provider.read_text().replace("  add_ons:\n", ATTENDANTS))
    tenant.write_text(tenant.read_text() + "  attendants: {active_from: 2027-02-15}\n")
    found = [line for line in lines(folder) if line.item == "attendants"]
    assert shown(tuple(found)) == [
        "add_on attendants attendants 1 14/28 175.00",
        "answered attendants day None 14/28 0.00",
        "answered attendants night None 14/28 0.00",
    ]
    assert [(line.title, line.price, line.unit, line.included) for line in found] == [
        ("Attendants", Decimal(350), "month", 0),
        ("By day", Decimal("14.50"), "call", 45),
        ("night", Decimal("21.50"), "call", 45),
    ]
    assert invoicing.total(lines(folder)) == before + 175, "nobody has counted the calls yet"
    assert not [line for line in lines(folder, Month.of(2027, 1)) if line.item == "attendants"]

    asked = ["invoice-basis", "-C", str(folder), "--month", "2027-02", "--format"]
    assert run([*asked, "csv"]) == 0
    rows = [row for row in csv.DictReader(io.StringIO(capsys.readouterr().out)) if row["kind"] == "answered"]
    told = [(row["offer"], row["quantity"], row["price"], row["unit"], row["included"]) for row in rows]
    assert told == [("day", "", "14.50", "call", "45"), ("night", "", "21.50", "call", "45")]
    assert run([*asked, "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["tenants"]
    assert [line["quantity"] for line in told["lines"] if line["kind"] == "answered"] == [None, None]
    assert run([*asked, "text"]) == 0
    assert re.search(r"answered +– × By day +0\.00  14\.50 a call of 45 s, attendants", capsys.readouterr().out)


EVENTS = (
    ("CHAN_START", 100.0, "", "", "c1", "c1", "+46701740606", "from-edge", "anna-desk"),
    (
        "USER_DEFINED",
        100.1,
        "node",
        '{"extra":"number:+46701740606"}',
        "c1",
        "c1",
        "+46701740606",
        "acme.number",
        "101",
    ),
    ("CHAN_START", 100.2, "", "", "c1", "c2", "s", "from-edge", ""),
    ("ANSWER", 104.0, "", "", "c1", "c2", "+46701740606", "from-edge", "+46701740606"),
    ("ANSWER", 104.0, "", "", "c1", "c1", "+46701740606", "acme.number", "+46850100100"),
    ("HANGUP", 163.2, "", "{}", "c1", "c2", "", "from-edge", "+46701740606"),
    ("HANGUP", 163.3, "", "{}", "c1", "c1", "+46701740606", "acme.number", "+46850100100"),
    # A caller from outside who is sent on to the public network; nobody answers.
    ("CHAN_START", 200.0, "", "", "c3", "c3", "+46850100100", "from-edge", "+46701740641"),
    ("USER_DEFINED", 200.1, "node", '{"extra":"number:+46850200300"}', "c3", "c3", "+46850200300", "acme.number", ""),
    ("HANGUP", 220.0, "", "{}", "c3", "c3", "+46850200300", "acme.number", ""),
    # A call for help goes by another node.
    ("CHAN_START", 300.0, "", "", "c4", "c4", "112", "from-edge", "anna-desk"),
    ("USER_DEFINED", 300.1, "node", '{"extra":"site:main"}', "c4", "c4", "112", "acme.site.main", "101"),
    ("ANSWER", 301.0, "", "", "c4", "c5", "112", "from-edge", "112"),
    ("HANGUP", 400.0, "", "{}", "c4", "c5", "", "from-edge", "112"),
    # Answered within the log, ended after it.
    ("CHAN_START", 500.0, "", "", "c6", "c6", "+46850200300", "from-edge", "bo-desk"),
    ("USER_DEFINED", 500.1, "node", '{"extra":"number:+46850200300"}', "c6", "c6", "+46850200300", "acme.number", ""),
    ("ANSWER", 501.0, "", "", "c6", "c7", "+46850200300", "from-edge", "+46850200300"),
)
ANSWERED = 104
BEGIN = datetime(2027, 2, 1, tzinfo=ZoneInfo("Europe/Stockholm")).timestamp() - ANSWERED
"""With the first answer at the very beginning of February, by the tenant's clock."""


def log(begin: float = BEGIN, events: Sequence[tuple[str, float, str, str, str, str, str, str, str]] = EVENTS) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for event, at, name, extra, call, leg, extension, context, caller in events:
        writer.writerow(
            (event, f"{begin + at:.6f}", name, extra, call, leg, "PJSIP/edge-1", extension, context, caller)
        )
    return f'half a line","edge"\n{out.getvalue()}"CHAN_START","18'


@pytest.mark.row("N8")
def test_answered_calls_to_the_public_network_are_metered() -> None:
    (call,) = metering.calls(log())
    assert (call.tenant, call.caller, call.number, call.seconds) == ("acme", "anna-desk", "+46701740606", 60)


@pytest.mark.row("N8", "U7")
def test_who_sends_a_caller_on_pays_and_joined_calls_are_one() -> None:
    number, node = "+46701740606", '{"extra":"number:+46701740606"}'
    sent = '{"extra":"anna-desk"}'
    events = (
        ("CHAN_START", 0.0, "", "", "c1", "c1", "+46850100100", "from-edge", "+46701740641"),
        ("USER_DEFINED", 5.0, "transfer", sent, "c1", "c1", "0701740606", "pbx.transfer", "+46701740641"),
        ("USER_DEFINED", 5.1, "node", node, "c1", "c1", number, "acme.number", "+46701740641"),
        ("ANSWER", 6.0, "", "", "c1", "c2", number, "from-edge", number),
        # The leg ends in a call that somebody joined with this one.
        ("HANGUP", 9.0, "", "{}", "c0", "c2", "", "from-edge", number),
    )
    (call,) = metering.calls(log(events=events))
    assert (call.caller, call.number, call.seconds) == ("anna-desk", number, 3)


@pytest.mark.row("N5", "N8")
def test_who_calls_in_and_dials_on_pays_as_the_user_that_she_is(folder: Path) -> None:
    number, node = "+46701740606", '{"extra":"number:+46701740606"}'
    made = '{"extra":"acme bo *mobile 0701740606"}'
    events = (
        ("CHAN_START", 0.0, "", "", "c1", "c1", "+46850100101", "from-edge", "+46701740641"),
        (
            "USER_DEFINED",
            5.0,
            "made",
            made,
            "c1",
            "c1",
            "s",
            "acme.disa.out",
            "102",
        ),
        ("USER_DEFINED", 5.1, "node", node, "c1", "c1", number, "acme.number", "102"),
        ("ANSWER", 6.0, "", "", "c1", "c2", number, "from-edge", number),
        ("HANGUP", 66.0, "", "{}", "c1", "c2", "", "from-edge", number),
    )
    found = [
        line for line in lines(folder, calls=metering.calls(log(BEGIN + ANSWERED, events))) if line.kind == "calls"
    ]
    assert [line.item for line in found] == ["bo"]


@pytest.mark.row("N8")
@pytest.mark.parametrize(("later", "counted"), [(-1, False), (0, True), (28 * 86400 - 1, True), (28 * 86400, False)])
def test_a_call_belongs_to_the_month_of_its_answer_in_the_tenants_zone(folder: Path, later: int, counted: bool) -> None:
    found = [line for line in lines(folder, calls=metering.calls(log(BEGIN + later))) if line.kind == "calls"]
    assert shown(tuple(found)) == (["calls anna mobile 1 28/28 0.78"] if counted else [])


@pytest.mark.row("N6")
def test_the_command_writes_csv_json_and_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calls.csv").write_text(log(BEGIN + 86400))
    asked = ["invoice-basis", "-C", str(folder), "--month", "2027-02", "--calls", str(folder / "calls.csv"), "--format"]
    assert run([*asked, "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("1024.47")
    assert {row["currency"] for row in rows} == {"SEK"}
    assert "'=SUM(A1:A9)" in {row["title"] for row in rows}, "no spreadsheet takes a title for a formula"
    assert run([*asked, "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["total"] == document["tenants"][0]["total"] == "1024.47"
    assert len(document["tenants"][0]["lines"]) == len(rows)
    assert run([*asked, "text"]) == 0
    assert "1:00 min" in capsys.readouterr().out


@pytest.mark.parametrize("month", ["2027-13", "januari", "2027"])
def test_a_month_that_is_none_is_refused(folder: Path, month: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["invoice-basis", "-C", str(folder), "--month", month]) == 64
    assert "write it as 2027-01" in capsys.readouterr().err
