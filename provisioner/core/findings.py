"""Findings: what is wrong in a document, said once, with place, cause and way out.

A `Rule` is the page that `pbx explain CODE` shows; a `Finding` is one occurrence of it at a path. A code never
changes its meaning. Rules know nothing of files or lines: the pipeline locates.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .source import Path, Span


class Severity(StrEnum):
    """How much a finding matters: an error stops everything, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    `code` is stable for ever; `why` says what a caller or user would suffer; `remedy` says what to write instead;
    `bad` and `good` are snippets of a tenant file; `source` names the row, RFC or document behind the rule.
    """

    code: str
    title: str
    why: str
    remedy: str
    bad: str
    good: str
    severity: Severity = Severity.ERROR
    source: str = ""

    def at(self, path: Path, message: str, *, expected: str = "", nearest: str = "", on_key: bool = False) -> Finding:
        """One occurrence of this rule."""
        return Finding(self, path, message, expected, nearest, on_key)


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of a rule at a node of a document, not yet located in a file."""

    rule: Rule
    path: Path
    message: str
    """What was found, with the measured value."""
    expected: str = ""
    nearest: str = ""
    """The valid name that looks most like the one found, or empty."""
    on_key: bool = False
    """Whether the key and not the value is at fault."""


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its place, ready to be shown."""

    finding: Finding
    span: Span
    snippet: str = ""
    """The source line that `span` starts on."""

    @property
    def code(self) -> str:
        return self.finding.rule.code

    @property
    def severity(self) -> Severity:
        return self.finding.rule.severity


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, or an empty string where none is near."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else ""
