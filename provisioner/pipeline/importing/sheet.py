"""A CSV file as rows of known columns, whatever its separator and the language of its headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.errors import UsageError

Columns = Mapping[str, tuple[str, ...]]
"""column → the headings that mean it, in small letters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file; `cells` holds only those that are not empty."""

    place: str
    """`users.csv:7`."""
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read, and the headings that mean nothing to us."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


def read(content: bytes, file: str, columns: Columns, required: str) -> Sheet:
    """Reads the file; raises UsageError where it is no text or no heading means the required column."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as spreadsheets save it
    if "\0" in text:
        raise UsageError(f"{file} is no CSV file", "save the sheet as CSV, in UTF-8")
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        headings = [each.strip() for each in next(lines, [])]
        meant = [_meant(each, columns) for each in headings]
        if required not in meant:
            known = ", ".join(columns[required])
            raise UsageError(f"{file} has no column for the {required}", f"name one of its columns {known}")
        rows = []
        for cells in lines:
            pairs = zip(meant, cells, strict=False)
            held = {column: value.strip() for column, value in pairs if column and value.strip()}
            if held:
                rows.append(Row(f"{file}:{lines.line_num}", held))
    except csv.Error as error:
        raise UsageError(f"{file}: {error}", "save the sheet as CSV, in UTF-8") from error
    unknown = tuple(heading for heading, column in zip(headings, meant, strict=True) if heading and not column)
    return Sheet(tuple(rows), unknown)


def _meant(heading: str, columns: Columns) -> str:
    plain = heading.lower().replace("_", " ").replace("-", " ")
    return next((column for column, names in columns.items() if plain in names), "")
