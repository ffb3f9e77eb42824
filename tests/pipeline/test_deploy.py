"""From a folder to stacks, plan and apply: the pipeline's part, behind fakes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.deployment import Kind
from provisioner.core.errors import PbxError, PlanStale, StoppedByLimit
from provisioner.core.holdings import Holding
from provisioner.pipeline import deploy
from provisioner.pipeline.auditing import Permit
from tests.pipeline.house import SITE, House

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    return House(tmp_path / "folder")


def test_platform_comes_first_and_data_before_edge_and_core(house: House) -> None:
    first, *tenants = deploy.stacks(house.prepare(), house.tools)
    assert first.name == "lab.platform"
    assert [(each.name, each.after) for each in first.resources] == [
        ("data", ()),
        ("edge", ("data",)),
        ("core", ("data",)),
    ]
    assert [each.name for each in tenants] == ["lab.tenant.kiosken", "lab.tenant.nordverk", "lab.tenant.solglantan"]
    assert [(each.kind, each.after) for each in tenants[0].resources] == [
        (Kind.CORE_BUNDLE, ()),
        (Kind.EDGE_ROWS, ("core",)),
        (Kind.TENANT_FILE, ("edge",)),
    ], "the file is remembered when everything else is live"


@pytest.mark.row("C1")
def test_chat_is_a_resource_of_the_tenants_and_its_server_one_of_the_edges(house: House) -> None:
    house.apply()
    for file, words in (("provider.yaml", "chat: {node: edge}"), ("tenants/solglantan.yaml", "chat: {}")):
        with (house.folder / file).open("a") as opened:
            opened.write(f"\n{words}\n")
    platform, *tenants = deploy.stacks(house.prepare(), house.tools)
    serving = [each.name for each in platform.resources if "ejabberd" in each.inputs["roles"]]  # type: ignore[operator]
    assert serving == ["edge"]
    *_, chat, file = tenants[2].resources
    assert (chat.kind, chat.inputs["node"], chat.after) == (Kind.CHAT_HOST, "edge", ())
    assert file.after == ("edge", "chat")
    assert len(tenants[0].resources) == 3, "the others have none"
    plan = deploy.plan(house.prepare(), house.tools)
    assert [one.text for each in plan.words for one in each.sentences] == ["users have chat, declared in it: as usual"]
    assert {each.machine: [one.what for one in each.doings][-1] for each in plan.machines}["edge"] == (
        "solglantan: chat accounts, contact lists and channels"
    )


@pytest.mark.row("C9")
def test_video_is_a_resource_of_the_tenants_and_its_server_one_of_the_edges(house: House) -> None:
    house.apply()
    for file, words in (("provider.yaml", "video: {node: edge}"), ("tenants/solglantan.yaml", "video: {}")):
        with (house.folder / file).open("a") as opened:
            opened.write(f"\n{words}\n")
    platform, *tenants = deploy.stacks(house.prepare(), house.tools)
    serving = [each for each in platform.resources if "livekit" in each.inputs["roles"]]  # type: ignore[operator]
    assert [each.name for each in serving] == ["edge"]
    assert "secrets" in serving[0].inputs, "a new key of the server's is carried out"
    *_, video, file = tenants[2].resources
    assert (video.kind, video.inputs["node"], video.after) == (Kind.VIDEO_ROOMS, "edge", ())
    assert file.after == ("edge", "video")
    plan = deploy.plan(house.prepare(), house.tools)
    said = [one.text for each in plan.words for one in each.sentences]
    assert said == ["users have video rooms, declared in it: as usual"]
    assert {each.machine: [one.what for one in each.doings][-1] for each in plan.machines}["edge"] == (
        "solglantan: video rooms and who takes part"
    )


def test_plan_says_what_changes_for_callers_since_the_last_apply(house: House) -> None:
    house.apply()
    file = house.folder / "tenants" / "solglantan.yaml"
    file.write_text(file.read_text().replace("timeout: 120s", "timeout: 60s"))
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    words = {
        each.slug: [one.text for one in each.sentences] for each in deploy.plan(house.prepare(), house.tools).words
    }
    assert words["solglantan"] == ["callers wait in the queue nurse at most 60s instead of 120s"]
    assert "Kiosken is taken away: 1 site, 1 number, 1 user" in words["kiosken"][0]
    assert words.keys() == {"solglantan", "kiosken"}


def test_inputs_hold_no_path_and_no_secret(house: House) -> None:
    house.apply()
    text = json.dumps([each.inputs for stack in house.engine.there.values() for each in stack.resources])
    assert str(house.folder) not in text
    assert [value for value in house.secrets.values.values() if value in text] == []


def test_apply_makes_secrets_once_and_then_has_nothing_to_do(house: House) -> None:
    assert not any(each.skipped for each in house.apply())
    made = dict(house.secrets.values)
    assert any(each.startswith("devices/solglantan/") for each in made)
    assert all(each.skipped for each in house.apply())
    assert house.secrets.values == made


def test_a_machine_that_took_anothers_place_gets_everything_that_stands_on_it(house: House) -> None:
    house.apply()

    def moved(**installations: str) -> set[str]:
        """Resources that would change now, on machines of these installations."""
        machines = (replace(each, installation=installations.get(each.name, "")) for each in SITE.machines)
        house.site = replace(SITE, machines=tuple(machines))
        was, now = house.engine.there, {each.name: each for each in deploy.stacks(house.prepare(), house.tools)}
        return {
            f"{name}/{old.name}"
            for name in now
            for old, new in zip(was[name].resources, now[name].resources, strict=True)
            if old != new
        }

    tenants = ("kiosken", "nordverk", "solglantan")
    assert moved() == set()
    assert moved(core="new") == {"lab.platform/core", *(f"lab.tenant.{each}/core" for each in tenants)}
    assert moved(data="new") == {"lab.platform/data", *(f"lab.tenant.{each}/edge" for each in tenants)}
    assert moved(edge="new") == {"lab.platform/edge", *(f"lab.tenant.{each}/edge" for each in tenants)}
    assert not any(each.skipped for each in house.apply() if each.stack != "lab.platform")
    assert moved(edge="new") == set()


def test_pins_are_digits_and_passwords_are_long(house: House) -> None:
    house.apply()
    for handle, value in house.secrets.values.items():
        assert value.isdigit() == ("pin" in handle.split("/")), handle
        assert len(value) == (6 if value.isdigit() else 28), handle


def test_plan_makes_no_secret_and_its_digest_is_stable(house: House) -> None:
    one = deploy.plan(house.prepare(), house.tools)
    two = deploy.plan(house.prepare(), house.tools)
    assert (one.binding.digest, len(one.changes)) == (two.binding.digest, 4)
    assert house.secrets.values == {}


def test_apply_carries_out_the_plan_that_was_shown_or_none(house: House) -> None:
    planned = deploy.plan(house.prepare(), house.tools).binding
    assert all(each.error is None for each in house.apply(planned))
    with pytest.raises(PlanStale, match="no longer what would be done"):
        house.apply(planned)


def test_a_changed_tenant_alone_changes(house: House) -> None:
    house.apply()
    file = house.folder / "tenants" / "solglantan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("timeout: 120s", "timeout: 100s", 1), encoding="utf-8")
    plan = deploy.plan(house.prepare(), house.tools)
    assert [each.stack for each in plan.changes] == ["lab.tenant.solglantan"]


def test_a_tenant_that_left_the_folder_is_taken_away_last(house: House) -> None:
    house.apply()
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    assert [each.stack for each in deploy.plan(house.prepare(), house.tools).gone] == ["lab.tenant.kiosken"]
    assert house.apply()[-1].stack == "lab.tenant.kiosken"
    assert "lab.tenant.kiosken" not in house.engine.there


def test_a_target_leaves_the_others_alone(house: House) -> None:
    house.apply()
    prepared = house.prepare("kiosken")
    assert deploy.gone(prepared, house.engine) == ()
    assert [each.name for each in deploy.stacks(prepared, house.tools)] == ["lab.platform", "lab.tenant.kiosken"]


def test_nothing_is_taken_away_where_something_failed(house: House) -> None:
    house.apply()
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    house.engine.broken = {"lab.tenant.nordverk"}
    assert [each.stack for each in house.apply() if each.error] == ["lab.tenant.nordverk"]
    assert "lab.tenant.kiosken" in house.engine.there


def test_only_sounds_that_change_are_made(house: House) -> None:
    house.apply()
    first: list[Any] = list(house.sounds.made)
    house.sounds.made.clear()
    house.apply()
    assert first
    assert house.sounds.made == []


def test_a_secret_that_only_the_provider_knows_is_asked_for_and_never_made(house: House) -> None:
    prepared = replace(house.prepare(), site=replace(SITE, outlets=None))
    with pytest.raises(PbxError, match="given/mail-relay"):
        deploy.apply(prepared, house.tools, lambda _: None)
    assert not house.engine.there
    house.secrets.set("given/mail-relay", "hush")
    house.secrets.set("given/sms-gateway", "hush")
    assert deploy.apply(prepared, house.tools, lambda _: None).outcomes
    assert house.secrets.get("given/mail-relay") == "hush"


def test_an_empty_folder_takes_nothing_away(house: House) -> None:
    house.apply()
    there, records = dict(house.engine.there), len(house.audit.records)
    shutil.rmtree(house.folder / "tenants")
    plan = deploy.plan(house.prepare(), house.tools)
    assert plan.stops[0].text == (
        "tenants: 3 of 3 would go, at most 1 may (1, and 10 %): kiosken, nordverk, solglantan"
    )
    assert {each.holding for each in plan.stops} == {*Holding} - {Holding.RECORDINGS}, "one is recorded, and one may go"
    with pytest.raises(StoppedByLimit, match="3 of 3 would go"):
        house.apply(plan.binding)
    assert (house.engine.there, len(house.audit.records)) == (there, records)


def test_what_is_allowed_goes_and_the_record_says_why(house: House) -> None:
    house.apply()
    file = house.folder / "tenants" / "nordverk.yaml"
    file.unlink()
    stops = deploy.plan(house.prepare(), house.tools).stops
    assert Holding.TENANTS not in {each.holding for each in stops}, "one tenant may go, but not with most of all users"
    allowed = frozenset(each.holding for each in stops)
    assert Holding.USERS in allowed
    deploy.apply(house.prepare(), house.tools, lambda _: None, permit=Permit(allowed, "gave notice"))
    assert "lab.tenant.nordverk" not in house.engine.there
    last = house.audit.records[-1]
    assert (last["allowed"], last["reason"]) == (sorted(allowed), "gave notice")


def test_a_target_takes_nothing_away_from_others(house: House) -> None:
    house.apply()
    (house.folder / "tenants" / "nordverk.yaml").unlink()
    assert deploy.plan(house.prepare("kiosken"), house.tools).stops == ()


@pytest.mark.parametrize("only", [(), ("kiosken",)])
def test_again_carries_out_the_platform_only_where_all_tenants_are_meant(house: House, only: tuple[str, ...]) -> None:
    house.apply()
    recorded = len(house.audit.records)
    done = deploy.apply(house.prepare(*only), house.tools, lambda _: None, again=True).outcomes
    slugs = only or ("kiosken", "nordverk", "solglantan")
    carried_out = {*(f"lab.tenant.{slug}" for slug in slugs), *(() if only else ("lab.platform",))}
    assert {each.stack for each in done if not each.skipped} == carried_out
    assert {each["stack"] for each in house.audit.records[recorded:]} == carried_out, "the record knows of it"
    assert all(each.skipped for each in house.apply())
