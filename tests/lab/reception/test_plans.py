"""What is called and what it costs: premium numbers, metering, the invoice basis, a number in between (N6 to N8)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from provisioner.core.probes import (
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    Network,
    Outside,
    Phone,
    Reaches,
    TalkBothWays,
    Waits,
)
from provisioner.features.outbound.asterisk import BARRED
from provisioner.targets.asterisk.core_node import CALL_EVENTS_FILE
from tests.lab.reception.reception import Reception

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "numbers"
ADA, BO, NETWORK = Phone("ada"), Phone("bo"), Network()
PREMIUM = "+469001234567"
CALLER = Outside("+46701740641")


@pytest.mark.row("N8")
def test_n8_a_premium_number_is_barred_for_one_and_reached_by_another(reception: Reception) -> None:
    reception.perform(TENANT, Dials(ADA, PREMIUM), Hears(ADA, BARRED["en"]), IsEnded(ADA))
    reception.perform(
        TENANT, Dials(BO, PREMIUM), Reaches(NETWORK, PREMIUM, "+46406280400"), TalkBothWays(BO, NETWORK), HangsUp(BO)
    )


@pytest.mark.row("N6", "N8")
def test_n6_the_invoice_basis_tells_plans_numbers_and_the_call_just_made(reception: Reception, tmp_path: Path) -> None:
    size = int(reception.run("core", f"stat -c %s {CALL_EVENTS_FILE}"))
    reception.perform(TENANT, Dials(BO, PREMIUM), Reaches(NETWORK, PREMIUM), Waits(3), HangsUp(BO), IsEnded(NETWORK))
    log = tmp_path / "calls.csv"
    log.write_text(reception.run("core", f"sleep 1; tail -c +{size + 1} {CALL_EVENTS_FILE}"))
    now = reception.run("core", "TZ=Europe/Stockholm date +%Y-%m").strip()
    found = reception.document("invoice-basis", "--target", TENANT, "--month", now, "--calls", str(log))
    (tenant,) = found["tenants"]
    users = {line["item"]: (line["offer"], line["amount"]) for line in tenant["lines"] if line["kind"] == "user"}
    assert users == {"ada": ("business", "189.00"), "bo": ("business", "189.00")}
    (call,) = (line for line in tenant["lines"] if line["kind"] == "calls")
    assert (call["item"], call["offer"], call["quantity"]) == ("bo", "premium", 1)
    assert 3 <= call["seconds"] <= 15
    assert Decimal(call["amount"]) == 1 + call["seconds"], "a start of 1 and 60 a minute"
    assert Decimal(tenant["total"]) == sum(Decimal(line["amount"]) for line in tenant["lines"])


@pytest.mark.row("N7")
def test_n7_a_number_is_added_and_taken_away_and_the_plan_says_what_it_costs(reception: Reception) -> None:
    number, office = "+46406280450", reception.specification().scopes[TENANT].sounds["office"]["en"]
    added = f'numbers:\n  "{number}": {{destination: "announcement:office"}}\n'
    with reception.changed(TENANT, {"numbers:\n": added}):
        told = reception.pbx("plan", "--target", TENANT)
        assert f"callers of {number} are answered" in told
        assert "a month costs SEK 10.00 more" in told
        assert reception.apply()[f"lab.tenant.{TENANT}"] == "applied"
        reception.perform(TENANT, Dials(CALLER, number), Hears(CALLER, office), IsEnded(CALLER))
    reception.perform(TENANT, Dials(CALLER, number), IsEnded(CALLER, within=5))
