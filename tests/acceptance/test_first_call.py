"""What `make demo` promises: the examples applied, nothing to do again, changes in words, and every call passed.

Updates that are killed, and calls that live through a change, are in tests/lab/deploy.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]


def test_the_same_again_changes_nothing(examples: ProviderFolder) -> None:
    assert json.loads(examples.pbx("plan", "--format", "json"))["changes"] == 0
    assert examples.pbx("apply", "--yes").splitlines()[-1] == "0 stacks applied, 4 as they were, 0 failed, changed=0"


def test_a_plan_says_in_words_what_apply_then_does(examples: ProviderFolder) -> None:
    with examples.changed("solglantan", {"timeout: 120s": "timeout: 90s"}):
        said = examples.pbx("plan")
        assert "~ callers wait in the queue nurse at most 90s instead of 120s" in said
        assert "call handling on core" in said
        assert "users, numbers and lights" not in said, "the edge has nothing to do with a queue's time-out"
        examples.pbx("apply", "--yes")
        assert "timeout" not in examples.pbx("plan")


@pytest.mark.parametrize("moment", ["create CoreBundle core", "Bundle, checked by Asterisk", "create EdgeRows edge"])
def test_killed_in_the_middle_a_repeat_heals(examples: ProviderFolder, moment: str) -> None:
    """The first apply of a tenant, killed, and the next one leave what an undisturbed one leaves."""
    file = examples.tenant("kiosken")
    written = file.read_text()
    whole = examples.held("kiosken")
    file.unlink()
    examples.pbx("apply", "--yes")
    file.write_text(written)
    examples.kill_at(moment, "apply", "--yes")
    examples.pbx("apply", "--yes")
    assert examples.held("kiosken") == whole
    assert json.loads(examples.pbx("plan", "--format", "json"))["changes"] == 0


def red(made: list[dict[str, Any]]) -> list[str]:
    return [f"{each['tenant']} {each['id']}: {each['found']}" for each in made if each["outcome"] != "passed"]


def test_every_call_of_the_examples_passes(examples: ProviderFolder, tmp_path: Path) -> None:
    report = Path("build/verify.xml").absolute()
    report.parent.mkdir(exist_ok=True)
    words = ("--parallelism", "12", "--format", "json", "--evidence", str(tmp_path), "--report", f"junit={report}")
    done = examples.try_pbx("verify", *words)
    assert done.returncode in (0, 8), done.stderr
    made: list[dict[str, Any]] = json.loads(done.stdout)["calls"]
    assert {each["tenant"] for each in made} == {"kiosken", "nordverk", "solglantan"}
    assert len(made) > 80
    assert red(made) == []
