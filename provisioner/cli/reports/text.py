"""Findings for people: place, source line with a caret under the span, cause, what was expected, nearest name, page.

The same layout with and without color; nothing is folded, so that it can be searched and copied. Of a source line that
no screen would hold, what stands around the place is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from provisioner.cli import screen
from provisioner.core.findings import Located, Severity

from .report import end

Part = tuple[str, str]
"""Style and text."""

WIDEST = 240
"""Characters of a source line that are shown."""

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


def lines(findings: Iterable[Located]) -> Iterator[list[Part]]:
    """The layout as lines of styled parts; a rule's reason is told once, at its first finding."""
    told = set()
    for each in findings:
        finding, style = each.finding, STYLES[each.severity]
        yield [
            ("bold", f"{each.span}-{end(each)}: "),
            (style, f"{each.severity}[{each.code}]"),
            ("bold", f" {finding.message}"),
        ]
        gutter = " " * len(str(each.span.start.line))
        yield from _snippet(each, gutter, style)
        if finding.expected:
            yield [("dim", f"  {gutter} = "), ("", f"expected {finding.expected}")]
        if finding.nearest:
            yield [("dim", f"  {gutter} = "), ("green", f"did you mean {finding.nearest}?")]
        if each.code not in told:
            told.add(each.code)
            yield [("dim", f"  {gutter} = {finding.rule.why}")]
            yield [("dim", f"  {gutter} = what to do: {finding.rule.remedy}")]
            yield [("dim", f"  {gutter} = more: pbx explain {each.code}")]
        yield []


def _snippet(each: Located, gutter: str, style: str) -> Iterator[list[Part]]:
    """The source line and carets under as much of the span as stands on it."""
    if not each.snippet.strip():
        return
    first, last = each.span.start, each.span.end
    line = each.snippet.rstrip().replace("\t", " ")
    until = last.column - 1 if last.line == first.line else len(line)
    shown, column = _around(line, first.column - 1)
    width = max(1, min(until - first.column + 1, len(shown) - column))
    yield [("blue", f"  {first.line} | "), ("", shown)]
    yield [("blue", f"  {gutter} | "), (style, " " * column + "^" * width)]


def _around(text: str, column: int) -> tuple[str, int]:
    """The part of a line that is shown, and in which of its columns (from 0) the place stands then."""
    if len(text) <= WIDEST:
        return text, column
    start = max(0, column - WIDEST // 4)
    part, before = text[start : start + WIDEST], "…" if start else ""
    after = "…" if start + WIDEST < len(text) else ""
    return f"{before}{part}{after}", column - start + len(before)


def write(findings: Sequence[Located], stream: TextIO) -> None:
    """Writes the layout to the stream, colored where the screen says so."""
    if not screen.current().colors(stream):
        for line in lines(findings):
            print("".join(text for _, text in line), file=stream)
        return
    from rich.text import Text

    console = screen.current().console(stream)
    for line in lines(findings):
        console.print(Text.assemble(*((text, style) for style, text in line)), soft_wrap=True)
