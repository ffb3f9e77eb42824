"""A tenant under another name: what is planned, in which order it is carried out, and what holds nobody up."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.deployment import Stack
from provisioner.core.errors import UsageError
from provisioner.core.site import Cluster
from provisioner.pipeline import auditing, deploy, moving, moving_tenant, rollback
from tests.pipeline.house import SITE, House
from tests.pipeline.test_deploy import EXAMPLES

TENANT = "solglantan"
OLD, NEW = f"lab.tenant.{TENANT}", "lab.tenant.nova"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    house = House(tmp_path / "folder")
    house.apply()
    moving.write(house.folder, moving_tenant.move(house.folder, TENANT, "nova"))
    return house


def said(plan: deploy.Plan) -> dict[str, list[str]]:
    return {each.slug: [("!" if one.dangerous else "") + one.text for one in each.sentences] for each in plan.words}


def test_the_plan_is_of_one_tenant_and_no_brake_holds_it(house: House) -> None:
    plan = house.plan()
    assert list(said(plan)) == ["nova"]
    first, *others = said(plan)["nova"]
    assert first == (
        "renamed tenant solglantan → nova; 2 mailboxes, what was recorded by phone, call log, log-ins, switches, "
        "bookings go with it, telephones keep logins and registrations"
    )
    assert not [each for each in others if each.startswith("!")]
    assert plan.stops == ()
    assert [each.stack for each in plan.changes] == [NEW, OLD], "the old one goes last"


def test_without_the_move_it_is_told_as_a_loss_and_held_by_brakes(house: House) -> None:
    file = house.folder / "tenants/nova.yaml"
    file.write_text(file.read_text(encoding="utf-8").partition("\nmoved:")[0], encoding="utf-8")
    plan = house.plan()
    assert said(plan)[TENANT][0].startswith("!solglantan goes and nova comes with its domain: ")
    assert "`moved: [{from: tenant:solglantan, to: tenant:nova}]` in its file keeps them" in said(plan)[TENANT][0]


def test_applied_it_has_the_secrets_and_the_history_of_its_earlier_name(house: House) -> None:
    secrets = {each: value for each, value in house.secrets.values.items() if f"/{TENANT}/" in f"/{each}/"}
    assert len(secrets) > 5
    outcomes = house.apply()
    assert [(each.stack, each.skipped) for each in outcomes if not each.skipped] == [(NEW, False), (OLD, False)]
    assert OLD not in house.engine.there
    for handle, value in secrets.items():
        steps = ["nova" if each == TENANT else each for each in handle.split("/")]
        assert house.secrets.values["/".join(steps)] == value
    assert not house.plan().changes
    found, _ = auditing.history(house.audit.read()[0], "nova")
    assert [(each["tenant"], each["formerly"]) for each in found] == [("nova", TENANT), (TENANT, "")]
    assert found[0]["changed"][0].startswith("~ renamed tenant solglantan → nova; ")
    with pytest.raises(UsageError, match=f"nova was the tenant {TENANT} then"):
        rollback.find("nova", found[1]["at"][:23] + "999+00:00", house.commits, house.audit)


def test_a_run_that_is_narrowed_to_it_takes_the_old_name_away_too(house: House) -> None:
    prepared = house.prepare("nova")
    assert [each.stack for each in deploy.plan(prepared, house.tools).changes] == [NEW, OLD]
    deploy.apply(prepared, house.tools, lambda _: None)
    assert OLD not in house.engine.there
    assert house.gate.passed[-1] == ("lab", ("nova", TENANT)), "nobody else works at either meanwhile"
    assert deploy.gone(house.prepare("kiosken"), house.engine) == ()


def test_cut_off_between_the_two_a_repeat_ends_it(house: House) -> None:
    prepared = house.prepare()
    house.engine.apply(deploy.stacks(prepared, house.tools))
    assert {OLD, NEW} <= house.engine.there.keys()
    house.apply()
    assert OLD not in house.engine.there
    assert NEW in house.engine.there


def test_while_the_new_name_fails_the_old_one_stays(house: House) -> None:
    house.engine.broken.add(NEW)
    assert [each.stack for each in house.apply() if each.error] == [NEW]
    assert OLD in house.engine.there


def test_another_core_node_at_once_is_refused_before_anything_is_done(house: House) -> None:
    core, *others = house.engine.there[OLD].resources
    house.engine.there[OLD] = Stack(OLD, (replace(core, inputs={**core.inputs, "node": "core2"}), *others))
    for act in (house.plan, house.apply):
        with pytest.raises(UsageError, match="would move from core2 to core at once"):
            act()
    assert NEW not in house.engine.there


def test_in_a_cluster_where_nothing_would_follow_it_is_refused(house: House) -> None:
    clustered = replace(house.prepare(), site=replace(SITE, cluster=Cluster("ctx", "lab", {}, {})))
    others = deploy.renamed(clustered, house.engine)
    with pytest.raises(UsageError, match="in a cluster what its users live with would not follow"):
        others.stay_at_home(clustered.provider.placement, house.engine.outputs, clustered=True)


def test_a_narrowed_run_does_not_take_from_a_tenant_of_the_old_name(house: House) -> None:
    shutil.copy(EXAMPLES / f"tenants/{TENANT}.yaml", house.folder / f"tenants/{TENANT}.yaml")
    with pytest.raises(UsageError, match="nova was solglantan, and there is a tenant solglantan"):
        house.prepare("nova")


def test_rows_and_moves_say_what_it_was(house: House) -> None:
    (tenant,) = house.prepare("nova").tenants
    store = house.tools.bundles
    assert json.loads(store.text(tenant.edge, "rows.json"))["formerly"] == [TENANT]
    (first,) = json.loads(store.text(tenant.core, "moves.json"))["moves"]
    assert (first["kind"], first["old"], first["new"]) == ("tenant", TENANT, "nova")
