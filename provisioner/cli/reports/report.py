"""What every form of report is made from: the findings of one run and what was looked at."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.core.findings import Located, Rule, Severity


@dataclass(frozen=True)
class Report:
    """One run of `pbx validate`. `tenants` counts the tenants that were read."""

    findings: Sequence[Located]
    tenants: int = 0

    @property
    def rules(self) -> list[Rule]:
        """The rules that were found to be broken, by code."""
        return [rule for _, rule in sorted({each.code: each.finding.rule for each in self.findings}.items())]

    def count(self, severity: Severity) -> int:
        return sum(each.severity is severity for each in self.findings)

    @property
    def summary(self) -> str:
        """One line: `2 errors, 1 warning in 3 tenants`."""
        parts = [
            f"{count} {severity}{'s' if count != 1 else ''}" for severity in Severity if (count := self.count(severity))
        ]
        where = f"{self.tenants} tenant{'s' if self.tenants != 1 else ''}"
        return f"{', '.join(parts)} in {where}" if parts else f"{where}: nothing to complain about"


def end(each: Located) -> str:
    """The end of a finding's place, exclusive, as line:column."""
    return f"{each.span.end.line}:{each.span.end.column}"


def sentence(each: Located) -> str:
    """The finding in one line: what was found, what was expected, what was probably meant."""
    finding = each.finding
    text = finding.message
    if finding.expected:
        text += f"; expected {finding.expected}"
    if finding.nearest:
        text += f"; did you mean {finding.nearest!r}?"
    return text


def fingerprints(findings: Sequence[Located]) -> list[str]:
    """A name for each finding that stays the same while lines above it come and go.

    Made from code, file, the node's path and the message, and never from line or column; equal ones are counted.
    """
    seen: Counter[str] = Counter()
    names = []
    for each in findings:
        path = "/".join(map(str, each.finding.path))
        facts = "\0".join((each.code, each.span.file, path, each.finding.message))
        seen[facts] += 1
        names.append(hashlib.sha256(f"{facts}\0{seen[facts]}".encode()).hexdigest())
    return names
