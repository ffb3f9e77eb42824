"""What pages of tenants and of the provider show alike: money, places in files, findings, history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from provisioner.cli.drawing.page import anchor
from provisioner.core.findings import Located, Severity
from provisioner.core.source import Path, Span
from provisioner.pipeline import auditing
from provisioner.pipeline.load import Document
from provisioner.pipeline.reporting import Stamp

from .words import Language

Link = tuple[str, str]
"""Words, and the address on the page that they lead to, which may be empty."""

FEW = 8
"""Sentences that are told of one change."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody did."""

    at: str
    who: str
    what: str
    """In somebody's own words."""
    lines: tuple[tuple[bool, str], ...]
    """What it meant, each with whether it is dangerous."""
    more: int = 0
    outcome: str = ""
    nothing: str = ""
    """Said where there is nothing that it meant."""


@dataclass(frozen=True)
class Sources:
    """The files of a page, and the addresses of their lines on it."""

    document: Document

    @property
    def texts(self) -> Mapping[str, Sequence[str]]:
        return self.document.source.texts

    def link(self, path: Path) -> str:
        """The address of the line that names the node; empty where the file has no such line."""
        if not path or path[0] not in self.document.data:
            return ""
        return self.of(self.document.source.span(path, key=True))

    def of(self, span: Span) -> str:
        files = list(self.texts)
        return f"#{anchor(files.index(span.file), span.start.line)}" if span.file in files else ""

    @property
    def numbered(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Each file with its lines, and the anchors of those."""
        for number, (file, lines) in enumerate(self.texts.items()):
            yield file, [(anchor(number, at), text) for at, text in enumerate(lines, start=1)]


def money(amount: Decimal, language: Language, unit: str = "") -> str:
    """`1 234,50 SEK`, with a narrow space that does not break."""
    told = f"{amount.quantize(Decimal('0.01')):,f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{told.replace('.', language.decimal)} {unit}".strip()


def stamped(stamp: Stamp, language: Language) -> str:
    """What the page was made from: the commit, by whom, when, and whether the files say more than it."""
    if stamp.revision is None:
        return language.say("the files as they are, not in Git")
    found = stamp.revision
    told = [language.say("as of {0}", day(found.at)), language.say("commit {0}", found.short)]
    told.append(language.say("by {0}", name_of(found.author)))
    if stamp.changed:
        told.append(language.say("with changes that are not committed"))
    return ", ".join(told)


def name_of(author: str) -> str:
    """`Anna Berg` of `Anna Berg <anna@example>`."""
    return author.partition(" <")[0]


def day(at: str) -> str:
    """`2027-01-31 12:00` of an ISO 8601 moment."""
    return at[:16].replace("T", " ")


def weight(finding: Located) -> int:
    """Where it stands among others: errors first."""
    return list(Severity).index(finding.severity)


def applied(record: Mapping[str, Any], language: Language, *, stack: bool = False) -> Event:
    """A line of the record of applies."""
    lines = [(each.startswith("! "), each) for each in record["changed"] or record["steps"]]
    if record["allowed"]:
        lines.append((True, language.say("allowed {0}", ", ".join(record["allowed"]))))
    if record["reason"]:
        lines.append((False, language.say("because: {0}", record["reason"])))
    if record["error"]:
        lines.append((True, record["error"]))
    result = "destroyed" if (record["command"], record["result"]) == ("destroy", "applied") else record["result"]
    what = record["stack"] if stack else ""
    few = tuple(lines[:FEW])
    outcome = language.say(result)
    return Event(day(record["at"]), auditing.who(record), what, few, len(lines) - len(few), outcome)
