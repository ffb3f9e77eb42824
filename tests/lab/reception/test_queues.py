"""Queues and ring groups as their callers meet them (rows Q1, Q2, Q4, Q7)."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.artifacts import Recipe
from provisioner.core.ports.sip import CallState
from provisioner.core.probes import (
    Answers,
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    MessageLeft,
    Network,
    Passes,
    Reaches,
    Registers,
    Rings,
    Speaks,
    StaysQuiet,
    TalkBothWays,
    Waits,
    example_caller,
)
from provisioner.core.visits import BEEP
from provisioner.features.queues.asterisk import RECORDED
from provisioner.targets.asterisk import naming
from tests.lab.reception.queue_scene import ANNA, BO, CALLER, CECILIA, OTHER, TENANT, eventually, figures, light, places
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.recordings import heard_in, prompts, recordings

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.usefixtures("reachable")]


@pytest.mark.row("Q1")
@pytest.mark.row("N1")
def test_q1_a_group_rings_all_at_once(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(CALLER, "+46846500407"),
        Rings(ANNA),
        Rings(BO),
        Answers(BO),
        TalkBothWays(CALLER, BO),
        HangsUp(CALLER),
        Passes(CALLER, ("number:+46846500407", "ring_group:office")),
    )


@pytest.mark.row("Q1")
def test_q1_a_group_rings_in_order_of_priority_and_then_goes_on(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Registers(BO),
        Dials(CALLER, "+46846500410"),
        Rings(ANNA, CALLER.number),
        StaysQuiet(BO, during=2),
        Rings(BO, CALLER.number),
        IsEnded(ANNA),
        Hears(CALLER, reception.specification().scopes[TENANT].sounds["late"]["sv"]),
        IsEnded(CALLER),
    )


@pytest.mark.row("Q1")
@pytest.mark.row("Q2")
def test_q2_a_linear_queue_rings_by_its_list_while_the_caller_hears_its_music(reception: Reception) -> None:
    """Each caller begins at the top of the list: a queue that rings in turn would begin with Bo the second time."""
    for caller in (CALLER, OTHER):
        reception.perform(
            TENANT,
            Registers(BO),
            Dials(caller, "+46846500402"),
            Rings(ANNA, caller.number),
            StaysQuiet(BO, during=2),
            Rings(BO, caller.number),
            IsEnded(ANNA),
            Answers(BO),
            Hears(caller, reception.specification().scopes[TENANT].sounds["tune"]["sv"]),
            TalkBothWays(caller, BO),
            HangsUp(caller),
        )


@pytest.mark.row("Q2")
@pytest.mark.row("Q4")
def test_q4_messages_place_and_whisper_while_the_member_talks(reception: Reception) -> None:
    sounds = reception.specification().scopes[TENANT].sounds
    with recordings(reception, TENANT) as made:
        reception.perform(
            TENANT,
            Dials(ANNA, "102"),
            Rings(BO),
            Answers(BO),
            Dials(CALLER, "+46846500400"),
            Hears(CALLER, RECORDED["sv"]),
            Hears(CALLER, places("sv")["Du är först i kön."]),
            Dials(OTHER, "+46846500400"),
            Hears(CALLER, sounds["please-wait"]["sv"]),
            Hears(OTHER, places("sv")["Du har plats nummer"]),
            Hears(OTHER, places("sv")["två"]),
            Hears(OTHER, places("sv")["i kön."]),
            Hears(CALLER, sounds["page"]["sv"]),
            HangsUp(OTHER),
            HangsUp(ANNA),
            Rings(ANNA, CALLER.number),
            Answers(ANNA),
            Hears(ANNA, sounds["support"]["sv"]),
            TalkBothWays(CALLER, ANNA),
            HangsUp(CALLER),
            seconds=120,
        )
        (found,) = made.new(1)
        assert (found.reason, found.name, found.number) == ("queue", "support", CALLER.number)
        assert found.seconds > 1


@pytest.mark.row("Q4")
def test_q4_the_expected_wait_is_said_in_the_callers_language(reception: Reception) -> None:
    """Four callers wait a minute each; who calls then hears that it takes about so long."""

    async def play(stage: Stage) -> None:
        bo, david = await stage.phone("bo"), await stage.phone("david")
        talk = await david.call("102")
        await stage.pick_up(bo)
        lines = [await stage.outside(example_caller(80 + index).number) for index in range(4)]
        waiting = [await stage.dial(line, "+46846500408") for line in lines]
        await asyncio.sleep(62)
        for each in waiting:
            assert not await stage.recognise(each, {"wait": places("sv")["Väntetiden är ungefär"]}), "nobody knows yet"
        await talk.hang_up()
        for _ in waiting:
            rung = await stage.pick_up(bo)
            await asyncio.sleep(1)
            await rung.hang_up()
        for each in waiting:  # they came in one second, so any of them may have been the first
            assert await each.until(timeout=10) is CallState.ENDED
        talk = await david.call("102")
        await stage.pick_up(bo)
        calls = {
            language: await stage.dial(await stage.outside(example_caller(84 + index).number), number)
            for index, (language, number) in enumerate((("sv", "+46846500408"), ("en", "+46846500409")))
        }
        for language, phrases in (
            ("sv", ["Väntetiden är ungefär", "en", "minut.", "please-wait"]),
            ("en", ["The wait is about", "one", "minute.", "please-wait"]),
        ):
            place = 0.0  # each behind the one before: all of it is said again and again
            for phrase in phrases:
                place = await stage.hears(calls[language], sound(stage, language, phrase), begin=place)
        other = {phrase: sound(stage, "sv", phrase) for phrase in ("Väntetiden är ungefär", "please-wait")}
        assert not await stage.recognise(calls["en"], other), "one language for each caller"

    def sound(stage: Stage, language: str, words: str) -> Recipe:
        said = places(language)
        return said[words] if words in said else stage.prompt(words, language)

    reception.asterisk(f"queue reset stats {naming.queue(TENANT, 'long')}")
    reception.on_stage(TENANT, play)


@pytest.mark.row("Q2")
@pytest.mark.row("Q7", "Q8")
def test_q7_each_way_out_has_its_own_destination(reception: Reception) -> None:
    sounds, before = reception.specification().scopes[TENANT].sounds, figures(reception, "queues", "ways")["today"]
    reception.perform(
        TENANT,
        Registers(BO),
        Dials(CALLER, "+46846500401"),
        Rings(BO),
        Dials(OTHER, "+46846500401"),
        Hears(OTHER, sounds["full"]["sv"]),
        IsEnded(OTHER),
        Hears(CALLER, sounds["late"]["sv"], within=30),
        IsEnded(CALLER),
    )
    for verb, said in (("pause", "away"), ("out", "empty")):
        reception.pbx("agent", TENANT, "ways", "bo", verb)
        reception.perform(TENANT, Dials(CALLER, "+46846500401"), Hears(CALLER, sounds[said]["sv"]), IsEnded(CALLER))
    reception.pbx("agent", TENANT, "ways", "bo", "in")
    after = figures(reception, "queues", "ways")["today"]
    assert {key: after[key] - before[key] for key in ("calls", "overflowed", "refused")} == {
        "calls": 4, "overflowed": 1, "refused": 3
    }  # fmt: skip


@pytest.mark.row("Q7")
def test_q7_callers_whom_nobody_serves_go_to_a_number_or_into_a_shared_mailbox(reception: Reception) -> None:
    number, network = "+46846500411", Network()
    reception.perform(
        TENANT,
        Dials(CALLER, number),
        Rings(CECILIA, CALLER.number),
        Reaches(network, "+46701740692", diverted=number, why="no-answer", within=30),
        TalkBothWays(CALLER, network),
        HangsUp(CALLER),
    )
    reception.pbx("agent", TENANT, "kept", "cecilia", "out")
    try:
        reception.perform(
            TENANT,
            Dials(OTHER, number),
            Hears(OTHER, reception.specification().scopes[TENANT].sounds["empty"]["sv"]),
            Waits(BEEP),
            Speaks(OTHER, 3),
            HangsUp(OTHER),
            MessageLeft("info", OTHER),
        )
    finally:
        reception.pbx("agent", TENANT, "kept", "cecilia", "in")


@pytest.mark.row("Q2")
def test_q2_a_recorded_queue_says_so_in_its_own_words_and_keeps_both_sides(reception: Reception) -> None:
    sides = {"caller": "please-wait", "member": "page", "before": "kept"}

    async def play(stage: Stage) -> None:
        cecilia = await stage.phone("cecilia")
        call = await stage.dial(await stage.outside(CALLER.number), "+46846500411")
        await stage.hears(call, stage.prompt("kept"))
        rung = await stage.pick_up(cecilia)
        for speaker, listener, prompt in ((call, rung, sides["caller"]), (rung, call, sides["member"])):
            await speaker.play(await stage.bench.sounds(stage.prompt(prompt)))
            await stage.hears(listener, stage.prompt(prompt))
        assert not await stage.recognise(call, {"usual": RECORDED["sv"]}), "its own words stand in place of the usual"
        await call.hang_up()
        await rung.until(CallState.ENDED, timeout=5)

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert (found.reason, found.name, found.number) == ("queue", "kept", CALLER.number)
        sounds = prompts(reception, TENANT, sides.values())
        assert heard_in(reception, TENANT, made.sound(found), sounds) == {sides["caller"], sides["member"]}


@pytest.mark.row("Q2")
def test_q2_a_member_without_a_registered_telephone_is_not_waited_for(reception: Reception) -> None:
    sounds = reception.specification().scopes[TENANT].sounds
    reception.perform(
        TENANT, Dials(CALLER, "+46846500401"), Hears(CALLER, sounds["away"]["sv"], within=12), IsEnded(CALLER)
    )
    assert "UNAVAILABLE" in light(reception, "bo")
    eventually(lambda: "NOT_INUSE" in light(reception, "bo"), True, 20)
