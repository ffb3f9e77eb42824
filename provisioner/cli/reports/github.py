"""Findings as GitHub workflow commands, shown as annotations beside the changed lines.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest silently, so the tenth place of a
kind that has more says how many more there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.findings import Located, Severity

from .report import Report, sentence

LIMIT = 10
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report) -> str:
    lines: list[str] = []
    for severity in Severity:
        lines += _annotations(severity, [each for each in report.findings if each.severity is severity])
    return "".join(f"{line}\n" for line in lines)


def _annotations(severity: Severity, found: Sequence[Located]) -> list[str]:
    command = COMMANDS[severity]
    shown = found if len(found) <= LIMIT else found[: LIMIT - 1]
    lines = [_annotation(command, each) for each in shown]
    if len(found) > len(shown):
        more = len(found) - len(shown)
        lines.append(f"::{command} title=pbx validate::{more} more of severity {severity}; see the log of this step")
    return lines


def _annotation(command: str, each: Located) -> str:
    start, end = each.span.start, each.span.end
    facts = {"file": each.span.file, "line": str(start.line), "endLine": str(end.line)}
    if start.line == end.line:  # columns are refused where the span has several lines
        facts |= {"col": str(start.column), "endColumn": str(end.column)}
    facts["title"] = f"{each.code} {each.finding.rule.title}"
    listed = ",".join(f"{key}={_property(value)}" for key, value in facts.items())
    return f"::{command} {listed}::{_data(sentence(each))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
