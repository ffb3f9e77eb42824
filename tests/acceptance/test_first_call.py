"""What `make demo` promises: the examples applied, nothing to do again, changes in words, and every call passed.

Updates that are killed, and calls that live through a change, are in tests/lab/deploy.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import House

pytestmark = [pytest.mark.lab, pytest.mark.engine]


def test_the_same_again_changes_nothing(house: House) -> None:
    assert json.loads(house.pbx("plan", "--format", "json"))["changes"] == 0
    assert house.pbx("apply", "--yes").splitlines()[-1] == "0 stacks applied, 4 as they were, 0 failed, changed=0"


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


@pytest.mark.parametrize("after", [1.5, 3.0])
def test_killed_in_the_middle_a_repeat_heals(house: House, after: float) -> None:
    """The first apply of a tenant, killed, and the next one leave what an undisturbed one leaves."""
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


def calls(house: House, evidence: Path, *arguments: str) -> list[dict[str, Any]]:
    done = house.try_pbx("verify", "--format", "json", "--evidence", str(evidence), *arguments)
    assert done.returncode in (0, 8), done.stderr
    made: list[dict[str, Any]] = json.loads(done.stdout)["calls"]
    return made


def red(made: list[dict[str, Any]]) -> list[str]:
    return [f"{each['tenant']} {each['id']}: {each['found']}" for each in made if each["outcome"] != "passed"]


def test_every_call_of_the_examples_passes(house: House, tmp_path: Path) -> None:
    """A key pressed late on a busy machine meets the menu's own time-out: what failed may show itself once more."""
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
