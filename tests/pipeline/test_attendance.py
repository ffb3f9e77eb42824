"""Calls that external attendants answered: read from the channel event log, priced, and on the invoice basis."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.cli.main import run
from provisioner.pipeline import attendance, metering
from tests.features.test_cases import SLUG, specification_of

pytestmark = pytest.mark.row("T2")

TENANT = """\
numbers:
  "+46850100100": {kind: main, destination: "external_attendant:front"}
  "+46850100101": {kind: other, destination: "user:anna"}
external_attendants:
  front: {number: "+46846500490", no_answer: "voicemail:info", instructions: {answer: Acme}}
add_ons:
  external-attendant: {active_from: 2027-02-02}
"""
MAIN, CALLER = "+46850100100", "+46701740641"
CONTEXT = "acme.external_attendant.front"
Event = tuple[str, float, str, str, str, str, str, str]
MONDAY = datetime(2027, 2, 1, 12, tzinfo=ZoneInfo("Europe/Stockholm")).timestamp()
DAY = 24 * 3600.0


def call(name: str, begun: float, seconds: float, connected: str = "", caller: str = CALLER) -> list[Event]:
    """One that is answered after three seconds; columns as a core node writes them."""
    came, her = f"{name}a", f"{name}b"
    told = json.dumps({"extra": f"{MAIN} {caller}"})
    events: list[Event] = [
        ("CHAN_START", begun, "", "", came, MAIN, "from-edge", caller),
        ("USER_DEFINED", begun + 0.1, "node", '{"extra":"external_attendant:front"}', came, "s", CONTEXT, caller),
        ("CHAN_START", begun + 0.3, "", "", her, "s", "from-edge", ""),
        ("USER_DEFINED", begun + 0.4, "attendant", told, her, "leg", CONTEXT, ""),
        ("ANSWER", begun + 3, "", "", her, "s", "from-edge", "s"),
        ("ANSWER", begun + 3, "", "", came, "s", CONTEXT, caller),
    ]
    if connected:
        keyed = json.dumps({"extra": connected})
        events.append(("USER_DEFINED", begun + 3 + seconds, "connected", keyed, her, "s", "acme.connect", "s"))
    events.append(("HANGUP", begun + 3 + seconds, "", "{}", her, "", "from-edge", "s"))
    return [*events, ("HANGUP", begun + 200, "", "{}", came, "s", CONTEXT, caller)]


def log(*calls: list[Event]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for events in calls:
        for event, at, name, extra, leg, extension, context, caller in events:
            row = (event, f"{at:.6f}", name, extra, f"{leg[:-1]}a", leg, "PJSIP/edge-1", extension, context, caller)
            writer.writerow(row)
    return out.getvalue()


LOG = log(
    call("1", MONDAY, 20.0),  # the day before the add-on begins
    call("2", MONDAY + DAY, 30.2, connected="101"),
    call("3", MONDAY + DAY + 6 * 3600, 50.0, caller=""),
    call("4", MONDAY + 27 * DAY, 1.0),  # a Sunday
    call("5", MONDAY + 28 * DAY, 1.0),  # in March
    call("6", MONDAY + 2 * DAY, 10.0)[:-2],  # still up when the log was taken
)


def test_calls_are_told_with_who_called_what_and_how_long_she_was_busy() -> None:
    found = attendance.calls(LOG)
    assert [(each.tenant, each.attendant, each.number, each.caller) for each in found] == [
        ("acme", "front", MAIN, CALLER),
        ("acme", "front", MAIN, CALLER),
        ("acme", "front", MAIN, ""),
        ("acme", "front", MAIN, CALLER),
        ("acme", "front", MAIN, CALLER),
    ]
    assert [(each.seconds, each.connected) for each in found] == [(20, ""), (31, "101"), (50, ""), (1, ""), (1, "")]
    assert metering.calls(LOG) == [], "they are no calls to the public network"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    specification = specification_of(TENANT, tmp_path)
    assert not specification.findings
    (tmp_path / "calls.csv").write_text(LOG)
    return tmp_path


def test_a_month_is_priced_by_the_clock_and_the_add_ons_of_the_tenant(folder: Path) -> None:
    specification = specification_of(TENANT, folder / "again")
    assert specification.provider
    month = attendance.Month.of(2027, 2)
    found = attendance.records(
        SLUG, specification.tenants[SLUG], specification.provider.catalogue, month, attendance.calls(LOG)
    )
    assert [(each.add_on, each.tariff, each.price) for each in found] == [
        ("", "", Decimal(0)),
        ("external-attendant", "day", Decimal("14.50")),
        ("external-attendant", "other", Decimal("21.50")),
        ("external-attendant", "other", Decimal("21.50")),
    ]


def test_the_command_lists_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "attendant",
        "records",
        SLUG,
        "-C",
        str(folder),
        "--month",
        "2027-02",
        "--calls",
        str(folder / "calls.csv"),
    ]
    assert run([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["currency"], len(told["calls"])) == ("57.50", "SEK", 4)
    assert told["calls"][1] == {
        "answered": "2027-02-02T12:00:03+01:00",
        "attendant": "front",
        "number": MAIN,
        "caller": CALLER,
        "seconds": 31,
        "mediation": "connected",
        "connected": "101",
        "add_on": "external-attendant",
        "tariff": "day",
        "title": "By day",
        "price": "14.50",
    }
    assert run(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [
        "2027-02-02", "12:00:03", MAIN, "from", CALLER, "31", "s", "connected", "to", "101", "14.50", "By", "day",
    ]  # fmt: skip
    assert "no tariff" in lines[0]
    assert lines[-1] == "4 calls, 57.50 SEK"


def test_the_invoice_basis_counts_them_where_there_is_a_log(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["invoice-basis", "-C", str(folder), "--month", "2027-02", "--format", "json"]

    def told(*more: str) -> list[tuple[str, int | None, str]]:
        assert run([*asked, *more]) == 0
        (tenant,) = json.loads(capsys.readouterr().out)["tenants"]
        lines = [line for line in tenant["lines"] if line["kind"] == "answered"]
        return [(line["offer"], line["quantity"], line["amount"]) for line in lines]

    assert told() == [("day", None, "0.00"), ("other", None, "0.00")]
    assert told("--calls", str(folder / "calls.csv")) == [("day", 1, "14.50"), ("other", 2, "43.00")]
    (folder / "calls.csv").write_text("")
    assert told("--calls", str(folder / "calls.csv")) == []
