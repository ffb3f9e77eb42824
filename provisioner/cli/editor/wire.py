"""Findings, proposals, spans and symbols in the protocol's terms.

Lines and columns count from 1 and in characters with us, from 0 and in the client's units (mostly UTF-16) there; the
text document of a file converts them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

from lsprotocol import types
from pygls.workspace import TextDocument

from provisioner.cli.reports.report import sentence
from provisioner.core.findings import Located, Severity
from provisioner.core.source import Position, Span
from provisioner.pipeline.editing.completing import Completion, Kind
from provisioner.pipeline.editing.places import Symbol

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
KINDS = {
    Kind.KEY: types.CompletionItemKind.Property,
    Kind.WORD: types.CompletionItemKind.EnumMember,
    Kind.NAME: types.CompletionItemKind.Reference,
}


class Text:
    """A text as the client has it, split into lines once for all the places that one answer has."""

    def __init__(self, document: TextDocument) -> None:
        self.uri = document.uri
        self.lines = document.lines
        self.codec = document.position_codec

    def position(self, asked: types.Position) -> Position:
        """Where the client points, as we count."""
        if asked.line >= len(self.lines):
            return Position(asked.line + 1, 1)
        found = self.codec.position_from_client_units(self.lines, asked)
        return Position(found.line + 1, found.character + 1)

    def place(self, start: Position, end: Position) -> types.Range:
        """A stretch, as the client counts; what lies behind the last line is taken for its end."""
        return types.Range(self._point(start), self._point(end))

    def location(self, span: Span) -> types.Location:
        return types.Location(self.uri, self.place(span.start, span.end))

    def _point(self, position: Position) -> types.Position:
        if position.line > len(self.lines):
            return types.Position(len(self.lines), 0)
        line = self.lines[position.line - 1].rstrip("\r\n")
        return types.Position(position.line - 1, self.codec.client_num_units(line[: position.column - 1]))


def diagnostic(text: Text, each: Located) -> types.Diagnostic:
    rule = each.finding.rule
    return types.Diagnostic(
        range=text.place(each.span.start, each.span.end),
        message=f"{sentence(each)}\n{rule.why}",
        severity=SEVERITIES[each.severity],
        code=each.code,
        source="pbx",
    )


def completions(text: Text, asked: types.Position, found: Completion) -> types.CompletionList:
    begin = text.place(found.begin, found.begin).start
    stretch = types.Range(begin, asked)
    items = [
        types.CompletionItem(
            label=each.label,
            kind=KINDS[each.kind],
            detail=each.detail or None,
            documentation=each.documentation or None,
            sort_text=f"{number:05}",
            filter_text=each.label,
            text_edit=types.TextEdit(stretch, each.insert),
        )
        for number, each in enumerate(found.proposals)
    ]
    return types.CompletionList(is_incomplete=found.narrowed, items=items)


def symbols(text: Text, found: Iterable[Symbol]) -> list[types.DocumentSymbol]:
    return [
        types.DocumentSymbol(
            name=each.name or "?",  # the protocol takes no empty one
            detail=each.detail or None,
            kind=types.SymbolKind.Module if len(each.path) == 1 else types.SymbolKind.Object,
            range=text.place(each.key.start, max(each.end, each.key.end)),
            selection_range=text.place(each.key.start, each.key.end),
            children=symbols(text, each.children) or None,
        )
        for each in found
    ]


def file_of(document: TextDocument) -> FilePath:
    return FilePath(document.path).resolve()
