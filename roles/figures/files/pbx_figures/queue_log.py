"""The queue log of today, understood: each caller's time with a queue, whatever channels stood for her."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

QUEUE_LOG = Path("/var/log/asterisk/queue_log")
OUTCOMES = {
    "ABANDON": "abandoned",
    "CALLBACKLEFT": "abandoned",
    "EXITWITHTIMEOUT": "overflowed",
    "EXITEMPTY": "overflowed",
}


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
