"""Telephone conferences: who hears whom, who comes in by which PIN, and what leaders may do (row C11)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.core.ports.sip import CallState, SipCall
from provisioner.features.conferences import said
from provisioner.targets.asterisk import naming, pins
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.recordings import heard_in, prompts, recordings

pytestmark = [pytest.mark.lab, pytest.mark.engine]

EAR, VOICE = NumpyEar(), NumpyVoice()
TENANT, OTHER = "conferences", "conferences-b"
WEEKLY, BOARD = "+46846500460", "+46846500461"
OUTSIDE, ELSEWHERE = "+46701740670", "+46701740671"
HERTZ = 1100.0
SAYS = 2.0


async def tells(speaker: SipCall, hear: Sequence[SipCall], hear_not: Sequence[SipCall] = ()) -> None:
    """The speaker's tone comes to these for a second, and meanwhile to none of those."""
    begins = {call.id: EAR.seconds(await call.heard()) for call in (*hear, *hear_not)}

    async def heard(call: SipCall) -> float:
        tone = EAR.tone(await call.heard(), HERTZ, begins[call.id])
        return tone.share * tone.seconds

    await speaker.play(VOICE.tone(int(HERTZ), SAYS))
    for call in hear:
        async with asyncio.timeout(10):
            while await heard(call) < 1.0:
                await asyncio.sleep(0.2)
    if not hear:
        await asyncio.sleep(SAYS + 1)
    for call in hear_not:
        assert await heard(call) < 0.1


async def joins(stage: Stage, number: str, *pin: str, user: str = "", outside: str = OUTSIDE) -> SipCall:
    """Somebody calls a conference and types PINs, each once it is asked for."""
    call = await stage.dial(await stage.phone(user) if user else await stage.outside(outside), number)
    for each in pin:
        await asyncio.sleep(0.8)
        await call.press(f"{each}#")
    return call


async def ended(call: SipCall) -> None:
    assert await call.until(timeout=8) is CallState.ENDED


def pin_of(reception: Reception, name: str, *leaders: str) -> str:
    return reception.pbx("pin", TENANT, f"conference:{name}", *leaders).strip()


def wrong(*right: str) -> str:
    return next(each for each in ("000000", "111111", "222222") if each not in right)


