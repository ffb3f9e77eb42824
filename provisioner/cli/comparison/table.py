"""A comparison as CSV, a row for each difference; with calendars, one more for each day on which a number differs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from provisioner.pipeline.comparison import Comparison

from . import SIGNS
from .letters import differing, said

COLUMNS = ("old", "new", "tenant", "part", "kind", "dangerous", "subject", "when", "before", "after", "text")
FORMULA = ("=", "@", "\t")
"""How cells begin that a spreadsheet would compute; numbers with a plus only look like one."""


def table(comparisons: Sequence[Comparison], *, calendar: bool) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in comparisons:
        for row in _rows(each, calendar=calendar):
            writer.writerow(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row)
    return written.getvalue()


def _rows(comparison: Comparison, *, calendar: bool) -> Iterator[tuple[str, ...]]:
    ends = comparison.old.commit[:10] or "now", comparison.new.commit[:10] or "now"
    for each in comparison.tenants:
        for row in each.rows:
            dangerous = "yes" if row.dangerous else "no"
            facts = row.subject, row.when, row.before, row.after, row.text
            yield (*ends, each.slug, row.part.value, SIGNS[row.sign], dangerous, *facts)
        for year in each.years if calendar else ():
            for day, before, after in differing(year, comparison.year):
                facts = year.number, day.isoformat(), said(before), said(after), ""
                yield (*ends, each.slug, "calendar", "changed", "no", *facts)
