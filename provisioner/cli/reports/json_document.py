"""Findings as one JSON document with everything that is known of each; `format_version` grows when a key changes."""

from __future__ import annotations

import json
from typing import Any

from provisioner.core.findings import Located, Severity

from .report import Report, fingerprints


def render(report: Report) -> str:
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    names = fingerprints(report.findings)
    return {
        "format_version": 1,
        "summary": {"tenants": report.tenants, **{f"{each}s": report.count(each) for each in Severity}},
        "findings": [_finding(each, name) for each, name in zip(report.findings, names, strict=True)],
    }


def _finding(each: Located, fingerprint: str) -> dict[str, Any]:
    finding, rule = each.finding, each.finding.rule
    return {
        "code": rule.code,
        "severity": str(rule.severity),
        "title": rule.title,
        "message": finding.message,
        "expected": finding.expected,
        "nearest": finding.nearest,
        "why": rule.why,
        "remedy": rule.remedy,
        "file": each.span.file,
        "start": {"line": each.span.start.line, "column": each.span.start.column},
        "end": {"line": each.span.end.line, "column": each.span.end.column},
        "path": list(finding.path),
        "snippet": each.snippet,
        "fingerprint": fingerprint,
    }
