"""A plan that was saved is carried out exactly, or the message says which tenant, field and commit moved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.errors import LockHeld, PlanStale, UsageError
from provisioner.core.ports.commits import Commit
from provisioner.pipeline import binding, deploy
from provisioner.pipeline.binding import Binding
from tests.pipeline.house import ORIGIN, House
from tests.provider_folder import EXAMPLES

TENANT = "tenants/solglantan.yaml"
PLANNED = Commit("c0ffee", "2026-11-01T08:00:00+01:00", "Anna", "Before")
SINCE = Commit("beefbeefbeef", "2026-11-02T08:00:00+01:00", "Bo", "Be quicker")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Applied, so that secrets are made and the next plan is about what changes."""
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    house = House(tmp_path / "folder")
    house.apply()
    return house


def change(house: House, old: str, new: str, name: str = TENANT) -> None:
    file = house.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def saved(house: House, *only: str) -> Binding:
    """As `pbx apply FILE` reads it."""
    text = json.dumps(binding.document(house.plan(*only).binding))
    return binding.read(text, "plan.json")


def refusal(house: House, planned: Binding) -> str:
    there = dict(house.engine.there)
    with pytest.raises(PlanStale) as raised:
        house.apply(planned)
    assert house.engine.there == there
    return raised.value.message


def test_what_was_written_reads_back(house: House) -> None:
    change(house, "timeout: 120s", "timeout: 60s")
    made = house.plan("solglantan").binding
    read = saved(house, "solglantan")
    assert replace(read, stacks=(), at="") == replace(made, stacks=(), at="")
    assert (read.specification, read.applied, read.targets) == (made.specification, made.applied, ("solglantan",))
    assert read.origin == ORIGIN


def test_a_saved_plan_is_carried_out_and_holds_no_secret(house: House) -> None:
    change(house, "timeout: 120s", "timeout: 60s")
    text = json.dumps(binding.document(house.plan().binding))
    assert house.secrets.values
    assert [value for value in house.secrets.values.values() if value in text] == []
    assert str(house.folder) not in text
    assert [each.stack for each in house.apply(binding.read(text, "plan.json")) if not each.skipped] == [
        "lab.tenant.solglantan"
    ]
    assert house.audit.records[-1]["plan"] == binding.read(text, "plan.json").digest


def test_what_moved_in_the_folder_is_named_with_its_commit(house: House) -> None:
    before = (house.folder / TENANT).read_bytes()
    change(house, "timeout: 120s", "timeout: 60s")
    planned = saved(house)
    house.commits.commits = [(SINCE, {TENANT: b"new"}), (PLANNED, {TENANT: before})]
    change(house, "timeout: 60s", "timeout: 30s")
    told = refusal(house, planned)
    assert (
        "\n  solglantan: queues.nurse.timeout: 60s → 30s (commit beefbeefbe by Bo, 2026-11-02: “Be quicker”)" in told
    ), told
    assert planned.digest[:12] in told
    house.commits.dirty = {TENANT}
    assert "30s (what is in no commit yet; commit beefbeefbe by Bo" in refusal(house, planned)
    house.commits = type(house.commits)()
    assert "(by no commit since, planned at commit c0ffee)" in refusal(house, planned)


def test_a_tenant_that_the_plan_did_not_change_and_that_moved_is_named_too(house: House) -> None:
    planned = saved(house)
    change(house, "timeout: 120s", "timeout: 60s")
    change(house, "name: Ida Sand", "name: Ida Strand", "tenants/kiosken.yaml")
    told = refusal(house, planned)
    assert "solglantan: queues.nurse.timeout: 120s → 60s" in told
    assert "kiosken: users." in told
    assert "“Ida Sand” → “Ida Strand”" in told


def test_many_fields_are_counted(house: House) -> None:
    planned = saved(house)
    file = house.folder / TENANT
    file.write_text(file.read_text(encoding="utf-8").replace("0s", "1s"), encoding="utf-8")
    assert "; and " in refusal(house, planned)


def test_who_applied_since_is_told_by_the_record(house: House) -> None:
    change(house, "timeout: 120s", "timeout: 60s")
    planned = saved(house)
    change(house, "timeout: 60s", "timeout: 30s")
    house.apply()
    change(house, "timeout: 30s", "timeout: 60s")
    told = refusal(house, planned)
    assert "solglantan: queues.nurse.timeout: 120s → 30s (apply of 20" in told
    assert "UTC: anna@desk, commit c0ffee)" in told
    house.audit.content = b""
    assert "(no record says by whom)" in refusal(house, planned)


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (lambda house: house.secrets.values.update(dict.fromkeys(house.secrets.values, "9")), "a secret of edge"),
        (lambda house: (house.folder / "tenants/kiosken.yaml").unlink(), "kiosken: is no longer in the folder"),
        (lambda house: change(house, "port: 5062", "port: 5064", "provider.yaml"), "of the machine edge"),
    ],
    ids=["secret", "gone", "platform"],
)
def test_everything_else_that_may_move(house: House, move: Callable[[House], object], told: str) -> None:
    planned = saved(house)
    move(house)
    assert told in refusal(house, planned)


def test_a_plan_that_failed_in_between_is_carried_on(house: House) -> None:
    change(house, "timeout: 120s", "timeout: 60s")
    change(house, "name: Ida Sand", "name: Ida Strand", "tenants/kiosken.yaml")
    planned = saved(house)
    house.engine.broken = {"lab.tenant.solglantan"}
    assert [each.stack for each in house.apply(planned) if each.error] == ["lab.tenant.solglantan"]
    house.engine.broken = set()
    assert [each.stack for each in house.apply(planned) if not each.skipped] == ["lab.tenant.solglantan"]
    assert all(each.skipped for each in house.apply(planned)), "all of it is as it was planned"


def test_another_version_and_another_environment_are_refused(house: House) -> None:
    planned = saved(house)
    binding.check(planned, "")
    binding.check(planned, "lab")
    with pytest.raises(PlanStale, match="is of the environment lab, not of prod"):
        binding.check(planned, "prod")
    with pytest.raises(PlanStale, match=r"was made by pbx 0\.0\.9, and this is .*another version may make other files"):
        binding.check(replace(planned, tool="0.0.9"), "lab")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"digest": "abc"}', '{"bound": 1}', "null"])
def test_what_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"x\.json is no plan"):
        binding.read(text, "x.json")


def test_a_run_passes_the_gate_with_its_tenants_and_does_nothing_behind_another(house: House) -> None:
    house.gate.passed.clear()
    house.apply()
    deploy.apply(house.prepare("kiosken"), house.tools, lambda _: None)
    assert house.gate.passed == [("lab", ()), ("lab", ("kiosken",))]
    change(house, "timeout: 120s", "timeout: 60s")
    house.gate.owner = "eva@desk"
    there = dict(house.engine.there)
    with pytest.raises(LockHeld, match="eva@desk"):
        house.apply()
    assert house.engine.there == there
