"""Every code has its page, a case that breaks it, and a neighbour in the same place that does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.pipeline import rulebook

TESTS = Path(__file__).parents[1]
CODE = re.compile(r"\b[A-Z][0-9]{3}\b")
PROMISED = {
    "unreachable objects": "R103",
    "menus that loop": "R101",
    "forwards that loop": "R102",
    "dead ends": "R001",
    "hours that nobody covers": "R111",
    "numbers without an emergency site": "S101",
    "sites without a number to call back": "S104",
    "forwards with premium risk": "R109",
    "forwards abroad": "R110",
    "members who lack the plan": "L202",
    "members without a telephone": "R107",
    "prompts never heard": "R104",
    "overlapping holidays": "T111",
}
"""What is promised by name → the code that keeps the promise."""


def _found() -> dict[str, set[Path]]:
    """code → the cases whose stored findings hold it."""
    found: dict[str, set[Path]] = {}
    for file in TESTS.glob("*/**/findings.txt"):
        for code in CODE.findall(file.read_text(encoding="utf-8")):
            found.setdefault(code, set()).add(file.parent)
    return found


CASES = _found()
SOURCES = {
    file: set(CODE.findall(file.read_text(encoding="utf-8")))
    for file in TESTS.glob("**/test_*.py")
    if file != Path(__file__)
}


def test_there_are_enough_of_them() -> None:
    assert len(rulebook.rules()) >= 60


@pytest.mark.parametrize("code", rulebook.rules())
def test_a_code_has_a_page_and_a_case(code: str) -> None:
    rule = rulebook.rules()[code]
    assert all((rule.title, rule.why, rule.remedy, rule.bad, rule.good))
    assert code in CASES or any(code in codes for codes in SOURCES.values()), "no test sees it broken"


@pytest.mark.parametrize("code", sorted(CASES.keys() & rulebook.rules()))
def test_a_case_has_a_neighbour_that_keeps_the_rule(code: str) -> None:
    neighbours = {each.parent for case in CASES[code] for each in case.parent.glob("*/findings.txt")}
    neighbours |= {each.parent for case in CASES[code] for each in case.parent.glob("*/*.yaml")}
    assert neighbours - CASES[code], f"every case beside {sorted(CASES[code])[0]} breaks it"


@pytest.mark.parametrize("what", PROMISED)
def test_a_promise_has_its_code(what: str) -> None:
    assert PROMISED[what] in CASES, rulebook.rules()[PROMISED[what]].title
