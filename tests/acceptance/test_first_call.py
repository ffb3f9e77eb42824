"""From tenant files to ringing telephones: applied twice, changed under calls, killed in the middle, verified."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.sip.machine import Machine
from provisioner.adapters.sip.shell import Ssh
from provisioner.adapters.sip.sipp import Sipp
from provisioner.core.ports.sip import LoadResult

from .conftest import House

pytestmark = [pytest.mark.lab, pytest.mark.engine]

NODES = ("data", "edge", "core")


def test_the_same_again_changes_nothing(house: House) -> None:
    assert json.loads(house.pbx("plan", "--format", "json"))["changes"] == 0
    assert house.pbx("apply", "--yes").splitlines()[-1] == "0 stacks applied, 4 as they were, 0 failed, changed=0"


def test_machines_are_found_as_wanted_when_state_is_lost(house: House) -> None:
    """Ansible looks at every machine again and finds nothing to change."""
    state = house.folder / ".pbx" / "state"
    aside = state.rename(state.with_name("state.aside"))
    try:
        outcome = json.loads(house.pbx("apply", "--yes", "--format", "json"))
    finally:
        if state.exists():
            state.rename(state.with_name("state.again"))
        aside.rename(state)
    steps = [(stack["stack"], step) for stack in outcome["stacks"] for step in stack["steps"]]
    looked = {(stack, step["name"]): step["hosts"] for stack, step in steps if step["kind"] != "TenantFile"}
    assert len(looked) == len(NODES) + 2 * 3, "every machine, and two resources of each tenant"
    assert {host: facts for hosts in looked.values() for host, facts in hosts.items() if facts["changed"]} == {}


def test_a_plan_says_in_words_what_apply_then_does(house: House) -> None:
    file = house.tenant("solglantan")
    written = file.read_text()
    try:
        file.write_text(written.replace("timeout: 120s", "timeout: 90s"))
        said = house.pbx("plan")
        assert "~ callers wait in the queue nurse at most 90s instead of 120s" in said
        assert "call handling on core" in said
        assert "users and numbers" not in said, "the edge has nothing to do with a queue's time-out"
        house.pbx("apply", "--yes")
        assert "timeout" not in house.pbx("plan")
    finally:
        file.write_text(written)
        house.pbx("apply", "--yes")


def snapshot(house: House, slug: str) -> dict[str, str]:
    """What the platform holds of a tenant: the core's files and the edge's rows."""
    files = f"cd /etc/asterisk/pbx/tenants/{slug}/ && find . -type f | sort | xargs sha256sum"
    tables = ("tenants", "domains", "numbers", "subscriber")
    rows = "; ".join(f"SELECT to_jsonb(each) - 'id' FROM {table} each WHERE tenant = '{slug}'" for table in tables)
    return {
        "files": house.run("core", files),
        "rows": house.run("data", f'runuser -u postgres -- psql -d kamailio -Atc "{rows}"'),
        "dialplan": house.run("core", f"asterisk -rx 'dialplan show {slug}.numbers' | grep -c Goto"),
    }


@pytest.mark.parametrize("after", [0.5, 2.0, 3.5])
def test_killed_in_the_middle_a_repeat_heals(house: House, after: float) -> None:
    """An apply that is killed, and the next one, leave what an undisturbed one leaves."""
    file = house.tenant("kiosken")
    written = file.read_text()
    whole = snapshot(house, "kiosken")
    file.unlink()
    house.pbx("apply", "--yes")
    file.write_text(written)
    running = house.begin("apply", "--yes")
    time.sleep(after)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    house.pbx("apply", "--yes")
    healed = snapshot(house, "kiosken")
    assert healed["files"] == whole["files"]
    assert healed["dialplan"] == whole["dialplan"]
    assert sorted(healed["rows"].splitlines()) == sorted(whole["rows"].splitlines())
    assert json.loads(house.pbx("plan", "--format", "json"))["changes"] == 0


def test_twenty_calls_live_through_a_change_and_the_next_caller_hears_it(house: House, tmp_path: Path) -> None:
    file = house.tenant("solglantan")
    written = file.read_text()
    try:
        with ThreadPoolExecutor() as pool:
            held = pool.submit(twenty_calls, house, "+46846500400")
            time.sleep(6)
            assert house.run("core", "asterisk -rx 'core show channels count'").split()[0] == "20"
            changed = written.replace("Det valet finns inte.", "Det valet finns tyvärr inte hos oss.")
            file.write_text(changed.replace("timeout: 120s", "timeout: 90s"))
            said = house.pbx("plan")
            assert "“Det valet finns tyvärr inte hos oss.” instead of “Det valet finns inte.”" in said
            assert "at most 90s instead of 120s" in said
            house.pbx("apply", "--yes")
            result = held.result(timeout=180)
        assert (result.held, result.dropped) == (20, 0)
        heard = calls(house, tmp_path, "--target", "solglantan", "--only", "ivr.main.used-up")
        steps = [step["what"] for each in heard for step in each["steps"]]
        assert sum("“Det valet finns tyvärr inte hos oss.”" in step for step in steps) == 3
        assert red(heard) == []
    finally:
        file.write_text(written)
        house.pbx("apply", "--yes")


def twenty_calls(house: House, number: str) -> LoadResult:
    """Twenty callers from the public network, held with RTP for half a minute."""
    status = house.lab.status()
    machine = next(each for each in status.machines if each.name == "carrier")
    edge = next(each for each in status.machines if each.name == "edge")
    shell = Ssh("carrier", ["ssh", "-F", str(house.lab.ssh_config), "carrier"])
    caller = Sipp({"carrier": Machine(shell, machine.private_address, machine.public_address or "")})
    return asyncio.run(
        caller.hold(
            machine="carrier",
            number=number,
            calls=20,
            seconds=30,
            caller="+46701740699",
            proxy=edge.public_address or "",
        )
    )


def calls(house: House, evidence: Path, *arguments: str) -> list[dict[str, Any]]:
    done = house.try_pbx("verify", "--format", "json", "--evidence", str(evidence), *arguments)
    assert done.returncode in (0, 8), done.stderr
    made: list[dict[str, Any]] = json.loads(done.stdout)["calls"]
    return made


def red(made: list[dict[str, Any]]) -> list[str]:
    return [f"{each['tenant']} {each['id']}: {each['found']}" for each in made if each["outcome"] != "passed"]


def test_every_call_of_the_examples_passes(house: House, tmp_path: Path) -> None:
    """A machine that stands still for a second makes one key press two: so what failed may show itself once more."""
    report = Path("build/verify.xml").absolute()
    report.parent.mkdir(exist_ok=True)
    made = calls(house, tmp_path / "first", "--report", f"junit={report}")
    assert {each["tenant"] for each in made} == {"kiosken", "nordverk", "solglantan"}
    assert len(made) > 80
    failed = [each for each in made if each["outcome"] != "passed"]
    assert len(failed) <= 3, red(made)
    for each in failed:
        again = calls(house, tmp_path / "again", "--target", each["tenant"], "--only", each["id"])
        assert red(again) == []
