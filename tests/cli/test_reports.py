"""Every form of report over the same findings: edges of the formats and the limits of those who read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provisioner.cli import main
from provisioner.cli.reports import KINDS, Report, fingerprints
from provisioner.cli.reports.text import lines, write
from provisioner.core.findings import Located, Rule, Severity
from provisioner.core.source import Position, Span


def rule(code: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code, "Name that nothing defines", "A call | would be cut off.", "Define it.", "a: b", "a: c", severity)


def found(number: int = 1, severity: Severity = Severity.ERROR, message: str = "user:ana is, 100%: defined\nnowhere"):
    span = Span("tenants/klinik.yaml", Position(number, 14), Position(number, 22))
    finding = rule("R001", severity).at(("ivr", "main"), message, expected="one of anna, bo", nearest="user:anna")
    return Located(finding, span, "    no_answer: user:ana  # <&>")


REPORT = Report([found(), found(2, Severity.WARNING, "late\x00"), found(3, Severity.NOTE, "note")], 2)
EMPTY = Report([], 2)


def test_text_shows_place_caret_cause_nearest_name_and_page() -> None:
    stream = StringIO()
    write([replace(found(), snippet="  no_answer: user:ana")], stream)
    assert stream.getvalue().splitlines()[:3] == [
        "tenants/klinik.yaml:1:14-1:22: error[R001] user:ana is, 100%: defined",
        "nowhere",
        "  1 |   no_answer: user:ana",
    ]
    assert "    |              ^^^^^^^^\n" in stream.getvalue()
    for said in ("expected one of anna, bo", "did you mean user:anna?", "would be cut off", "pbx explain R001"):
        assert said in stream.getvalue()


def test_text_tells_the_reason_of_a_rule_once() -> None:
    text = "\n".join("".join(part for _, part in line) for line in lines([found(1), found(2)]))
    assert text.count("would be cut off") == 1


@pytest.mark.parametrize("span_end", [Position(1, 14), Position(9, 2)], ids=["empty span", "many lines"])
def test_text_caret_stays_on_the_line(span_end: Position) -> None:
    one = found()
    stream = StringIO()
    write([replace(one, span=replace(one.span, end=span_end))], stream)
    caret = next(line for line in stream.getvalue().splitlines() if "^" in line)
    assert len(caret) <= len("  1 | ") + len(one.snippet)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("report", [REPORT, EMPTY], ids=["findings", "none"])
def test_every_form_renders_text_that_ends_with_a_line(kind: str, report: Report) -> None:
    text = KINDS[kind](report)
    assert text == "" or text.endswith("\n")
    assert KINDS[kind](report) == text


def test_json_document() -> None:
    document = json.loads(KINDS["json"](REPORT))
    assert document["format_version"] == 1
    assert document["summary"] == {"tenants": 2, "errors": 1, "warnings": 1, "notes": 1}
    first = document["findings"][0]
    assert first["start"] == {"line": 1, "column": 14}
    assert first["nearest"] == "user:anna"


def test_sarif_has_the_shape_of_its_schema() -> None:
    """The parts of the SARIF 2.1.0 schema that code scanning reads: required keys, value sets and references."""
    document = json.loads(KINDS["sarif"](REPORT))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "pbx"
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    ids = [each["id"] for each in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert all(each["defaultConfiguration"]["level"] in {"error", "warning", "note"} for each in driver["rules"])
    assert [each["level"] for each in run["results"]] == ["error", "warning", "note"]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/")
        region = place["region"]
        assert 1 <= region["startLine"] <= region["endLine"]
        assert min(region["startColumn"], region["endColumn"]) >= 1
        assert all(isinstance(each, str) for each in result["partialFingerprints"].values())


def test_sarif_keeps_to_what_is_shown() -> None:
    report = Report([*(found(n, Severity.NOTE) for n in range(1, 5001)), found(5001)], 1)
    results = json.loads(KINDS["sarif"](report))["runs"][0]["results"]
    assert len(results) == 5000
    assert results[0]["level"] == "error"


def test_junit_counts_errors_as_failures() -> None:
    total = ElementTree.fromstring(KINDS["junit"](REPORT))
    assert (total.get("tests"), total.get("failures")) == ("3", "1")
    assert len(total.findall(".//testcase")) == 3
    assert len(total.findall(".//failure")) == 1
    assert ElementTree.fromstring(KINDS["junit"](EMPTY)).findall(".//failure") == []


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 1), (10, 10), (11, 10), (500, 10)])
def test_github_stays_within_ten_annotations_and_says_what_it_leaves_out(count: int, shown: int) -> None:
    text = KINDS["github"](Report([found(n + 1) for n in range(count)], 1))
    assert text.count("::error ") == shown
    assert (f"{count - 9} more" in text) is (count > 10)


def test_github_escapes_what_would_end_the_command() -> None:
    line = KINDS["github"](Report([found()], 1)).splitlines()[0]
    assert "100%25: defined%0Anowhere" in line
    assert "title=R001 Name" in line


def test_gitlab_fingerprint_survives_edits_above() -> None:
    before = json.loads(KINDS["gitlab-codequality"](Report([found(3), found(4)], 1)))
    after = json.loads(KINDS["gitlab-codequality"](Report([found(30), found(44)], 1)))
    names = [each["fingerprint"] for each in before]
    assert names == [each["fingerprint"] for each in after]
    assert len(set(names)) == 2
    assert {each["severity"] for each in before} <= {"info", "minor", "major", "critical", "blocker"}
    assert all(set(each) == {"description", "check_name", "fingerprint", "severity", "location"} for each in before)


def test_fingerprints_differ_by_message_and_place() -> None:
    other = replace(found(), span=replace(found().span, file="tenants/verk.yaml"))
    assert len({*fingerprints([found(), found(message="x"), other])}) == 3


def test_markdown_is_cut_where_a_comment_would_be_refused() -> None:
    text = KINDS["markdown"](Report([found(n + 1) for n in range(5000)], 1))
    assert len(text) < 65_536
    assert re.search(r"… and \d+ more", text)


def test_reports_are_written_beside_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "provider.yaml").write_text("version: 1\n")
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/acme.yaml").write_text("version: 1\nnmae: Acme\n")
    wanted = {kind: tmp_path / "out" / kind for kind in KINDS}
    options = [part for kind, file in wanted.items() for part in ("--report", f"{kind}={file}")]
    assert main.run(["validate", "--folder", str(tmp_path), *options]) == 3
    out, err = capsys.readouterr()
    assert "tenants/acme.yaml:2:1-2:5: error[S001] unknown key 'nmae'" in out
    assert "did you mean name?" in out
    assert err.splitlines()[-1].endswith("in 1 tenant")
    assert all("S001" in file.read_text() for file in wanted.values())
