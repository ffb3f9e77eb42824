"""Schedules called at many times of their tenant's clock, and switched by hand: by phone, by key and by command."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.core.probes import Dials, HangsUp, Hears, Outside
from provisioner.features.schedules import switch
from provisioner.targets.asterisk.pins import PLEASE, WRONG
from tests.lab.reception.keys import BLINKS, DARK, LIT, Key, key
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("R4")]

TENANT, OFFICE, BAR, WORKS = "schedules", "+46313900600", "+46313900601", "+46313900602"
OPEN_HOUR = "2027-03-01 09:00"


@pytest.fixture(autouse=True)
def _nothing_switched(reception: Reception) -> Iterator[None]:
    yield
    for schedule in ("office", "bar"):
        reception.pbx("switch", TENANT, schedule, "auto")


@pytest.mark.parametrize(
    ("number", "at", "heard"),
    [
        (OFFICE, OPEN_HOUR, "open"),
        (OFFICE, "2027-03-01 11:58", "open"),
        (OFFICE, "2027-03-01 12:00:30", "closed"),
        (OFFICE, "2027-03-06 09:00", "closed"),  # a Saturday
        (OFFICE, "2040-12-28 09:00", "open"),  # early closing
        (OFFICE, "2040-12-28 10:00:30", "closed"),
        (OFFICE, "2035-12-24 09:00", "special"),  # an exception with a destination of its own
        (OFFICE, "2041-06-06 09:00", "closed"),  # the National Day, a Thursday, of a year to come
        (OFFICE, "2041-06-07 09:00", "open"),
        (OFFICE, "2042-01-06 09:00", "open"),  # Epiphany, which is worked on
        (OFFICE, "2042-03-03 09:00", "closed"),  # a day taken off
        (OFFICE, "2027-02-25 09:00", "closed"),  # the last Thursday of the month
        (OFFICE, "2027-02-18 09:00", "open"),
        (OFFICE, "2027-03-29 09:00", "closed"),  # Easter Monday, the day after the clocks went forward
        (OFFICE, "2027-03-30 08:00:30", "open"),
        (BAR, "2027-03-06 01:58", "open"),  # over midnight
        (BAR, "2027-03-06 02:00:30", "closed"),
        (BAR, "2027-03-08 01:58", "closed"),  # Sunday had not opened
    ],
)
def test_r4_the_clock_decides(reception: Reception, number: str, at: str, heard: str) -> None:
    caller, prompts = Outside(CALLER), reception.specification().scopes[TENANT].sounds
    reception.perform(TENANT, Dials(caller, number), Hears(caller, prompts[heard]["en"]), HangsUp(caller), at=at)


@pytest.mark.parametrize(
    ("at", "heard"),
    [
        ("2040-12-21 09:00", "open"),
        ("2040-12-22 09:00", "closed"),  # the calendar file, every year
        ("2041-12-23 09:00", "closed"),  # before the exception that recurs
        ("2030-01-12 20:30", "open"),  # 14:30 in New York, a Saturday
        ("2030-01-12 21:00:30", "closed"),
        ("2030-01-26 20:30", "closed"),  # twice only
    ],
)
def test_r4_a_calendar_file_decides(reception: Reception, at: str, heard: str) -> None:
    caller, prompts = Outside(CALLER), reception.specification().scopes[TENANT].sounds
    reception.perform(TENANT, Dials(caller, WORKS), Hears(caller, prompts[heard]["en"]), HangsUp(caller), at=at)


@pytest.mark.parametrize(
    ("at", "heard"),
    [
        ("2040-06-29 09:00", ["open"]),
        ("2040-07-02 00:00:30", ["summer", "special"]),
        ("2040-07-16 09:00", ["open"]),  # an exception within the vacation
        ("2040-07-31 23:58", ["summer", "special"]),
        ("2040-08-01 09:00", ["open"]),
        ("2040-10-31 09:00", ["summer", "closed"]),
    ],
)
def test_r4_a_vacation_says_so_and_leads_on(reception: Reception, at: str, heard: list[str]) -> None:
    caller, prompts = Outside(CALLER), reception.specification().scopes[TENANT].sounds
    said = [Hears(caller, prompts[each]["en"]) for each in heard]
    reception.perform(TENANT, Dials(caller, WORKS), *said, HangsUp(caller), at=at)


async def shown(lamp: Key, seconds: float = 10) -> str:
    return await asyncio.to_thread(lamp.shows, seconds)


async def dialled(stage: Stage, user: str, code: str, *said: str, pins: Sequence[str] = ()) -> None:
    """A user dials a code, types PINs as they are asked for, and hears what comes of it."""
    call = await stage.dial(await stage.phone(user), code)
    for number, pin in enumerate(pins):
        if number == 0:
            await stage.hears(call, PLEASE["en"])
        else:
            await stage.hears(call, WRONG["en"])
        await call.press(f"{pin}#")
    for state in said:
        await stage.hears(call, ({**switch.SAID, "not yours": switch.NOT_YOURS})[state]["en"])
    await call.until(timeout=10)


async def outside_hears(stage: Stage, prompt: str, number: str = OFFICE) -> None:
    call = await stage.dial(await stage.outside(), number)
    await stage.hears(call, stage.prompt(prompt))
    await call.hang_up()


def test_r4_switched_by_phone_with_the_light_of_a_key(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await stage.clock(OPEN_HOUR)
        with key(reception, TENANT, "bo", "*28") as lamp, key(reception, TENANT, "bo", "*282") as closed:
            assert (await shown(lamp), await shown(closed)) == (DARK, DARK)
            await dialled(stage, "ada", "*282", "closed")
            assert (await shown(lamp), await shown(closed)) == (LIT, LIT)
            await outside_hears(stage, "closed")
            await dialled(stage, "ada", "*28", "auto")
            assert (await shown(lamp), await shown(closed)) == (DARK, DARK)
            await outside_hears(stage, "open")
            await dialled(stage, "ada", "*28", "closed")
            assert await shown(lamp) == LIT
            await dialled(stage, "ada", "*281", "open")
            assert await shown(lamp) == BLINKS
            await stage.clock("2027-03-06 09:00")
            await outside_hears(stage, "open")
            await dialled(stage, "ada", "*280", "auto")
            assert await shown(lamp) == DARK
            await outside_hears(stage, "closed")

    reception.on_stage(TENANT, play)


def test_r4_only_named_users_with_the_pin(reception: Reception) -> None:
    pin = reception.pbx("switch", TENANT, "bar", "--pin").strip()
    assert pin.isdigit()
    wrong = f"{(int(pin) + 1) % 10 ** len(pin):0{len(pin)}}"

    async def play(stage: Stage) -> None:
        await stage.clock(OPEN_HOUR)
        await dialled(stage, "bo", "*291", "not yours")
        await outside_hears(stage, "closed", BAR)
        await dialled(stage, "ada", "*291", "open", pins=[wrong, pin])
        await outside_hears(stage, "open", BAR)

    reception.on_stage(TENANT, play)


def test_r4_switched_by_command_until_a_time(reception: Reception) -> None:
    def command(*words: str) -> str:
        return reception.pbx("switch", TENANT, "office", *words).strip()

    async def play(stage: Stage) -> None:
        await stage.clock(OPEN_HOUR)
        with key(reception, TENANT, "bo", "*28") as lamp:
            assert await shown(lamp) == DARK
            assert await asyncio.to_thread(command, "closed") == "schedules office: closed by hand"
            told = (await asyncio.to_thread(reception.pbx, "switch", TENANT)).splitlines()
            assert "schedules office: closed by hand" in told
            assert "schedules bar: the schedule decides" in told
            assert await shown(lamp) == LIT
            await outside_hears(stage, "closed")
            await asyncio.to_thread(command, "auto")
            assert await shown(lamp) == DARK

    reception.on_stage(TENANT, play)
    assert command() == "schedules office: the schedule decides"
    with key(reception, TENANT, "bo", "*28") as lamp:
        assert lamp.shows() == DARK
        ends = datetime.now(UTC) + timedelta(seconds=15)
        told = reception.document("switch", TENANT, "office", "open", "--until", ends.isoformat(timespec="seconds"))
        assert told["state"] == "open"
        assert datetime.fromisoformat(told["until"]) == ends.replace(microsecond=0)
        assert lamp.shows() == BLINKS
        assert lamp.shows(60) == DARK, "the light goes out by itself"
    assert command() == "schedules office: the schedule decides"


def test_r4_what_is_switched_outlives_an_apply_and_a_restart(reception: Reception) -> None:
    reception.pbx("switch", TENANT, "office", "open")
    with reception.changed(TENANT, {"Merry Christmas to everybody": "A merry Christmas to everybody"}):
        reception.pbx("apply", "--yes")
        assert "open by hand" in reception.pbx("switch", TENANT, "office")
    reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert "open by hand" in reception.pbx("switch", TENANT, "office")
    with key(reception, TENANT, "bo", "*28") as lamp:
        assert lamp.shows() == BLINKS


def test_r4_tenants_never_see_each_others_lights(reception: Reception) -> None:
    with key(reception, "schedules-b", "ada", "*28") as theirs, key(reception, TENANT, "ada", "*28") as ours:
        assert (theirs.shows(), ours.shows()) == (DARK, DARK)
        reception.pbx("switch", TENANT, "office", "closed")
        assert ours.shows() == LIT
        assert theirs.stays()
    for watched, domain, status in (
        ("schedules.*28", "", 404),
        ("*28", "schedules.example", 403),
        ("*27", "", 404),
    ):
        with key(reception, "schedules-b", "ada", watched, domain=domain) as stranger:
            assert stranger.answer.status == status
