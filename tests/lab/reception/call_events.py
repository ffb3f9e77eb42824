"""Asterisk's channel event log as tests read it: what became of each caller, by what her own channel went through."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from provisioner.targets.asterisk.core_node import CALL_EVENTS, CALL_EVENTS_FILE
from tests.lab.reception.reception import Reception


@dataclass(frozen=True)
class Talk:
    """A time in a bridge with somebody whom a queue rang."""

    member: str
    begun: float
    ended: float


@dataclass(frozen=True)
class Told:
    """One caller's channel; moments are seconds since 1970."""

    channel: str
    caller: str
    begun: float
    answered: float
    ended: float
    nodes: tuple[tuple[str, float], ...]
    """Nodes of the tenant's file in order, each with the moment at which it was entered."""
    talks: tuple[Talk, ...]

    @property
    def trail(self) -> list[str]:
        return [name for name, _ in self.nodes]


def size(reception: Reception) -> int:
    """How long the log is now: `told` begins behind that."""
    return int(reception.run("core", f"stat -c %s {CALL_EVENTS_FILE} 2>/dev/null || echo 0"))


def told(reception: Reception, since: int, callers: list[str]) -> list[Told]:
    """Every whole call of these callers in the order in which they came."""
    log = reception.run("core", f"tail -c +{since + 1} {CALL_EVENTS_FILE}")
    rows = [dict(zip(CALL_EVENTS, fields, strict=True)) for fields in csv.reader(io.StringIO(log))]
    # A bridge holds the caller and the Local channel that rings a member: Local/anna@queues.agent-00000004;1
    members = {
        bridge(row): row["channel"].removeprefix("Local/").partition("@")[0]
        for row in rows
        if row["event"] == "BRIDGE_ENTER" and row["channel"].startswith("Local/") and row["channel"].endswith(";1")
    }
    first = {
        row["leg"]: row["caller"]
        for row in rows
        if row["event"] == "CHAN_START" and row["leg"] == row["call"] and row["caller"] in callers
    }
    return [_one(channel, caller, [row for row in rows if row["leg"] == channel], members)
            for channel, caller in first.items()]  # fmt: skip


def bridge(row: dict[str, str]) -> str:
    return str(json.loads(row["extra"])["bridge_id"])


def _one(channel: str, caller: str, rows: list[dict[str, str]], members: dict[str, str]) -> Told:
    def moments(event: str) -> list[float]:
        return [float(row["time"]) for row in rows if row["event"] == event]

    (begun,), (answered,), (ended,) = moments("CHAN_START"), moments("ANSWER"), moments("HANGUP")
    assert moments("CHAN_END") == [ended], "nothing of the channel stays"
    entered = [row for row in rows if row["event"] == "BRIDGE_ENTER"]
    talks = tuple(
        Talk(members[bridge(row)], float(row["time"]), left)
        for row, left in zip(entered, moments("BRIDGE_EXIT"), strict=True)
    )
    nodes = tuple((json.loads(row["extra"])["extra"], float(row["time"])) for row in rows if row["name"] == "node")
    return Told(channel, caller, begun, answered, ended, nodes, talks)
