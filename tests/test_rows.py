"""`make rows` says of each row what the last run proved, and no more."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import make_rows  # noqa: E402


def shown(kind: str, result: str) -> make_rows.Shown:
    return make_rows.Shown("x", kind, result)


@pytest.mark.parametrize(
    ("tests", "state"),
    [
        ([], "not built"),
        ([shown("case", "not run")], "not run"),
        ([shown("case", "passed")], "compiled"),
        ([shown("case", "passed"), shown("live", "skipped")], "compiled"),
        ([shown("case", "passed"), shown("live", "passed")], "shown live"),
        ([shown("case", "passed"), shown("live", "failed")], "failing"),
    ],
)
def test_state_of_a_row(tests: list[make_rows.Shown], state: str) -> None:
    assert make_rows.state(tests) == state


def test_rows_are_those_of_the_service_descriptions() -> None:
    rows = make_rows.promised()
    counts = {letter: sum(row[0] == letter for row in rows) for letter in "NRQUATSICEV"}
    assert counts == {"N": 8, "R": 9, "Q": 8, "U": 15, "A": 6, "T": 2, "S": 4, "I": 6, "C": 11, "E": 2, "V": 4}
    assert all(re.fullmatch(r"[A-Z]\d+", row) and text for row, (text, _) in rows.items())
    written = re.findall(r"^([A-Z]\d+):", (ROOT / "docs/rows.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert written == list(rows), "each row once"


def test_reads_results_of_tests_and_probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "verify.xml").write_text(
        '<testsuites><testsuite><testcase classname="nordverk" name="main number">'
        '<properties><property name="row" value="R1"/><property name="row" value="R2"/></properties></testcase>'
        '<testcase classname="nordverk" name="closed"><properties><property name="row" value="R4"/></properties>'
        '<failure message="silence"/></testcase><testcase classname="x" name="no rows"/></testsuite></testsuites>'
    )
    monkeypatch.setattr(make_rows, "BUILD", tmp_path)
    assert make_rows.ran() == {
        "nordverk main number": ("live", ("R1", "R2"), "passed"),
        "nordverk closed": ("live", ("R4",), "failed"),
    }
