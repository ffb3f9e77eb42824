"""Metering: which calls to the public network were answered, and how long they lasted, from a core's channel event log.

A call enters the public network at the node `number:…` of its tenant, and the leg that a carrier answered carries that
number as its extension. It is whoever made the call, or who sent it on there by her telephone, that pays. A leg may end
in another call than it began in: two calls become one where somebody joins them. Emergency calls pass another node and
are never metered. Bytes of the log may be cut anywhere: what has no beginning or no end in it is not told.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.targets.asterisk import transfer
from provisioner.targets.asterisk.core_node import CALL_EVENTS

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One answered leg to the public network."""

    tenant: str
    caller: str
    """The account of the telephone that called or sent a caller on, `anna-desk`, or the number of a caller who went on
    by herself, by a forwarding say."""
    number: str
    answered: datetime
    """Aware, UTC."""
    seconds: int
    """Begun seconds from answer to end."""
    user: str = ""
    """Who made it, where the telephone does not say so: at a shared one, or from a mobile telephone by DISA."""


def calls(log: str) -> list[Call]:
    """Every metered call of the log, by the time of its answer."""
    by_call: dict[str, list[Row]] = defaultdict(list)
    ends: dict[str, Row] = {}
    for row in rows(log):
        by_call[row["call"]].append(row)
        if row["event"] == "HANGUP":
            ends[row["leg"]] = row
    found = (call for rows in by_call.values() for call in _metered(rows, ends))
    return sorted(found, key=lambda each: (each.answered, each.tenant, each.number))


def rows(log: str) -> Iterator[Row]:
    """The whole lines of the log, by the names of their columns."""
    for fields in csv.reader(io.StringIO(log)):
        if len(fields) == len(CALL_EVENTS):
            yield dict(zip(CALL_EVENTS, fields, strict=True))


def _metered(rows: Sequence[Row], ends: Mapping[str, Row]) -> Iterator[Call]:
    wanted = dict(_left_by(rows))
    caller = next((row["caller"] for row in rows if row["event"] == "CHAN_START"), "")
    user = ""
    for row in rows:
        if row["name"] == "made":
            _, user, *_ = _extra(row).split(" ")
        if row["name"] == transfer.EVENT:
            caller, user = _extra(row), ""
        tenant = wanted.get(row["extension"])
        # A leg that the core makes itself stays in the context of its endpoint; one that came in has left it.
        if row["event"] == "ANSWER" and row["context"] == "from-edge" and tenant and row["leg"] in ends:
            lasted = float(ends[row["leg"]]["time"]) - float(row["time"])
            answered = datetime.fromtimestamp(float(row["time"]), UTC)
            yield Call(tenant, caller, row["extension"], answered, max(1, -int(-lasted // 1)), user)


def _left_by(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Numbers of the public network that the call went to, each with the tenant whose dialplan sent it there."""
    for row in rows:
        tenant, _, context = row["context"].partition(".")
        if row["name"] == "node" and context == "number":
            node = _extra(row)
            if node.startswith("number:"):
                yield node.removeprefix("number:"), tenant


def _extra(row: Row) -> str:
    return str(json.loads(row["extra"]).get("extra", ""))
