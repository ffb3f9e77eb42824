"""A few tenants first, and the rest only where those are well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provisioner.cli.apply import exit_code
from provisioner.core.deployment import Outcome
from provisioner.core.errors import PbxError, VerificationRed
from provisioner.pipeline import deploy
from provisioner.pipeline.canary import Canary
from tests.pipeline.house import House
from tests.provider_folder import EXAMPLES

RED = VerificationRed("1 of 9 test calls failed", "see them")
KIOSK, NORD, SOL = "lab.tenant.kiosken", "lab.tenant.nordverk", "lab.tenant.solglantan"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    return House(tmp_path / "folder")


def apply(house: House, count: int, wrong: PbxError | None = None) -> tuple[tuple[Outcome, ...], list[tuple[str, ...]]]:
    """What came of it, and which tenants were checked."""
    checked: list[tuple[str, ...]] = []

    def check(tenants: tuple[str, ...]) -> PbxError | None:
        checked.append(tenants)
        assert {each for each in house.engine.there if ".tenant." in each} >= {f"lab.tenant.{each}" for each in tenants}
        return wrong

    prepared = house.prepare()
    made = deploy.apply(prepared, house.tools, lambda _: None, first=Canary(count, check))
    return made.outcomes, checked


def test_all_follow_where_the_first_are_well(house: House) -> None:
    outcomes, checked = apply(house, 1)
    assert checked == [("kiosken",)]
    assert [each.stack for each in outcomes] == ["lab.platform", KIOSK, NORD, SOL]
    assert exit_code(outcomes) == 0
    assert len(house.engine.there) == 4
    outcomes, checked = apply(house, 1)
    assert (checked, all(each.skipped for each in outcomes)) == ([], True), "nobody changed, so there is nobody to try"


def test_the_rest_waits_where_the_first_are_not_well_and_a_repeat_goes_on(house: House) -> None:
    outcomes, _ = apply(house, 2, RED)
    assert [each.stack for each in outcomes if each.error] == [SOL]
    assert SOL not in house.engine.there
    assert exit_code(outcomes) == 8
    last = house.audit.records[-1]
    assert (last["stack"], last["result"]) == (SOL, "failed")
    assert last["error"].startswith("not begun, because 1 of 9 test calls failed; what now: see them")
    outcomes, checked = apply(house, 2)
    assert checked == [("solglantan",)]
    assert exit_code(outcomes) == 0


def test_where_there_is_no_rest_the_last_says_it(house: House) -> None:
    outcomes, checked = apply(house, 9, RED)
    assert checked == [("kiosken", "nordverk", "solglantan")]
    assert outcomes[-1].error is RED
    assert [each.stack for each in outcomes if each.error] == [SOL]
    assert exit_code(outcomes) == 8


def test_nobody_is_checked_where_the_first_failed_and_nobody_is_taken_away(house: House) -> None:
    house.apply()
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    for name in ("nordverk", "solglantan"):
        file = house.folder / "tenants" / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("0s", "1s"), encoding="utf-8")
    house.engine.broken = {NORD}
    outcomes, checked = apply(house, 1)
    assert checked == []
    by_name = {each.stack: each for each in outcomes}
    assert str(by_name[SOL].error) == f"not begun, because {NORD} failed"
    assert KIOSK in house.engine.there
