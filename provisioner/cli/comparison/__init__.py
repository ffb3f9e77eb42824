"""How a comparison of revisions looks: as text, Markdown, page, table or JSON."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.ports.revisions import Revision
from provisioner.pipeline.comparison import Compared, Comparison, Part

HEADINGS: Mapping[Part, str] = {
    Part.CHANGES: "what changes",
    Part.REACH: "who is reachable at which number in which hours of {year}",
    Part.PEOPLE: "people who are reachable from outside",
    Part.RIGHTS: "rights",
    Part.FEATURES: "features",
    Part.COST: "cost",
}
SIGNS: Mapping[str, str] = {"+": "added", "-": "removed", "~": "changed"}
SAME = "nothing that callers, users or the invoice would notice differs"


def heading(part: Part, comparison: Comparison) -> str:
    return HEADINGS[part].format(year=comparison.year)


def named(revision: Revision) -> str:
    """`main, 0a1b2c3d4e of 2027-01-31 12:00 by Anna Berg <anna@example>: Close at noon`."""
    if not revision.commit:
        return revision.short
    name = "" if revision.commit.startswith(revision.name) else f"{revision.name}, "
    return f"{name}{revision.short} of {revision.at[:16].replace('T', ' ')} by {revision.author}: {revision.subject}"


def title(each: Compared) -> str:
    return f"{each.slug}: {each.title}" if each.slug else each.title
