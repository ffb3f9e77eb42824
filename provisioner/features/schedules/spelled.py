"""Weekly hours day by day: `mon-fri` and five days with the same hours mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.core.week import DAYS, days_of


def spelled(section: Any) -> Any:
    """The section, as written or as dumped, with a key for each day that has hours; what cannot be read stays."""
    if not isinstance(section, Mapping):
        return section
    return {name: _entry(entry) for name, entry in section.items()}


def _entry(entry: Any) -> Any:
    weekly = entry.get("weekly") if isinstance(entry, Mapping) else None
    if not isinstance(weekly, Mapping):
        return entry
    try:
        by_day = {day: hours for days, hours in reversed(list(weekly.items())) for day in days_of(days)}
    except (AttributeError, ValueError):
        return entry
    return {**entry, "weekly": {DAYS[day]: by_day[day] for day in sorted(by_day)}}
