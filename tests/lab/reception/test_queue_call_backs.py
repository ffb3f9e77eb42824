"""Callers who hang up and keep their place in the queue (row Q6)."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from provisioner.adapters.lab.catcher import caught
from provisioner.core.ports.sip import CallState
from provisioner.core.probes import (
    Answers,
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    Network,
    Presses,
    Reaches,
    Rings,
    TalkBothWays,
    Waits,
)
from provisioner.features.queues import call_back
from provisioner.targets.asterisk import asking
from tests.lab.reception.queue_scene import BO, CALLER, CECILIA, OTHER, TENANT, eventually, figures, light
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.usefixtures("reachable")]

PAUSE = 10
"""As the tenant's file says."""


@pytest.mark.row("Q6")
def test_q6_the_call_back_keeps_the_place(reception: Reception) -> None:
    # One member only: two who are free at once serve two callers at once, in no order.
    reception.pbx("agent", TENANT, "back", "bo", "out")
    reception.perform(
        TENANT,
        Dials(CECILIA, "102"),
        Rings(BO),
        Answers(BO),
        Dials(CALLER, "+46846500403"),
        Waits(2),
        Dials(OTHER, "+46846500403"),
        Waits(1),
        Presses(CALLER, "5"),
        Hears(CALLER, call_back.AT["sv"]),
        Hears(CALLER, call_back.RIGHT["sv"]),
        Presses(CALLER, "1"),
        Hears(CALLER, call_back.PROMISED["sv"]),
        IsEnded(CALLER),
        HangsUp(CECILIA),
        Rings(CECILIA, CALLER.number),
        Answers(CECILIA),
        Hears(CECILIA, call_back.CALLING["sv"]),
        Reaches(Network(), CALLER.number),
        TalkBothWays(CECILIA, Network()),
        HangsUp(CECILIA),
        Rings(CECILIA, OTHER.number),
        HangsUp(OTHER),
        seconds=150,
    )
    reception.pbx("agent", TENANT, "back", "bo", "in")
    assert "/call-back/" not in reception.asterisk(f"database show pbx/{TENANT}")


@pytest.mark.row("Q6")
@pytest.mark.parametrize("answers", [True, False], ids=["then answers", "never answers"])
def test_q6_who_does_not_answer_is_called_again_and_then_told_of(reception: Reception, answers: bool) -> None:
    number = "+46701740624" if answers else "+46701740625"
    before = figures(reception, "queues", "back")["today"]

    async def play(stage: Stage) -> None:
        network, cecilia = await stage.network(), await stage.phone("cecilia")
        david = await stage.phone("david")
        talk = await david.call("103")
        busy = await stage.pick_up(cecilia)
        call = await stage.dial(await stage.outside(number), "+46846500403")
        await stage.hears(call, stage.prompt("please-wait"))
        await call.press("5")
        await stage.hears(call, call_back.RIGHT["sv"], within=40)
        await call.press("1")
        await stage.hears(call, call_back.PROMISED["sv"])
        await talk.hang_up()
        assert await busy.until(timeout=5) is CallState.ENDED

        first = await stage.pick_up(cecilia)
        assert first.caller == number
        await stage.hears(first, call_back.CALLING["sv"])
        await (await network.incoming(10)).hang_up()
        await stage.hears(first, call_back.NO_ANSWER["sv"])
        assert await first.until(timeout=5) is CallState.ENDED
        ended = time.monotonic()
        assert number in reception.asterisk(f"database show pbx/{TENANT}/call-back"), "a restart would not lose it"

        second = await stage.pick_up(cecilia, within=30)
        assert time.monotonic() - ended >= PAUSE - 1
        rung = await network.incoming(15)
        if not answers:
            await second.hang_up()  # the member gives up first: that was an attempt too
            assert await rung.until(timeout=10) is CallState.ENDED
            return
        await rung.answer()
        assert await rung.until(CallState.UP, timeout=5) is CallState.UP
        await asyncio.sleep(2)
        assert second.state is CallState.UP
        await second.hang_up()
        assert await rung.until(timeout=5) is CallState.ENDED

    reception.pbx("agent", TENANT, "back", "bo", "out")
    reception.on_stage(TENANT, play)
    reception.pbx("agent", TENANT, "back", "bo", "in")
    eventually(lambda: "/call-back/" in reception.asterisk(f"database show pbx/{TENANT}"), False)
    eventually(lambda: told_of(reception, number), [] if answers else ["mail", "sms"], 40)
    after = figures(reception, "queues", "back")["today"]
    assert {key: after[key] - before[key] for key in ("calls", "called_back", "not_reached")} == {
        "calls": 1, "called_back": 1, "not_reached": 0 if answers else 1
    }  # fmt: skip


def told_of(reception: Reception, number: str) -> list[str]:
    return sorted(each.kind for each in caught(reception.lab.run) if number in each.text)


