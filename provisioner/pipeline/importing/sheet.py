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
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of those the ones that hold something, with the places where they do."""


def read(content: bytes, file: str, columns: Columns, required: str) -> Sheet:
    """Reads the file; raises UsageError where it is no text or no heading means the required column."""
    text = text_of(content, file)
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
        others: dict[str, list[str]] = {
            heading: [] for heading, column in zip(headings, meant, strict=True) if not column
        }
        for cells in lines:
            for heading, value in zip(headings, cells, strict=False):
                if heading in others and value.strip():
                    others[heading].append(f"{file}:{lines.line_num}")
            pairs = zip(meant, cells, strict=False)
            held = {column: value.strip() for column, value in pairs if column and value.strip()}
            if held:
                rows.append(Row(f"{file}:{lines.line_num}", held))
    except csv.Error as error:
        raise UsageError(f"{file}: {error}", "save the sheet as CSV, in UTF-8") from error
    more = tuple((heading, tuple(places)) for heading, places in others.items() if heading and places)
    return Sheet(tuple(rows), tuple(filter(None, others)), more)


def text_of(content: bytes, file: str) -> str:
    """The text of a file, in UTF-8 or as older spreadsheets save it; raises UsageError where it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise UsageError(f"{file} is no text", "save it as CSV or JSON, in UTF-8")
    return text


def _meant(heading: str, columns: Columns) -> str:
    plain = heading.lower().replace("_", " ").replace("-", " ")
    return next((column for column, names in columns.items() if plain in names), "")
