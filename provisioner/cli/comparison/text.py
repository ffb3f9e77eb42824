"""A comparison for the terminal: losses first, each line with the sign of what happened."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.pipeline.comparison import Compared, Comparison, Part

from . import SAME, heading, letters, named, title


def lines(comparison: Comparison, *, commit: bool, calendar: bool) -> Iterator[str]:
    """`commit`: the comparison is what one commit did, and is headed by it."""
    if commit:
        yield named(comparison.new)
    else:
        yield f"from {named(comparison.old)}"
        yield f"to {named(comparison.new)}"
    for each in comparison.tenants:
        yield ""
        yield title(each)
        yield from _tenant(each, comparison, calendar=calendar)
    if not comparison.differs:
        yield f"  {SAME}"


def _tenant(each: Compared, comparison: Comparison, *, calendar: bool) -> Iterator[str]:
    for part in Part:
        rows = each.of(part)
        if rows and part is not Part.CHANGES:
            yield f"  {heading(part, comparison)}:"
        for row in rows:
            place = f"  [{row.subject}]" if part is Part.CHANGES and row.subject else ""
            yield f"  {'!' if row.dangerous else row.sign} {row.text}{place}"
    for year in each.years if calendar else ():
        yield f"  {year.number} in {comparison.year}, before and after:"
        yield from (f"    {line}".rstrip() for line in letters.lines(year, comparison.year))
