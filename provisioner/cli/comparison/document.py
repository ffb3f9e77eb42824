"""A comparison as JSON, for programs. The shape changes only with `format_version`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.core.ports.revisions import Revision
from provisioner.pipeline import dates
from provisioner.pipeline.comparison import Compared, Comparison, YearOf
from provisioner.pipeline.reach import Day

from . import SIGNS
from .letters import sorts_of

FORMAT_VERSION = 1


def document(comparisons: Sequence[Comparison], *, calendar: bool) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "comparisons": [
            {
                "old": _revision(each.old),
                "new": _revision(each.new),
                "year": each.year,
                "tenants": [_tenant(tenant, calendar=calendar) for tenant in each.tenants],
                "notes": list(each.notes),
            }
            for each in comparisons
        ],
    }


def _revision(revision: Revision) -> dict[str, str]:
    return {
        "name": revision.name,
        "commit": revision.commit,
        "author": revision.author,
        "at": revision.at,
        "subject": revision.subject,
    }


def _tenant(each: Compared, *, calendar: bool) -> dict[str, Any]:
    rows = [
        {
            "part": row.part.value,
            "kind": SIGNS[row.sign],
            "dangerous": row.dangerous,
            "subject": row.subject,
            "when": row.when,
            "before": row.before,
            "after": row.after,
            "text": row.text,
        }
        for row in each.rows
    ]
    made: dict[str, Any] = {"tenant": each.slug, "title": each.title, "rows": rows}
    if calendar:
        made["calendars"] = [_calendar(year) for year in each.years]
    return made


def _calendar(year: YearOf) -> dict[str, Any]:
    """A letter for each day of the year, and what each letter means."""
    sorts = sorts_of(year)
    return {
        "number": year.number,
        "before": "".join(sorts[day] for day in year.before),
        "after": "".join(sorts[day] for day in year.after),
        "days": {letter: _day(day) for day, letter in sorts.items()},
    }


def _day(day: Day) -> list[dict[str, Any]]:
    return [
        {
            "from": dates.clock(start),
            "to": dates.clock(end),
            "destination": outcome.target,
            "said": outcome.said,
            "rings": list(outcome.rings),
            "behind": list(outcome.behind),
        }
        for start, end, outcome in day
    ]