@pytest.mark.row("C11")
def test_c11_three_telephones_hear_each_other_and_no_fourth_comes_in(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        other = await stage.dial(await stage.phone("anna", tenant=OTHER), "52")
        bo, cecilia, david = [await joins(stage, "52", user=each) for each in ("bo", "cecilia", "david")]
        await tells(bo, [cecilia, david], [other])
        await tells(cecilia, [bo, david], [other])
        await tells(david, [bo, cecilia], [other])
        await tells(other, [], [bo, cecilia, david])
        late = await joins(stage, "52", user="emil")
        await stage.hears(late, said.FULL["en"])
        await ended(late)
        anna = await joins(stage, "52", user="anna")  # she leads, and comes in even so
        await tells(anna, [bo, cecilia, david], [other])
        await anna.hang_up()  # and it is over for all
        await stage.hears(bo, said.LEADER_LEFT["en"])
        for each in (bo, cecilia, david):
            await ended(each)

    reception.on_stage(TENANT, play)


@pytest.mark.row("C11", "C7")
def test_c11_by_the_right_pin_a_member_waits_until_the_leader_comes(reception: Reception) -> None:
    members = pin_of(reception, "weekly")

    async def play(stage: Stage) -> None:
        caller = await joins(stage, WEEKLY)
        await stage.hears(caller, pins.PLEASE["en"])
        await caller.press(f"{wrong(members, pin_of(reception, 'weekly', '--leaders'))}#")
        await stage.hears(caller, pins.WRONG["en"])
        await caller.press(f"{members}#")
        await stage.hears(caller, said.WAITS["en"])
        await stage.hears(caller, stage.prompt("song"))
        bo = await joins(stage, "50", user="bo")  # as a colleague, without a PIN
        await stage.hears(bo, said.WAITS["en"])
        anna = await joins(stage, "50", user="anna")
        await stage.hears(caller, said.BEGINS["en"])
        await asyncio.sleep(3)  # what the room still says
        await tells(caller, [anna, bo])
        await tells(anna, [caller, bo])
        await bo.hang_up()
        await stage.hears(anna, said.LEFT["en"])
        before = EAR.seconds(await caller.heard())
        await anna.hang_up()
        await stage.hears(caller, stage.prompt("song"), begin=before)  # she waits again
        assert caller.state is CallState.UP

    reception.on_stage(TENANT, play)


@pytest.mark.row("C11")
def test_c11_wrong_pins_end_the_call_and_many_bar_the_conference(reception: Reception) -> None:
    leaders = pin_of(reception, "board", "--leaders")
    members = pin_of(reception, "board")
    assert leaders != members

    async def play(stage: Stage) -> None:
        bad = wrong(leaders, members)
        thrice = await joins(stage, BOARD)
        for _ in range(3):
            await stage.hears(thrice, pins.PLEASE["sv"], begin=EAR.seconds(await thrice.heard()))
            await thrice.press(f"{bad}#")
        await ended(thrice)
        # Nine in a row over calls: the tenth bars it for the right PIN too, until somebody unlocks it.
        family, _, key = naming.conference_wrong(TENANT, "board").rpartition("/")
        assert ": 3:" in await asyncio.to_thread(reception.asterisk, f"database show {family}/{key}")
        now = await asyncio.to_thread(reception.run, "core", "date +%s")
        await asyncio.to_thread(reception.asterisk, f"database put {family} {key} 9:{now.strip()}")
        tenth = await joins(stage, BOARD, bad)
        await stage.hears(tenth, said.PIN_LOCKED["sv"])
        await ended(tenth)
        right = await joins(stage, BOARD)
        await stage.hears(right, said.PIN_LOCKED["sv"])
        await ended(right)
        await asyncio.to_thread(reception.pbx, "conference", "unlock", TENANT, "board")
        right = await joins(stage, BOARD, members)
        await stage.hears(right, said.RECORDED["sv"])

    with recordings(reception, TENANT):
        reception.on_stage(TENANT, play)


@pytest.mark.row("C11")
def test_c11_leaders_mute_lock_and_remove_by_keys(reception: Reception) -> None:
    leaders = pin_of(reception, "weekly", "--leaders")

    async def play(stage: Stage) -> None:
        leader = await joins(stage, WEEKLY, leaders)  # from outside, by the leaders' PIN
        bo, cecilia = await joins(stage, "50", user="bo"), await joins(stage, "50", user="cecilia")
        await asyncio.sleep(3)
        await leader.press("*")
        await stage.hears(leader, said.LEADERS_KEYS["en"])
        await leader.press("4")
        await stage.hears(bo, said.ALL_MUTED["en"])
        await tells(bo, [], [leader, cecilia])
        await tells(leader, [bo, cecilia])
        await leader.press("4")
        await stage.hears(bo, said.ALL_UNMUTED["en"])
        await tells(bo, [leader, cecilia])
        await bo.press("1")
        await stage.hears(bo, said.MUTED["en"])
        await tells(bo, [], [leader, cecilia])
        await leader.press("2")
        await stage.hears(leader, said.NOW_CLOSED["en"])
        late = await joins(stage, "50", user="david")
        await stage.hears(late, said.CLOSED["en"])
        await ended(late)
        await leader.press("3")
        await stage.hears(cecilia, said.REMOVED["en"])
        await ended(cecilia)
        await leader.press("2")
        await stage.hears(leader, said.NOW_OPEN["en"])
        again = await joins(stage, "50", user="cecilia")
        await asyncio.sleep(3)
        await tells(leader, [again, bo])

    reception.on_stage(TENANT, play)


@pytest.mark.row("C11")
def test_c11_engineers_see_who_is_in_and_lead_by_command(reception: Reception) -> None:
    def told(name: str = "trio") -> dict[str, object]:
        found = reception.document("conferences", TENANT)["conferences"]
        return next(each for each in found if each["name"] == name)

    def conference(*words: str, code: int = 0) -> None:
        verb, *rest = words
        reception.pbx("conference", verb, TENANT, "trio", *rest, code=code)

    async def play(stage: Stage) -> None:
        anna, bo = await joins(stage, "52", user="anna"), await joins(stage, "52", user="bo")
        found = await asyncio.to_thread(told)
        assert found == {
            "name": "trio", "title": "trio", "most": 3, "locked": False,
            "participants": [
                {"who": "anna", "number": "10", "leads": True, "muted": False, "waits": False},
                {"who": "bo", "number": "11", "leads": False, "muted": False, "waits": False},
            ],
        }  # fmt: skip
        waiting = await joins(stage, "50", user="cecilia")
        (one,) = (await asyncio.to_thread(told, "weekly"))["participants"]  # type: ignore[misc, attr-defined]
        assert (one["who"], one["waits"]) == ("cecilia", True)
        await waiting.hang_up()
        await asyncio.to_thread(conference, "mute", "bo")
        await tells(bo, [], [anna])
        await asyncio.to_thread(conference, "unmute", "members")
        await tells(bo, [anna])
        await asyncio.to_thread(conference, "lock")
        assert (await asyncio.to_thread(told))["locked"] is True
        late = await joins(stage, "52", user="david")
        await stage.hears(late, said.CLOSED["en"])
        await asyncio.to_thread(conference, "unlock")
        await asyncio.to_thread(conference, "remove", "david", code=64)
        await asyncio.to_thread(conference, "remove", "11")
        await stage.hears(bo, said.REMOVED["en"])
        await ended(bo)
        await anna.hang_up()

    reception.on_stage(TENANT, play)
    assert "nobody is in the conference" in reception.try_pbx("conference", "mute", TENANT, "trio", "bo").stderr


@pytest.mark.row("C11", "U8")
def test_c11_a_recorded_conference_is_told_sealed_and_heard_again(reception: Reception) -> None:
    members = pin_of(reception, "board")

    async def play(stage: Stage) -> None:
        caller = await joins(stage, BOARD, members)
        await stage.hears(caller, stage.prompt("hello", "sv"))
        await stage.hears(caller, said.RECORDED["sv"])
        bo = await joins(stage, "51", members, user="bo")
        await stage.hears(bo, said.RECORDED["en"])
        await stage.hears(caller, said.JOINED["en"])  # said to all, in the tenant's language
        await asyncio.sleep(1)
        await bo.play(await stage.bench.sounds(stage.prompt("apple")))
        await stage.hears(caller, stage.prompt("apple"))
        await caller.play(await stage.bench.sounds(stage.prompt("river")))
        await stage.hears(bo, stage.prompt("river"))
        await bo.hang_up()
        await caller.hang_up()

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert (found.reason, found.name, found.number) == ("conference", "board", "")
        spoken = prompts(reception, TENANT, ("apple", "river"))
        assert heard_in(reception, TENANT, made.sound(found), spoken) == {"apple", "river"}
