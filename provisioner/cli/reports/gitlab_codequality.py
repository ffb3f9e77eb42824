"""Findings as a GitLab code quality report; the fingerprint survives edits elsewhere in the file."""

from __future__ import annotations

import json

from provisioner.core.findings import Severity

from .report import Report, fingerprints, sentence

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report) -> str:
    entries = [
        {
            "description": sentence(each),
            "check_name": each.code,
            "fingerprint": name,
            "severity": SEVERITIES[each.severity],
            "location": {"path": each.span.file, "lines": {"begin": each.span.start.line, "end": each.span.end.line}},
        }
        for each, name in zip(report.findings, fingerprints(report.findings), strict=True)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
