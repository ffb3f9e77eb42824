"""Findings as Markdown for the comment on a merge request, errors first, cut where a comment would be refused."""

from __future__ import annotations

from provisioner.core.findings import Located, Severity

from .report import Report, sentence

LIMIT = 60_000
"""Characters; GitHub refuses a comment of more than 65,536."""


def render(report: Report) -> str:
    text = f"### pbx validate: {report.summary}\n"
    ordered = sorted(
        report.findings, key=lambda each: (list(Severity).index(each.severity), each.span.file, each.span.start)
    )
    if ordered:
        text += "\n| severity | code | place | what |\n| --- | --- | --- | --- |\n"
    for number, each in enumerate(ordered):
        row = _row(each)
        if len(text) + len(row) > LIMIT:
            return f"{text}\n… and {len(ordered) - number} more; see the log of this step.\n"
        text += row
    return text


def _row(each: Located) -> str:
    return f"| {each.severity} | {each.code} | `{each.span}` | {_cell(sentence(each))} |\n"


def _cell(text: str) -> str:
    for special in "\\`*_<>|[]":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())
