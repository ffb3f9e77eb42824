"""Findings as SARIF 2.1.0 (OASIS), for code scanning. At most 5,000 results are shown there, errors first."""

from __future__ import annotations

import json
from typing import Any

from provisioner import __version__
from provisioner.core.findings import Located, Rule, Severity

from .report import Report, fingerprints, sentence

LIMIT = 5000
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(report: Report) -> str:
    rules = report.rules
    index = {rule.code: number for number, rule in enumerate(rules)}
    named = sorted(
        zip(report.findings, fingerprints(report.findings), strict=True),
        key=lambda pair: list(Severity).index(pair[0].severity),
    )
    driver = {
        "name": "pbx",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index[each.code], name) for each, name in named[:LIMIT]],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.title.split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": rule.remedy,
            "markdown": f"{rule.remedy}\n\nNot so:\n\n```yaml\n{rule.bad}\n```\n\nbut so:\n\n```yaml\n{rule.good}\n```",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(each: Located, rule_index: int, fingerprint: str) -> dict[str, Any]:
    start, end = each.span.start, each.span.end
    region: dict[str, Any] = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    if each.snippet:
        region["snippet"] = {"text": each.snippet}
    place = {"artifactLocation": {"uri": each.span.file, "uriBaseId": "%SRCROOT%"}, "region": region}
    return {
        "ruleId": each.code,
        "ruleIndex": rule_index,
        "level": LEVELS[each.severity],
        "message": {"text": sentence(each)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"pbx/v1": fingerprint},
    }
