"""`pbx policy`: a provider's own rules over files and plans, and the waivers that let them be broken for a while."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"

POLICIES = """\
from provisioner.core.policies import Breach, plan_policy, platform_policy, tenant_policy

@tenant_policy("ACME-1", "Ring group that rings too long", why="Callers give up.", remedy="Ring at most 15 s.")
def short(slug, tenant):
    for name, group in tenant.ring_groups.items():
        if group.ring_time > 15:
            yield Breach(("ring_groups", name, "ring_time"), f"{name} rings {group.ring_time} s", expected="15s")

@platform_policy("ACME-2", "Too many tenants", why="They are many.", remedy="Take one away.")
def few(provider, tenants):
    if len(tenants) > 2:
        yield Breach((), f"{len(tenants)} tenants", expected="at most 2")

@plan_policy("ACME-3", "Dangerous plan on a Friday", why="Nobody is there on Saturday.", remedy="Wait.")
def calm(plan):
    for words in plan["words"]:
        for each in words["sentences"]:
            if each["dangerous"]:
                yield Breach((), each["text"], tenant=words["tenant"])
"""
PLAN = {
    "format_version": 1,
    "words": [
        {"tenant": slug, "sentences": [{"text": "a number is gone", "dangerous": True}]} for slug in ("kiosken", "left")
    ],
}


def day(offset: int) -> date:
    """Counted from the day of the test: a run of all tests may go on over midnight."""
    return datetime.now(UTC).date() + timedelta(days=offset)


class Run:
    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys
        shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns(".pbx", "secrets"), dirs_exist_ok=True)
        self.write("policies/house.py", POLICIES)

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def waive(self, **fields: object) -> None:
        entry = {"policy": "ACME-1", "tenant": "solglantan", "until": day(1), "reason": "x"} | fields
        self.write("policies/waivers.yaml", f"waivers:\n  - {json.dumps(entry, default=str)}\n")

    def ask(self, *words: str, code: int) -> list[tuple[str, str, int]]:
        """Code, file and line of each finding."""
        assert main.run(["policy", "--folder", str(self.root), "--format", "json", *words]) == code
        document: Any = json.loads(self.capsys.readouterr().out)
        return [(each["code"], each["file"], each["start"]["line"]) for each in document.get("findings", [])]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path / "folder", capsys)


def line_of(run: Run, slug: str, text: str) -> int:
    lines = (run.root / f"tenants/{slug}.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_breaches_stand_at_their_lines_and_end_with_four(run: Run) -> None:
    found = run.ask("solglantan", code=4)
    assert ("ACME-1", "tenants/solglantan.yaml", line_of(run, "solglantan", "ring_time: 20s")) in found
    assert {code for code, _, _ in found} == {"ACME-1"}
    assert ("ACME-2", "provider.yaml", 3) in run.ask(code=4)


def test_a_plan_is_asked_where_one_is_named(run: Run) -> None:
    run.write("plan.json", json.dumps(PLAN))
    found = [each for each in run.ask("--plan", str(run.root / "plan.json"), code=4) if each[0] == "ACME-3"]
    assert [file for _, file, _ in found] == ["provider.yaml", "tenants/kiosken.yaml"]  # `left` is there no more


@pytest.mark.parametrize(
    ("fields", "days", "code", "expected"),
    [
        ({}, None, 0, []),
        ({}, 0, 0, []),
        ({"at": "ring_groups"}, None, 0, []),
        ({}, -1, 4, ["ACME-1"]),
        ({"at": "queues"}, None, 4, ["ACME-1", "Z102"]),
        ({"policy": "ACME-9"}, None, 4, ["ACME-1", "Z101"]),
        ({}, 366, 0, []),
        ({}, 367, 4, ["Z103"]),
        ({"reason": ""}, None, 4, ["ACME-1", "S003"]),
    ],
    ids=str,
)
def test_a_waiver_holds_for_its_place_until_its_last_day(
    run: Run, fields: dict[str, object], days: int | None, code: int, expected: list[str]
) -> None:
    run.waive(**fields, **({} if days is None else {"until": day(days)}))
    assert sorted({each for each, _, _ in run.ask("solglantan", code=code)}) == expected


def test_a_breach_says_when_its_waiver_ended(run: Run) -> None:
    run.waive(until=day(-1))
    assert main.run(["policy", "solglantan", "--folder", str(run.root)]) == 4
    out, err = run.capsys.readouterr()
    assert f"rings 20 s (its waiver ended on {day(-1)})" in out
    assert "3 policies" in err
    assert "0 waived" in err


def test_a_waiver_of_somebody_who_was_not_looked_at_is_not_unused(run: Run) -> None:
    run.waive(tenant="nordverk")
    assert "Z102" not in {code for code, _, _ in run.ask("solglantan", code=4)}


def test_a_policy_that_fails_itself_hides_no_other(run: Run) -> None:
    for fails in ("tenant.nothing", "raise SystemExit(0)"):
        broken = POLICIES.replace("for name, group in tenant", f"{fails}\n    for name, group in tenant")
        run.write("policies/house.py", broken)
        assert {code for code, _, _ in run.ask(code=4)} == {"Z001", "ACME-2"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\ndef (", "house.py:2: SyntaxError"),
        ("\n\n1 / 0", "house.py:3: ZeroDivisionError"),
        ("\nexit(0)", "house.py:2: SystemExit"),
        (POLICIES.replace("ACME-2", "R101"), "the code 'R101' is none of a provider's own"),
        (POLICIES.replace("ACME-2", "ACME-1"), "two policies are ACME-1"),
    ],
    ids=["syntax", "error", "end", "code", "twice"],
)
def test_a_file_that_cannot_be_run_is_named(run: Run, text: str, told: str) -> None:
    run.write("policies/house.py", text)
    assert main.run(["policy", "--folder", str(run.root)]) == 1
    assert told in run.capsys.readouterr().err


def test_a_folder_with_errors_is_not_judged(run: Run) -> None:
    run.write("tenants/kiosken.yaml", "version: 1\n")
    assert main.run(["policy", "--folder", str(run.root)]) == 3


@pytest.mark.parametrize(("content", "told"), [(None, "there is no plan"), ("[]", "is no plan"), ("{", "is no plan")])
def test_what_is_no_plan(run: Run, content: str | None, told: str) -> None:
    if content is not None:
        run.write("plan.json", content)
    assert main.run(["policy", "--folder", str(run.root), "--plan", str(run.root / "plan.json")]) == 64
    assert told in run.capsys.readouterr().err


def test_without_policies_there_is_nothing_to_say(run: Run) -> None:
    shutil.rmtree(run.root / "policies")
    assert run.ask(code=0) == []
