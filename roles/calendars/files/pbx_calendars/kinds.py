"""The kinds of calendars: each name that a tenant's file knows, and how such a one is read."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from . import graph, sources
from .meaning import Event
from .sources import Place, Source

KINDS: Mapping[str, Source] = {"ical": sources.published, "caldav": sources.caldav, "microsoft": graph.mailbox}


def read(kind: str, place: Place, zone: ZoneInfo, since: float, until: float) -> list[Event]:
    return KINDS[kind](place, zone, since, until)
