"""What a plan does on each machine, in order, and that the roles do the same."""

from __future__ import annotations

import re
import shutil
from ast import literal_eval
from pathlib import Path

import pytest

from provisioner.pipeline.deploy import Plan
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.kamailio import rows as kamailio
from tests.pipeline.house import House
from tests.provider_folder import EXAMPLES

ROLES = Path(__file__).parents[2] / "roles"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    house = House(tmp_path / "folder")
    house.apply()
    return house


def told(plan: Plan) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    return {each.machine: [(doing.what, doing.reloads) for doing in each.doings] for each in plan.machines}


def test_only_files_that_differ_are_told_and_only_their_daemons_read(house: House) -> None:
    file = house.folder / "tenants" / "solglantan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("timeout: 120s", "timeout: 60s"), encoding="utf-8")
    assert told(house.plan()) == {"core": [("solglantan: extensions.conf", ("dialplan reload",))]}
    shutil.rmtree(house.folder / ".pbx")
    ((what, reloads),) = told(house.plan())["core"]
    assert "extensions.conf" in what
    assert "queues.conf" in what
    assert reloads == ("moh reload", "queue reload all", "dialplan reload"), "what was there before is not known here"


def test_a_new_platform_begins_with_its_machines_in_their_order(house: House) -> None:
    house.engine.there.clear()
    plan = house.plan()
    found = told(plan)
    assert list(found) == ["data", "edge", "core"]
    assert found["data"][0][0].startswith("roles base, postgres")
    assert found["data"][1:] == [(f"{slug}: rows written", ()) for slug in ("kiosken", "nordverk", "solglantan")]
    last, reloads = found["edge"][-1]
    assert last.startswith("solglantan: users, numbers and lights, files of telephones")
    assert reloads == kamailio.RELOADS


def test_a_tenant_that_goes(house: House) -> None:
    (house.folder / "tenants" / "kiosken.yaml").unlink()
    found = told(house.plan())
    assert found["core"] == [("kiosken: taken away", tuple(asterisk.RELOADS.values()))]
    assert found["data"] == [("kiosken: rows taken away", ())]


def test_nothing_to_do_is_nothing_on_any_machine(house: House) -> None:
    assert house.plan().machines == ()


def test_the_roles_reload_the_same_in_the_same_order() -> None:
    text = (ROLES / "asterisk_common/module_utils/pbx_running.py").read_text(encoding="utf-8")
    (table,) = re.findall(r"^RELOADS = (\{.*?^\})", text, re.MULTILINE | re.DOTALL)
    assert list(literal_eval(table).items()) == list(asterisk.RELOADS.items())
    text = (ROLES / "kamailio_reload/library/kamailio_tables.py").read_text(encoding="utf-8")
    (tables,) = re.findall(r"^TABLES = (\(.*\))$", text, re.MULTILINE)
    assert tuple(f"htable.reload {each}" for each in literal_eval(tables)) == kamailio.RELOADS
