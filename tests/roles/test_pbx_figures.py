"""Figures of queues: what is made of Asterisk's own words and of the queue log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "figures" / "files"))

from pbx_figures import figures, page, queue_log, view

SHOWN = """\
klinik.nurse has 2 calls (max 20) in 'leastrecent' strategy (4s holdtime, 9s talktime), W:0, C:3, A:1, SL:66.7%, SL2:66.7% within 30s
   Members:
      anna (Local/anna@klinik.agent/n from Custom:klinik.anna) (ringinuse disabled)\x1b[1;36;40m (dynamic)\x1b[0m (\x1b[1;32;40mNot in use\x1b[0m) has taken 1 calls (last was 12 secs ago) \x1b[1;33;40m(login was 351 secs ago)\x1b[0m
      bo (Local/bo@klinik.agent/n from Custom:klinik.bo) (ringinuse disabled) (dynamic) (paused was 3 secs ago) (Unknown) has taken no calls yet (login was 3 secs ago)
      cecilia (Local/cecilia@klinik.agent/n from Custom:klinik.cecilia) (ringinuse disabled) (dynamic) (In use) has taken 2 calls (last was 2 secs ago)
      +46701740605 (Local/+46701740605@klinik.agent/n from Custom:klinik.+46701740605) (dynamic) (Unavailable) has taken no calls yet
   Callers:
      1. PJSIP/edge-0000 (wait: 1:05, prio: -123)
      2. PJSIP/edge-0001 (wait: 0:07, prio: -181)

klinik.empty has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime, 0s talktime), W:0, C:0, A:0, SL:0.0%, SL2:0.0% within 20s
   No Members
   No Callers
"""  # noqa: E501
NURSE = {
    "kind": "queue", "name": "nurse", "title": "Nurses", "time_zone": "Europe/Stockholm", "service_level": 20,
    "wrap_up": 10, "members": {"anna": 0, "bo": 0, "cecilia": 0, "david": 1, "+46701740605": 2},
}  # fmt: skip
LOG = """\
99|a|klinik.nurse|NONE|ENTERQUEUE||+46701740601|1
100|b|klinik.nurse|NONE|ENTERQUEUE||+46701740601|1
120|b|klinik.nurse|anna|CONNECT|20|c|4
130|b|klinik.nurse|anna|COMPLETECALLER|20|10|1
131|d|klinik.nurse|NONE|ENTERQUEUE||+46701740602|1
152|d|klinik.nurse|anna|CONNECT|21|e|4
160|f|klinik.nurse|NONE|ENTERQUEUE||+46701740603|1
170|f|klinik.nurse|NONE|ABANDON|1|1|10
171|g|klinik.nurse|NONE|ENTERQUEUE||+46701740604|1
172|g|klinik.nurse|NONE|EXITWITHKEY|5|1|1|1
173|g|klinik.nurse|NONE|CALLBACK|+46701740604|173.1
173|h|klinik.nurse|NONE|CALLBACKWAITS|+46701740604|173.1
174|h|klinik.nurse|NONE|ENTERQUEUE||+46701740604|1
180|i|other.nurse|NONE|ENTERQUEUE||+46701740605|1
190|j|klinik.nurse|NONE|ENTERQUEUE||+46701740606|1
250|j|klinik.nurse|NONE|EXITWITHTIMEOUT|1|1|60
260|k|pbx.notices|klinik|info|caller=1
half a line
"""


@pytest.mark.row("Q8")
def test_who_waits_and_who_is_there() -> None:
    found = view.seen(view.COLOUR.sub("", SHOWN))
    assert set(found) == {"klinik.nurse", "klinik.empty"}
    now = figures.queue(NURSE, found["klinik.nurse"], queue_log.Day())
    assert {each["name"]: each["state"] for each in now["members"]} == {
        "anna": "free", "bo": "paused", "cecilia": "busy", "david": "out", "+46701740605": "away"
    }  # fmt: skip
    facts = {key: now[key] for key in ("logged_in", "free", "paused", "waiting", "longest_wait")}
    assert facts == {"logged_in": 4, "free": 1, "paused": 1, "waiting": 2, "longest_wait": 65}


@pytest.mark.parametrize(("since", "state"), [(9, "wrap-up"), (10, "free"), (None, "free")])
def test_wrap_up_ends(since: int | None, state: str) -> None:
    assert figures.member("anna", view.Member(False, "Not in use", since), 10)["state"] == state


@pytest.mark.row("Q8")
def test_the_day_so_far() -> None:
    assert day(*LOG.splitlines(keepends=True)) == {
        "calls": 5, "answered": 2, "abandoned": 1, "overflowed": 1, "refused": 0, "called_back": 1, "not_reached": 0,
        "mean_wait": 20.5, "service_level": 25.0, "within": 20,
    }  # fmt: skip


def test_a_day_without_calls_has_no_means() -> None:
    day = figures.queue(NURSE, view.Seen(), queue_log.Day())["today"]
    assert (day["mean_wait"], day["service_level"], day["calls"]) == (None, None, 0)


def test_who_is_logged_out_of_a_group() -> None:
    shown = (
        "/pbx/klinik/agents/ring_group/office/anna           : out\n/pbx/klinik/agents/ring_group/office/bo   : in\n"
    )
    out = view.logged_out(shown)
    assert figures.group("klinik", {"name": "office", "title": "O", "members": {"anna": 0, "bo": 0}}, out) == {
        "name": "office", "title": "O", "logged_in": 1,
        "members": [{"name": "anna", "state": "out"}, {"name": "bo", "state": "in"}],
    }  # fmt: skip
    assert figures.group("other", {"name": "office", "title": "O", "members": {"anna": 0}}, out)["logged_in"] == 1


def test_prometheus_can_read_it() -> None:
    found = view.seen(view.COLOUR.sub("", SHOWN))
    one = figures.queue(
        NURSE, found["klinik.nurse"], queue_log.Day([queue_log.Call(100, "answered", 7), queue_log.Call(101)])
    )
    text = page.metrics({"klinik": {"queues": [one], "groups": []}, 'a"b\\': {"queues": [one], "groups": []}}).decode()
    read = {family.name: family for family in text_string_to_metric_families(text)}
    assert {family.type for family in read.values()} == {"gauge"}
    assert all(family.documentation == page.GAUGES[name] for name, family in read.items())
    waiting = {
        (each.labels["tenant"], each.labels["queue"]): each.value for each in read["pbx_queue_callers_waiting"].samples
    }
    assert waiting == {("klinik", "nurse"): 2, ('a"b\\', "nurse"): 2}
    assert read["pbx_queue_service_level_ratio_today"].samples[0].value == 1
    assert not any(name.startswith("pbx_group") for name in read)


# Of one caller: the rest of each line behind `klinik.nurse|`, with its second and channel.
ENTERS, KEY = "100|a ENTERQUEUE||+46701740604|1", "110|a EXITWITHKEY|5|1|1|10"
AGAIN = "120|a ENTERQUEUE||+46701740604|1"
PROMISED = (ENTERS, KEY, "115|a CALLBACK|+46701740604|115.1", "115|b CALLBACKWAITS|+46701740604|115.1")
STANDS, TAKEN = "115|b ENTERQUEUE||+46701740604|1", "130|b CONNECT|15|c|4"
LATER = (
    "175|d CALLBACKAGAIN|+46701740604|115.1",
    "175|e CALLBACKWAITS|+46701740604|115.1",
    "475|e ENTERQUEUE||+46701740604|1",
)


def day(*lines: str) -> dict[str, Any]:
    """The figures of lines whole or, with a blank before the event, of one call."""
    whole = [line.replace(" ", "|klinik.nurse|NONE|", 1) if "|klinik." not in line else line for line in lines]
    found: dict[str, Any] = figures.queue(
        NURSE, view.Seen(), queue_log.today(whole, {"klinik.nurse": 100.0})["klinik.nurse"]
    )
    return dict(found["today"])


@pytest.mark.row("Q6", "Q8")
@pytest.mark.parametrize(
    ("lines", "figures"),
    [
        pytest.param((ENTERS,), {"calls": 1}, id="waits"),
        pytest.param((ENTERS, KEY), {"calls": 1}, id="keys a number"),
        pytest.param((ENTERS, KEY, AGAIN), {"calls": 1}, id="comes back and waits"),
        pytest.param(
            (ENTERS, KEY, AGAIN, "130|a CONNECT|10|c|4"), {"calls": 1, "answered": 1, "mean_wait": 30.0},
            id="comes back and is answered, having waited all along",
        ),
        pytest.param((ENTERS, KEY, AGAIN, "130|a ABANDON|1|1|10"), {"calls": 1, "abandoned": 1}, id="gives up later"),
        pytest.param((ENTERS, KEY, "118|a CALLBACKLEFT"), {"calls": 1, "abandoned": 1}, id="hangs up among the keys"),
        pytest.param(
            (ENTERS, KEY, "118|a REFUSED|FULL"), {"calls": 1, "overflowed": 1}, id="comes back and finds it full"
        ),
        pytest.param(
            (ENTERS, "160|a EXITWITHTIMEOUT|1|1|60", "200|a ENTERQUEUE||+46701740604|1", "210|a CONNECT|10|c|4"),
            {"calls": 2, "overflowed": 1, "answered": 1, "mean_wait": 10.0},
            id="comes again by a menu",
        ),
        pytest.param(("100|a REFUSED|FULL",), {"calls": 1, "refused": 1}, id="full"),
        pytest.param(("100|a REFUSED|JOINEMPTY",), {"calls": 1, "refused": 1}, id="nobody there"),
        pytest.param(
            ("100|a REFUSED|FULL", "150|a REFUSED|FULL"), {"calls": 2, "refused": 2}, id="refused twice by a menu"
        ),
        pytest.param((*PROMISED, STANDS), {"calls": 1, "called_back": 1}, id="promised"),
        pytest.param(
            (*PROMISED, STANDS, TAKEN), {"calls": 1, "called_back": 1, "answered": 1, "mean_wait": 30.0},
            id="promised and reached",
        ),
        pytest.param(
            (*PROMISED, STANDS, "125|b EXITEMPTY|1|1|10", "155|b ENTERQUEUE||+46701740604|1"),
            {"calls": 1, "called_back": 1},
            id="promised while everybody goes home",
        ),
        pytest.param(
            (*PROMISED, STANDS, "126|f CALLBACKWAITS|+46701740604|115.1", "126|f ENTERQUEUE||+46701740604|1"),
            {"calls": 1, "called_back": 1},
            id="promised before a restart",
        ),
        pytest.param((*PROMISED, STANDS, TAKEN, *LATER), {"calls": 1, "called_back": 1}, id="not reached yet"),
        pytest.param(
            (*PROMISED, STANDS, TAKEN, *LATER, "476|e CONNECT|1|c|4"),
            {"calls": 1, "called_back": 1, "answered": 1, "mean_wait": 376.0},
            id="reached at last",
        ),
        pytest.param(
            (*PROMISED, STANDS, TAKEN, *LATER, "476|e CONNECT|1|c|4", "521|g CALLBACKFAILED|+46701740604|115.1"),
            {"calls": 1, "called_back": 1, "not_reached": 1},
            id="never reached",
        ),
        pytest.param(
            (*PROMISED, STANDS, "900|b EXITWITHTIMEOUT|1|1|785", "900|b CALLBACKFAILED|+46701740604|115.1"),
            {"calls": 1, "called_back": 1, "not_reached": 1},
            id="nobody took it",
        ),
        pytest.param(
            ("99|a ENTERQUEUE||+46701740604|1", "99|a CALLBACK|+46701740604|115.1", *PROMISED[3:], STANDS, TAKEN),
            {},
            id="promised before midnight",
        ),
        pytest.param(
            ("99|a ENTERQUEUE||+46701740604|1", KEY, AGAIN, "130|a CONNECT|10|c|4"), {}, id="came before midnight"
        ),
    ],
)  # fmt: skip
def test_one_caller_is_one_call_whatever_becomes_of_her(lines: tuple[str, ...], figures: dict[str, float]) -> None:
    found = day(*lines)
    none = {"calls": 0, "answered": 0, "abandoned": 0, "overflowed": 0, "refused": 0, "called_back": 0}
    wanted = {**none, "not_reached": 0, "mean_wait": None, **figures}
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.row("Q8")
def test_who_is_refused_or_not_reached_lowers_the_service_level() -> None:
    answered = ("100|x ENTERQUEUE||+46701740601|1", "105|x CONNECT|5|c|4")
    assert day(*answered)["service_level"] == 100.0
    assert day(*answered, "100|y REFUSED|FULL")["service_level"] == 50.0
    assert day(*answered, "100|y REFUSED|FULL", "101|z ENTERQUEUE||+46701740603|1")["service_level"] == 50.0, "z waits"
