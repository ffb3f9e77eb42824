"""The figures of tenants' queues and groups at this moment."""

from __future__ import annotations

import json
from pathlib import Path

from .queue_log import Day, log, midnight, today
from .view import Member, Seen, ask, logged_out, seen

TENANTS = Path("/etc/asterisk/pbx/tenants")
FREE = ("Not in use", "Unknown")
"""What Asterisk calls a telephone that would ring."""


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
