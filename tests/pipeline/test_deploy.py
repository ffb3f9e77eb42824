"""From a folder to stacks, plan and apply: the pipeline's part, behind fakes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.bundles import BundleStore
from provisioner.core.artifacts import Makeable
from provisioner.core.deployment import Kind, Op, Outcome, Plain, Stack, StackPlan, Step
from provisioner.core.errors import PbxError, PlanStale
from provisioner.core.outlets import Outlets
from provisioner.core.ports.sounds import Made
from provisioner.core.site import Machine, Role, Site
from provisioner.pipeline import deploy
from provisioner.wiring import provider

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass
class FakeEngine:
    """Remembers stacks as they were wanted; `broken` names stacks that fail."""

    there: dict[str, Stack] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def unchanged(self, stack: Stack) -> bool:
        return stack.name in self.there and self.there[stack.name].digest == stack.digest

    def plan(self, stacks: Sequence[Stack]) -> tuple[StackPlan, ...]:
        return tuple(StackPlan(each.name, each.digest, tuple(self._steps(each))) for each in stacks)

    def _steps(self, stack: Stack) -> Iterable[Step]:
        if not self.unchanged(stack):
            for each in stack.resources:
                yield Step(stack.name, each.kind, each.name, Op.CREATE)

    def apply(self, stacks: Sequence[Stack]) -> tuple[Outcome, ...]:
        return tuple(self._apply(each) for each in stacks)

    def _apply(self, stack: Stack) -> Outcome:
        if stack.name in self.broken:
            return Outcome(stack.name, error=PbxError("broken", "mend it"))
        outcome = Outcome(stack.name, skipped=self.unchanged(stack))
        self.there[stack.name] = stack
        return outcome

    def destroy(self, names: Sequence[str]) -> tuple[Outcome, ...]:
        for each in names:
            del self.there[each]
        return tuple(Outcome(each) for each in names)

    def stacks(self) -> tuple[str, ...]:
        return tuple(sorted(self.there))

    def outputs(self, name: str) -> Mapping[str, Mapping[str, Plain]]:
        return {each.name: each.inputs for each in self.there[name].resources} if name in self.there else {}


@dataclass
class FakeSecrets:
    values: dict[str, str] = field(default_factory=dict)

    def get(self, handle: str) -> str:
        return self.values[handle]

    def set(self, handle: str, value: str) -> None:
        self.values[handle] = value

    def ensure(self, wanted: Mapping[str, Callable[[], str]]) -> tuple[str, ...]:
        made = {each: make() for each, make in wanted.items() if each not in self.values}
        self.values.update(made)
        return tuple(sorted(made))

    def digest(self, handles: Iterable[str]) -> str:
        return str(hash(tuple((each, self.values.get(each)) for each in sorted(handles))))


@dataclass
class FakeSounds:
    made: list[Makeable] = field(default_factory=list)

    def make(self, recipes: Iterable[Makeable], progress: Made | None = None) -> Mapping[str, str]:
        del progress
        self.made += recipes
        return {}


@dataclass
class House:
    """A provider's folder with fakes around it."""

    folder: Path
    engine: FakeEngine = field(default_factory=FakeEngine)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    sounds: FakeSounds = field(default_factory=FakeSounds)

    @property
    def tools(self) -> deploy.Tools:
        store = BundleStore(self.folder / ".pbx")
        return deploy.Tools(self.engine, self.secrets, store, self.sounds, lambda roles: "-".join(roles))

    def prepare(self, *only: str) -> deploy.Prepared:
        return deploy.prepare(self.folder, provider(self.folder), lambda: SITE, self.tools, frozenset(only))

    def apply(self, planned: str = "") -> tuple[Outcome, ...]:
        return deploy.apply(self.prepare(), self.tools, lambda _: None, planned)


SITE = Site(
    "lab",
    (
        Machine("core", Role.CORE, "198.18.0.30"),
        Machine("data", Role.DATA, "198.18.0.10"),
        Machine("edge", Role.EDGE, "198.18.0.20", "198.19.0.20"),
    ),
    ("198.18.0.0/24",),
    trunk_addresses={"carrier": "198.19.0.40", "emergency": "198.19.0.40"},
    outlets=Outlets(),
)


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


def test_pins_are_digits_and_passwords_are_long(house: House) -> None:
    house.apply()
    for handle, value in house.secrets.values.items():
        assert value.isdigit() == ("pin" in handle.split("/")), handle
        assert len(value) == (6 if value.isdigit() else 28), handle


def test_plan_makes_no_secret_and_its_digest_is_stable(house: House) -> None:
    one = deploy.plan(house.prepare(), house.tools)
    two = deploy.plan(house.prepare(), house.tools)
    assert (one.digest, len(one.changes)) == (two.digest, 4)
    assert house.secrets.values == {}


def test_apply_carries_out_the_plan_that_was_shown_or_none(house: House) -> None:
    planned = deploy.plan(house.prepare(), house.tools).digest
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
    with pytest.raises(KeyError, match="given/mail-relay"):
        deploy.apply(prepared, house.tools, lambda _: None)
    assert not house.engine.there
    house.secrets.set("given/mail-relay", "hush")
    house.secrets.set("given/sms-gateway", "hush")
    assert deploy.apply(prepared, house.tools, lambda _: None)
    assert house.secrets.get("given/mail-relay") == "hush"
