"""Live figures of a core node's queues and ring groups: for `pbx queues` as JSON, for Prometheus as text.

`show TENANT` prints one tenant's, `serve ADDRESS PORT` answers to Prometheus. Who waits and who is there is asked of
Asterisk (`queue show`, AstDB), today's figures come from the queue log, so a restart loses none. Read only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

TENANTS = Path("/etc/asterisk/pbx/tenants")
QUEUE_LOG = Path("/var/log/asterisk/queue_log")
CALENDARS = Path("/var/lib/pbx-calendars")

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HEAD = re.compile(r"^(\S+) has \d+ calls ")
MEMBER = re.compile(r"^\s+(\S+) \(Local/\S+ from \S+\)(.*)$")
STATUS = re.compile(r"\((Not in use|In use|Busy|Invalid|Unavailable|Ringing|Ring\+Inuse|On Hold|Unknown)\)")
LAST = re.compile(r"\(last was (\d+) secs ago\)")
CALLER = re.compile(r"^\s+\d+\. \S+ \(wait: (\d+):(\d\d), prio: -?\d+\)")
OUT = re.compile(r"^/pbx/([^/]+)/agents/ring_group/([^/]+)/(\S+)\s*: out\s*$")
FREE = ("Not in use", "Unknown")
OUTCOMES = {
    "ABANDON": "abandoned",
    "CALLBACKLEFT": "abandoned",
    "EXITWITHTIMEOUT": "overflowed",
    "EXITEMPTY": "overflowed",
}


@dataclass
class Member:
    paused: bool
    status: str
    since: int | None
    """Seconds since the last call ended."""


@dataclass
class Seen:
    """A queue as Asterisk sees it now."""

    members: dict[str, Member] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)


@dataclass
class Call:
    """One caller's time with a queue, whatever channels stand for her."""

    since: int
    outcome: str = ""
    """answered, abandoned, overflowed, refused or not_reached; empty while she waits, or chooses a call-back."""
    wait: int = 0
    """Seconds until she was answered."""
    promised: bool = False


@dataclass
class Day:
    """Lines of the queue log find their call by channel or by promise."""

    calls: list[Call] = field(default_factory=list)
    """Those that came since midnight."""
    channels: dict[str, Call] = field(default_factory=dict)
    promises: dict[str, Call] = field(default_factory=dict)

    def begins(self, channel: str, moment: int) -> Call:
        """A new call, where that channel's last one has come to its end; who comes back from the keys goes on."""
        call = self.channels.get(channel)
        if call is None or call.outcome:
            call = self.channels[channel] = Call(moment)
            self.calls.append(call)
        return call

    def ended(self, outcome: str) -> int:
        return sum(call.outcome == outcome for call in self.calls)


def ask(command: str) -> str:
    done = subprocess.run(
        ["asterisk", "-rx", command], capture_output=True, text=True, errors="replace", timeout=20, check=True
    )
    return COLOUR.sub("", done.stdout)


def seen(text: str) -> dict[str, Seen]:
    """queue → what `queue show` says of it."""
    found: dict[str, Seen] = {}
    now = Seen()
    for line in text.splitlines():
        if head := HEAD.match(line):
            now = found.setdefault(head[1], Seen())
        elif caller := CALLER.match(line):
            now.waits.append(int(caller[1]) * 60 + int(caller[2]))
        elif member := MEMBER.match(line):
            status, last = STATUS.search(member[2]), LAST.search(member[2])
            now.members[member[1]] = Member(
                "(paused" in member[2], status[1] if status else "Unknown", int(last[1]) if last else None
            )
    return found


def logged_out(text: str) -> set[tuple[str, str, str]]:
    """Tenant, ring group and member of everybody who is logged out of a group."""
    return {match.groups() for line in text.splitlines() if (match := OUT.match(line))}  # type: ignore[misc]


def today(lines: list[str], since: dict[str, float]) -> dict[str, Day]:
    """queue → the calls that came to it since its own midnight."""
    days: dict[str, Day] = defaultdict(Day)
    for line in lines:
        moment, _, rest = line.partition("|")
        parts = rest.rstrip("\n").split("|")
        if len(parts) < 4 or parts[1] not in since or not moment.isdigit() or int(moment) < since[parts[1]]:
            continue
        tell(days[parts[1]], int(moment), parts[0], parts[3], parts[4:])
    return days


def tell(day: Day, moment: int, channel: str, event: str, data: list[str]) -> None:
    """One line of the queue log. What becomes of calls from before midnight belongs to yesterday and is passed over."""
    if event == "ENTERQUEUE":
        day.begins(channel, moment)
    elif event == "REFUSED":
        # Who has waited already left the queue for the keys, and finds no way back.
        waited = channel in day.channels and not day.channels[channel].outcome
        day.begins(channel, moment).outcome = "overflowed" if waited else "refused"
    elif event == "EXITWITHKEY":
        day.channels.setdefault(channel, Call(moment))
    elif event.startswith("CALLBACK") and len(data) > 1:
        promised(day, moment, channel, event, data[1])
    elif call := day.channels.get(channel):
        if event == "CONNECT":
            call.outcome, call.wait = "answered", moment - call.since
        # A channel that stands for her may come and go: she still waits, and a line of its own tells how that ends.
        elif not call.promised and event in OUTCOMES:
            call.outcome = OUTCOMES[event]


