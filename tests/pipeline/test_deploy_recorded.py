"""What an apply and a destroy leave in the record of their environment."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from provisioner.core import record
from provisioner.core.audit import Result, verify
from provisioner.core.deployment import Ended, Outcome, Stack
from provisioner.pipeline import deploy
from provisioner.pipeline.auditing import Permit
from provisioner.wiring import provider
from tests.pipeline.house import House, heard

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    return House(tmp_path / "folder")


def told(house: House) -> list[tuple[str, str]]:
    return [(each["stack"], each["result"]) for each in house.audit.records]


def test_every_stack_that_is_applied_is_recorded_when_it_begins_and_ends(house: House) -> None:
    plan = deploy.plan(house.prepare(), house.tools)
    house.apply(plan.binding)
    names = ["lab.platform", "lab.tenant.kiosken", "lab.tenant.nordverk", "lab.tenant.solglantan"]
    assert told(house) == [(each, "begun") for each in names] + [(each, "applied") for each in names]
    assert not verify(house.audit.content, house.audit.head).breaks
    last = house.audit.records[-1]
    assert last["changed"][0].startswith("+ Solgläntan")
    assert (last["tenant"], last["plan"], last["specification"]) == (
        "solglantan",
        plan.binding.digest,
        house.engine.there["lab.tenant.solglantan"].digest,
    )
    assert (last["origin"]["user"], last["origin"]["commit"], last["command"]) == ("anna", "c0ffee", "apply")
    assert last["file"] == record.digest(house.engine.there["lab.tenant.solglantan"].resources[-1].inputs["record"])
    assert house.audit.records[0]["file"] == "", "machines have none"
    assert len({each["run"] for each in house.audit.records}) == 1
    house.apply()
    assert len(house.audit.records) == 2 * len(names), "where nothing is done nothing is recorded"


def test_the_record_says_what_changed_who_failed_and_who_was_taken_away(house: House) -> None:
    house.apply()
    house.audit.content, house.audit.head = b"", None
    file = house.folder / "tenants" / "solglantan.yaml"
    file.write_text(file.read_text().replace("timeout: 120s", "timeout: 60s"))
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    house.engine.broken = {"lab.tenant.solglantan"}
    house.apply()
    begun, failed = house.audit.records
    assert begun["changed"] == failed["changed"] == ["~ callers wait in the queue nurse at most 60s instead of 120s"]
    assert (failed["result"], failed["error"]) == (Result.FAILED, "broken; what now: mend it")
    house.engine.broken = set()
    house.apply()
    assert told(house)[2:] == [
        ("lab.tenant.solglantan", "begun"),
        ("lab.tenant.solglantan", "applied"),
        ("lab.tenant.kiosken", "begun"),
        ("lab.tenant.kiosken", "applied"),
    ]
    assert house.audit.records[-1]["changed"][0].startswith("! Kiosken is taken away: 1 site, 1 number")
    assert house.audit.records[-1]["specification"] == ""


def test_nothing_is_touched_where_it_cannot_be_recorded(house: House) -> None:
    house.audit.full = True
    with pytest.raises(OSError, match="No space left"):
        house.apply()
    assert house.engine.there == {}


def test_what_was_done_and_could_not_be_recorded_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def carried_out(stacks: Sequence[Stack], ended: Ended, again: frozenset[str]) -> tuple[Outcome, ...]:
        house.audit.full = True
        return tuple(heard(house.engine._apply(each, again), ended) for each in stacks)

    monkeypatch.setattr(house.engine, "apply", carried_out)
    made = deploy.apply(house.prepare(), house.tools, lambda _: None)
    assert not any(each.error for each in made.outcomes)
    assert made.unrecorded
    assert "No space left on device" in made.unrecorded.message
    assert {each["result"] for each in house.audit.records} == {"begun"}


def test_nothing_is_taken_away_where_it_cannot_be_recorded(house: House) -> None:
    house.apply()
    house.audit.full = True
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    *_, last = house.apply()
    assert last.stack in house.engine.there
    assert last.error
    assert "this cannot be recorded" in last.error.message


def test_destroy_is_recorded_with_its_reason(house: House) -> None:
    house.apply()
    permit = Permit(reason="the customer left")
    made = deploy.destroy(["lab.tenant.kiosken"], provider(house.folder), "lab", house.tools, permit)
    assert [each.stack for each in made.outcomes] == ["lab.tenant.kiosken"]
    last = house.audit.records[-1]
    assert (last["command"], last["reason"], last["tenant"]) == ("destroy", "the customer left", "kiosken")
    assert last["changed"][0].startswith("! Kiosken is taken away")
    assert made.head == house.audit.head


def test_no_secret_stands_in_the_record(house: House) -> None:
    house.apply()
    text = house.audit.content.decode()
    assert [value for value in house.secrets.values.values() if value in text] == []