@pytest.mark.row("Q6")
def test_q6_a_number_abroad_is_refused_and_a_promise_outlives_a_crash(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(CECILIA, "102"),
        Rings(BO),
        Answers(BO),
        Dials(CALLER, "+46846500403"),
        Waits(2),
        Presses(CALLER, "5"),
        Hears(CALLER, call_back.AT["sv"]),
        Hears(CALLER, call_back.RIGHT["sv"]),
        Presses(CALLER, "2"),
        Hears(CALLER, call_back.KEY_IN["sv"]),
        Presses(CALLER, "004539123456#"),
        Hears(CALLER, asking.NOT_CALLABLE["sv"]),
        Hears(CALLER, call_back.KEY_IN["sv"]),
        Presses(CALLER, "0701740623#"),
        Hears(CALLER, call_back.RIGHT["sv"], within=30),
        Presses(CALLER, "1"),
        Hears(CALLER, call_back.PROMISED["sv"]),
        IsEnded(CALLER),
        may_ring=(BO, CECILIA),
        seconds=150,
    )
    assert "+46701740623" in reception.asterisk(f"database show pbx/{TENANT}/call-back")
    reception.pbx("agent", TENANT, "seats", "bo", "pause")
    committed(reception)
    reception.run("core", "systemctl kill --signal=KILL asterisk; sleep 1; systemctl start asterisk")
    reception.run(
        "core", "for i in $(seq 100); do asterisk -rx 'core waitfullybooted' && exit; sleep 0.2; done; exit 1"
    )
    eventually(lambda: "queue.back.back" in reception.asterisk("core show channels concise"), True)
    states = {each["name"]: each["state"] for each in figures(reception, "queues", "seats")["members"]}
    assert (states["bo"], states["cecilia"]) == ("paused", "out"), "a crash changes nobody's log-in"
    assert "State: 'RINGING'" in light(reception, "queue.seats.bo")
    lines = [
        line for line in reception.asterisk("devstate list").splitlines() if re.search(r"Custom:queues\.\w+'", line)
    ]
    assert not [line for line in lines if "'INUSE'" in line], "no line is busy when no call is up"
    reception.pbx("agent", TENANT, "seats", "bo", "resume")
    reception.asterisk(f"database deltree pbx/{TENANT}/call-back")
    reception.asterisk("channel request hangup all")
    eventually(lambda: reception.asterisk("core show channels count").split()[0], "0", 40)
    unreachable = "State: 'UNAVAILABLE'"
    assert unreachable not in reception.asterisk("devstate list"), (
        "who ends all calls makes nobody unreachable for good"
    )


@pytest.mark.row("Q6", "Q8")
def test_q6_who_waits_on_or_hangs_up_among_the_keys_is_one_call(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        cecilia, bo = await stage.phone("cecilia"), await stage.phone("bo")
        await cecilia.call("102")
        await stage.pick_up(bo)
        core = Whereabouts(reception)
        for number, key in (("+46701740626", "3"), ("+46701740627", "2")):
            call = await stage.dial(await stage.outside(number), "+46846500403")
            await core.at([number], "queues.queue.back,s,Queue")
            await call.press("5")
            channel = await core.at([number], "queues.callback,s,Read")
            await call.press(key)
            if key == "3":  # she would rather wait
                await core.at([number], "queues.queue.back,s,Queue")
            else:
                await call.press("0701")
            await call.hang_up()
            await core.gone(channel)

    before = figures(reception, "queues", "back")["today"]
    reception.on_stage(TENANT, play)
    after = figures(reception, "queues", "back")["today"]
    told = {key: after[key] - before[key] for key in ("calls", "abandoned", "answered", "called_back")}
    assert told == {"calls": 2, "abandoned": 2, "answered": 0, "called_back": 0}


@pytest.mark.row("Q6", "Q7")
def test_q6_whose_time_went_by_among_the_keys_overflows(reception: Reception) -> None:
    number = "+46701740628"

    async def play(stage: Stage) -> None:
        cecilia, bo = await stage.phone("cecilia"), await stage.phone("bo")
        await cecilia.call("102")
        await stage.pick_up(bo)
        core = Whereabouts(reception)
        call = await stage.dial(await stage.outside(number), "+46846500403")
        await core.at([number], "queues.queue.back,s,Queue")
        await call.press("5")
        channel = await core.at([number], "queues.callback,s,Read")
        # As if she had pressed the key, and changed her mind, for two minutes.
        reception.asterisk(f"dialplan set chanvar {channel.name} PBX_SINCE {int(time.time()) - 121}")
        await call.press("3")
        await stage.hears(call, stage.prompt("late"))
        assert await call.until(CallState.ENDED, timeout=10) is CallState.ENDED

    before = figures(reception, "queues", "back")["today"]
    reception.on_stage(TENANT, play)
    after = figures(reception, "queues", "back")["today"]
    told = {key: after[key] - before[key] for key in ("calls", "overflowed", "abandoned")}
    assert told == {"calls": 1, "overflowed": 1, "abandoned": 0}


def committed(reception: Reception) -> None:
    """Until what Asterisk keeps is on the disk, which takes it up to a second; looked at without a lock on it."""
    file, mark = "/var/lib/asterisk/astdb.sqlite3", f"mark-{time.time_ns()}"
    reception.asterisk(f"database put pbx/test mark {mark}")
    there = f"if grep -qa {mark} {file} && ! test -e {file}-journal; then echo kept; fi"
    eventually(lambda: reception.run("core", there).strip(), "kept")
