"""A comparison as Markdown, for merge requests and tickets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provisioner.pipeline.comparison import Compared, Comparison, Part

from . import SAME, heading, letters, named, title


def lines(comparisons: Sequence[Comparison], *, commits: bool, calendar: bool) -> Iterator[str]:
    for each in comparisons:
        if commits:
            yield f"## {_plain(named(each.new))}"
        else:
            yield f"From {_plain(named(each.old))}  "
            yield f"to {_plain(named(each.new))}"
        yield ""
        for tenant in each.tenants:
            yield f"### {_plain(title(tenant))}"
            yield ""
            yield from _tenant(tenant, each, calendar=calendar)
        if not each.differs:
            yield f"{SAME.capitalize()}."
            yield ""


def _tenant(tenant: Compared, comparison: Comparison, *, calendar: bool) -> Iterator[str]:
    for part in Part:
        rows = tenant.of(part)
        if not rows:
            continue
        yield f"**{heading(part, comparison).capitalize()}**"
        yield ""
        for row in rows:
            text = _plain(row.text)
            yield f"- ⚠ **{text}**" if row.dangerous else f"- `{row.sign}` {text}"
        yield ""
    for year in tenant.years if calendar else ():
        yield f"**{year.number} in {comparison.year}, before and after**"
        yield ""
        yield "```text"
        yield from (line.rstrip() for line in letters.lines(year, comparison.year))
        yield "```"
        yield ""


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    return re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", text)
