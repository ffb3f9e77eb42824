"""The figures for Prometheus, in its text exposition format, and the server that answers it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from .figures import TENANTS, figures

CALENDARS = Path("/var/lib/pbx-calendars")
GAUGES = {
    "pbx_queue_members": "Members that the tenant's file names.",
    "pbx_queue_members_logged_in": "Members who are logged in.",
    "pbx_queue_members_free": "Members who would ring for the next caller.",
    "pbx_queue_members_paused": "Members who are logged in and pause.",
    "pbx_queue_callers_waiting": "Callers who wait.",
    "pbx_queue_longest_wait_seconds": "How long the first of them has waited.",
    "pbx_queue_calls_today": "Callers who came to the queue since midnight, also those whom it refused.",
    "pbx_queue_answered_today": "Callers who reached a member since midnight.",
    "pbx_queue_abandoned_today": "Callers who hung up while they waited, or chose a call-back, since midnight.",
    "pbx_queue_overflowed_today": "Callers who waited and left by an overflow since midnight.",
    "pbx_queue_refused_today": "Callers who found the queue full, or nobody there, since midnight.",
    "pbx_queue_called_back_today": "Callers who were promised a call-back since midnight.",
    "pbx_queue_not_reached_today": "Callers whom no call-back reached since midnight.",
    "pbx_queue_mean_wait_seconds_today": "How long callers waited who were answered since midnight.",
    "pbx_queue_service_level_ratio_today": "Share of calls since midnight, of those that ended, answered in time.",
    "pbx_group_members": "Members that the tenant's file names.",
    "pbx_group_members_logged_in": "Members who are logged in.",
    "pbx_calendars": "Calendars that set users' activities.",
    "pbx_calendars_failing": "Calendars among them that cannot be read; what was last known of them holds on.",
}


def samples(told: dict[str, dict]) -> Iterator[tuple[str, dict[str, str], float | None]]:
    """Metric, its labels, value."""
    for slug, each in sorted(told.items()):
        for one in each["queues"]:
            place, day = {"tenant": slug, "queue": one["name"]}, one["today"]
            yield "pbx_queue_members", place, len(one["members"])
            yield "pbx_queue_members_logged_in", place, one["logged_in"]
            yield "pbx_queue_members_free", place, one["free"]
            yield "pbx_queue_members_paused", place, one["paused"]
            yield "pbx_queue_callers_waiting", place, one["waiting"]
            yield "pbx_queue_longest_wait_seconds", place, one["longest_wait"]
            for key in ("calls", "answered", "abandoned", "overflowed", "refused", "called_back", "not_reached"):
                yield f"pbx_queue_{key}_today", place, day[key]
            yield "pbx_queue_mean_wait_seconds_today", place, day["mean_wait"]
            level = day["service_level"]
            yield "pbx_queue_service_level_ratio_today", place, None if level is None else level / 100
        for one in each["groups"]:
            place = {"tenant": slug, "group": one["name"]}
            yield "pbx_group_members", place, len(one["members"])
            yield "pbx_group_members_logged_in", place, one["logged_in"]


def calendars() -> Iterator[tuple[str, dict[str, str], float | None]]:
    """Metric, its labels, value; of what `pbx-calendars` keeps."""
    for path in sorted(CALENDARS.glob("*.json")):
        try:
            users = json.loads(path.read_bytes()).values()
        except (OSError, ValueError):
            continue
        yield "pbx_calendars", {"tenant": path.stem}, len(users)
        yield "pbx_calendars_failing", {"tenant": path.stem}, sum(bool(each["failing"]) for each in users)


@dataclass(eq=False)
class Collector:
    """What Prometheus's own library asks for the figures of one moment."""

    told: dict[str, dict]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in (*samples(self.told), *calendars()):
            if value is not None:
                family = found.setdefault(name, GaugeMetricFamily(name, GAUGES[name], labels=list(labels)))
                family.add_metric(list(labels.values()), value)
        yield from found.values()


def metrics(told: dict[str, dict]) -> bytes:
    """Prometheus's text exposition format."""
    registry = CollectorRegistry()
    registry.register(Collector(told))
    return generate_latest(registry)


class Handler(BaseHTTPRequestHandler):
    server_version = "pbx-figures"
    timeout = 10

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(404)
            return
        try:
            slugs = sorted(path.parent.name for path in TENANTS.glob("*/figures.json"))
            body = metrics(figures(slugs))
        except (subprocess.SubprocessError, OSError) as error:
            self.send_error(503, "asterisk does not answer", str(error))
            return
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a scrape every few seconds is no news."""
