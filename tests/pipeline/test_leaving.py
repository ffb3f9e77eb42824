"""Taking tenants away whole: export first, then the stack, then what users left, behind fakes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.adapters.live.belongings import events
from provisioner.core.errors import PbxError
from provisioner.pipeline import leaving
from provisioner.pipeline.auditing import Permit
from provisioner.pipeline.leaving import Left, Notes
from provisioner.targets.asterisk.core_node import CALL_EVENTS
from provisioner.wiring import provider
from tests.pipeline.test_deploy import EXAMPLES, House

TENANT = "kiosken"
STACK = f"lab.tenant.{TENANT}"


@dataclass
class FakeBelongings:
    """Remembers in order what was asked; `broken` names what fails."""

    house: House
    broken: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def export(self, tenant: str, folder: str) -> Mapping[str, int]:
        self._ask("export", tenant, folder)
        return {"messages": 3}

    def forget(self, tenant: str, domain: str) -> tuple[str, ...]:
        assert STACK not in self.house.engine.there, "a tenant that lives keeps what its users have"
        self._ask("forget", tenant, domain)
        return ("core",)

    def _ask(self, *words: str) -> None:
        self.asked.append(words)
        if words[0] == self.broken:
            raise PbxError(f"{words[0]} is broken", "mend it")


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    made = House(tmp_path / "folder")
    made.apply()
    return made


def notes(house: House) -> Notes:
    return Notes(house.folder / ".pbx" / "leaving" / "lab.json")


def leave(house: House, belongings: FakeBelongings, *, export: bool = True) -> Left:
    exports = house.folder / "exports" if export else None
    return leaving.leave(
        [STACK], provider(house.folder), "lab", house.tools, belongings, notes(house), Permit(), exports
    )


def test_export_first_then_the_stack_then_what_users_left(house: House) -> None:
    belongings = FakeBelongings(house)
    left = leave(house, belongings)
    (exported,) = left.exported
    assert (exported.tenant, exported.counts) == (TENANT, {"messages": 3})
    assert exported.folder.parent == house.folder / "exports"
    assert belongings.asked == [("export", TENANT, str(exported.folder)), ("forget", TENANT, "kiosken.example")]
    assert left.forgotten == {TENANT: ("core",)}
    assert STACK not in house.engine.there
    assert notes(house).read() == {}


def test_nothing_is_removed_where_the_export_fails(house: House) -> None:
    belongings = FakeBelongings(house, broken="export")
    with pytest.raises(PbxError, match="export is broken"):
        leave(house, belongings)
    assert STACK in house.engine.there
    assert notes(house).read() == {}


def test_without_an_export_nothing_is_copied(house: House) -> None:
    belongings = FakeBelongings(house)
    assert leave(house, belongings, export=False).exported == ()
    assert belongings.asked == [("forget", TENANT, "kiosken.example")]


def test_what_could_not_be_taken_away_is_told_and_taken_by_a_repeat(house: House) -> None:
    left = leave(house, FakeBelongings(house, broken="forget"))
    (outcome,) = left.applied.outcomes
    assert outcome.error
    assert "left something behind: forget is broken" in outcome.error.message
    assert f"pbx destroy {TENANT}" in outcome.error.remedy
    assert notes(house).read() == {TENANT: "kiosken.example"}

    again = FakeBelongings(house)
    assert leave(house, again, export=False).forgotten == {TENANT: ("core",)}
    assert notes(house).read() == {}


def test_calls_of_a_tenant_come_whole_and_alone() -> None:
    def row(call: str, context: str) -> str:
        facts = {"call": call, "context": context}
        return ",".join(f'"{facts.get(each, "")}"' for each in CALL_EVENTS)

    log = "\n".join([row("1", "from-edge"), row("1", "acme.numbers"), row("2", "acme-two.numbers"), "cut"])
    assert [each[list(CALL_EVENTS).index("context")] for each in events(log, "acme")] == ["from-edge", "acme.numbers"]