def promised(day: Day, moment: int, channel: str, event: str, promise: str) -> None:
    if event == "CALLBACK":
        call = day.promises[promise] = day.channels.setdefault(channel, Call(moment))
        call.promised = True
        return
    call = day.promises.setdefault(promise, Call(moment, promised=True))
    if event == "CALLBACKWAITS":
        day.channels[channel] = call
    elif event == "CALLBACKAGAIN":
        # A member took it, and she did not answer: she still waits.
        call.outcome = ""
    elif event == "CALLBACKFAILED":
        call.outcome = "not_reached"


def declared(slug: str) -> list[dict]:
    path = TENANTS / slug / "figures.json"
    return json.loads(path.read_bytes()) if path.exists() else []


def figures(slugs: list[str]) -> dict[str, dict]:
    """tenant → its queues and groups with their figures."""
    watched = {slug: declared(slug) for slug in slugs}
    named = {f"{slug}.{each['name']}": each for slug in slugs for each in watched[slug] if each["kind"] == "queue"}
    since = {name: midnight(each["time_zone"]) for name, each in named.items()}
    days = today(log(min(since.values(), default=0.0)), since)
    queues = seen(ask("queue show")) if named else {}
    groups = any(each["kind"] == "ring_group" for every in watched.values() for each in every)
    out = logged_out(ask("database show pbx")) if groups else set()
    return {
        slug: {
            "queues": [
                queue(each, queues.get(f"{slug}.{each['name']}", Seen()), days.get(f"{slug}.{each['name']}", Day()))
                for each in watched[slug]
                if each["kind"] == "queue"
            ],
            "groups": [group(slug, each, out) for each in watched[slug] if each["kind"] == "ring_group"],
        }
        for slug in slugs
    }


def queue(each: dict, now: Seen, day: Day) -> dict:
    members = [member(name, now.members.get(name), each["wrap_up"]) for name in each["members"]]
    states = [every["state"] for every in members]
    waits = [call.wait for call in day.calls if call.outcome == "answered"]
    done = sum(call.outcome != "" for call in day.calls)
    in_time = sum(wait <= each["service_level"] for wait in waits)
    return {
        "name": each["name"],
        "title": each["title"],
        "members": members,
        "logged_in": sum(state != "out" for state in states),
        "free": states.count("free"),
        "paused": states.count("paused"),
        "waiting": len(now.waits),
        "longest_wait": max(now.waits, default=0),
        "today": {
            "calls": len(day.calls),
            **{outcome: day.ended(outcome) for outcome in ("answered", "abandoned", "overflowed", "refused")},
            "called_back": sum(call.promised for call in day.calls),
            "not_reached": day.ended("not_reached"),
            "mean_wait": round(sum(waits) / len(waits), 1) if waits else None,
            "service_level": round(100 * in_time / done, 1) if done else None,
            "within": each["service_level"],
        },
    }


def member(name: str, now: Member | None, wrap_up: int) -> dict:
    """`state` is out, paused, busy, away (not to be reached), wrap-up or free."""
    if now is None:
        state = "out"
    elif now.paused:
        state = "paused"
    elif now.status in ("Unavailable", "Invalid"):
        state = "away"
    elif now.status not in FREE:
        state = "busy"
    elif wrap_up and now.since is not None and now.since < wrap_up:
        state = "wrap-up"
    else:
        state = "free"
    return {"name": name, "state": state}


def group(slug: str, each: dict, out: set[tuple[str, str, str]]) -> dict:
    members = [
        {"name": name, "state": "out" if (slug, each["name"], name) in out else "in"} for name in each["members"]
    ]
    there = sum(every["state"] == "in" for every in members)
    return {"name": each["name"], "title": each["title"], "members": members, "logged_in": there}


def midnight(zone: str) -> float:
    now = datetime.now(ZoneInfo(zone))
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def log(since: float) -> list[str]:
    """Lines of the queue log from that moment on; the log before this one too, where it reaches into the day."""
    lines: list[str] = []
    before = QUEUE_LOG.with_name(f"{QUEUE_LOG.name}.1")
    for path in (before, QUEUE_LOG):
        if path.exists() and path.stat().st_mtime >= since:
            with path.open(encoding="utf-8", errors="replace") as stream:
                lines += stream
    return lines


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


def main(words: list[str]) -> None:
    match words:
        case ["show", slug]:
            told = figures([slug])[slug]
            print(json.dumps({"tenant": slug, "time": int(time.time()), **told}, ensure_ascii=False))
        case ["serve", address, port]:
            ThreadingHTTPServer((address, int(port)), Handler).serve_forever()
        case _:
            sys.exit("usage: pbx_figures show TENANT | serve ADDRESS PORT")


if __name__ == "__main__":
    main(sys.argv[1:])
