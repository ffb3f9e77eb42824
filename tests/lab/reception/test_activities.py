"""Activities: set by phone and by command, heard by callers, kept over applies and restarts, over at their end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.core.artifacts import Recipe, Speech
from provisioner.core.ports.sip import CallState, SipCall
from provisioner.core.site import Role
from provisioner.features.activities import setting
from provisioner.features.activities.usual import USUAL
from provisioner.features.users.reached import REFUSED
from provisioner.targets.asterisk import clock
from tests.lab.reception import programs
from tests.lab.reception.keys import PIDF, watched
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, ANNA, ANNA_ENGLISH = "activities", "+46406280490", "+46406280491"
BO, CECILIA = "+46406280492", "+46406280493"
VIP, BLOCKED, MOBILE = "+46701740661", "+46701740669", "+46701740668"
NOON = "2027-03-01 12:00"
FIKA = {"sv": "Den du söker dricker kaffe med bulle.", "en": "The person you are calling is having coffee and a bun."}


@pytest.fixture(autouse=True)
def _available(reception: Reception) -> Iterator[None]:
    yield
    for user in ("anna", "bo", "cecilia"):
        reception.pbx("activity", TENANT, user, "clear")


def title(name: str, language: str = "sv") -> Speech:
    return Speech(USUAL[name].sv if language == "sv" else USUAL[name].en, language)


def said(name: str, language: str = "sv") -> Speech:
    return Speech(USUAL[name].said_sv if language == "sv" else USUAL[name].said_en, language)


def piece(name: str, language: str = "sv") -> Speech:
    return clock.words(language)[name]


def shown(reception: Reception, user: str = "anna") -> dict[str, Any]:
    return reception.document("activity", TENANT, user)


async def dials(stage: Stage, user: str, code: str, *heard: Recipe) -> None:
    """A user dials a code and hears what comes of it."""
    call = await stage.dial(await stage.phone(user), code)
    for each in heard:
        await stage.hears(call, each)
    await call.until(CallState.ENDED, timeout=10)


async def calls(stage: Stage, number: str, *heard: Recipe, caller: str = CALLER) -> None:
    """A caller hears these, in order, and nobody's telephone takes the call."""
    call = await stage.dial(await stage.outside(caller), number)
    place = 0.0  # each behind the one before
    for each in heard:
        place = await stage.hears(call, each, begin=place)
    await call.hang_up()


async def rings(stage: Stage, user: str, number: str, caller: str = CALLER, *, line: str = "") -> None:
    """A call rings at a user's telephone; `line` is a colleague who calls instead of somebody outside."""
    telephone = await stage.phone(user)
    agent = await stage.phone(line) if line else await stage.outside(caller)
    call = await agent.call(number)
    taken = await stage.pick_up(telephone)
    await call.until(CallState.UP, timeout=5)
    await taken.hang_up()
    await call.until(CallState.ENDED, timeout=5)


@pytest.mark.row("A2")
@pytest.mark.row("A3")
def test_a2_set_by_phone_until_a_time_and_over_by_itself(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await stage.clock(NOON)
        back = [piece("back"), piece("at"), piece("hour-14"), piece("minute-20")]
        await dials(stage, "anna", "*24*3*1420", title("lunch"), *back)
        # Lunch leads to Bo, who does not answer.
        await calls(stage, ANNA, said("lunch"), *back, stage.prompt("later"))
        await stage.clock("2027-03-01 14:19:50")
        await calls(stage, ANNA, said("lunch"))
        await stage.clock("2027-03-01 14:20:01")
        await rings(stage, "anna", ANNA)

    reception.on_stage(TENANT, play)


@pytest.mark.row("A3")
def test_a3_in_the_language_of_the_call_with_the_day(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await stage.clock(NOON)
        await dials(stage, "anna", "*24*5*0800", title("gone"), piece("back"), piece("weekday-2"))
        call = await stage.dial(await stage.outside(), ANNA_ENGLISH)
        await stage.hears(call, said("gone", "en"))
        await stage.hears(call, stage.prompt("later", "en"))
        words = {name: piece(name, "en") for name in ("back", "weekday-2", "weekday-3", "hour-08", "am", "pm")}
        sounds: dict[str, Recipe] = {**words, "Swedish": piece("back"), "later": stage.prompt("later", "en")}
        heard = await stage.recognise(call, sounds)
        assert [each.words for each in heard] == ["back", "weekday-2", "hour-08", "am", "later"]
        await dials(stage, "anna", "*24*7*08150800", title("vacation"), piece("day-15"), piece("month-08"))
        await calls(stage, ANNA_ENGLISH, stage.prompt("hammock", "en"), piece("day-15", "en"), piece("month-08", "en"))
        # A colleague hears it as callers do, in the language that she has chosen.
        colleague = await stage.dial(await stage.phone("cecilia"), "10")
        await stage.hears(colleague, stage.prompt("hammock", "en"))
        await stage.hears(colleague, piece("month-08", "en"))
        await colleague.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("A2")
def test_a2_what_cannot_be_meant_changes_nothing(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await dials(stage, "anna", "*24*8", setting.NO_SUCH["sv"])  # turned off in the file
        await dials(stage, "anna", "*24*3*2575", setting.NO_TIME["sv"])
        await dials(stage, "anna", "*24*3*13", setting.NO_TIME["sv"])
        await rings(stage, "anna", ANNA)
        await dials(stage, "anna", "*24*2", title("meeting"))
        await rings(stage, "anna", ANNA)  # her own rule: meetings ring
        await dials(stage, "anna", "*24", title("available"))

    reception.on_stage(TENANT, play)
    assert shown(reception)["activity"] == "available"


@pytest.mark.row("A1")
def test_a1_an_activity_of_the_tenants_own_and_a_changed_one(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await dials(stage, "anna", "*24*20*2359", Speech("Fika", "sv"), piece("back"))
        call = await stage.dial(await stage.outside(), ANNA)
        await stage.hears(call, Speech(FIKA["sv"], "sv"))
        await stage.hears(call, stage.prompt("later"))
        heard = await stage.recognise(call, {"back": piece("back"), "later": stage.prompt("later")})
        assert [each.words for each in heard] == ["later"], "this activity does not tell its end"
        await dials(stage, "anna", "*24*10", title("elsewhere"))
        await calls(stage, ANNA, said("elsewhere"), stage.prompt("later"))

    reception.on_stage(TENANT, play)


@pytest.mark.row("U5")
def test_u5_each_activity_has_a_destination(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await dials(stage, "anna", "*24*3", title("lunch"))
        await rings(stage, "bo", ANNA)
        await dials(stage, "anna", "*24*6", title("travelling"))
        network = await stage.network()
        call = await stage.dial(await stage.outside(), ANNA)
        reached = await stage.pick_up(network)
        assert (await reached.identity()).dialled == MOBILE
        await stage.hears(call, said("travelling"))
        await call.hang_up()
        await reached.until(CallState.ENDED, timeout=5)
        await dials(stage, "anna", "*24*1", title("busy"))
        await calls(stage, ANNA, said("busy"), stage.prompt("later"))

    reception.on_stage(TENANT, play)


@pytest.mark.row("U5")
def test_u5_two_who_send_their_callers_to_each_other_are_cut_short(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await dials(stage, "anna", "*24*3", title("lunch"))
        await dials(stage, "bo", "*24*11", title("out-of-office"))  # leads to Bo himself
        call: SipCall = await stage.dial(await stage.outside(), ANNA)
        await stage.hears(call, said("lunch"))
        await stage.hears(call, said("out-of-office"))
        assert await call.until(CallState.ENDED, timeout=10) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("U5")
def test_u5_an_activity_goes_before_always(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await calls(stage, CECILIA, stage.prompt("always"))
        await dials(stage, "cecilia", "*24*4", title("break", "en"))
        await calls(stage, CECILIA, said("break"), stage.prompt("later"))

    reception.on_stage(TENANT, play)


@pytest.mark.row("U12")
def test_u12_vips_ring_through_and_blocked_callers_never_do(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        await dials(stage, "anna", "*24*1", title("busy"))
        await rings(stage, "anna", ANNA, VIP)
        await rings(stage, "anna", ANNA, "+46701740659")
        await rings(stage, "anna", "10", line="bo")
        await calls(stage, ANNA, said("busy"))
        await dials(stage, "anna", "*24", title("available"))
        for blocked in (BLOCKED, "+46701740657"):
            call = await (await stage.outside(blocked)).call(ANNA)
            await stage.hears(call, REFUSED["sv"])
            assert await call.until(CallState.ENDED, timeout=10) is CallState.ENDED
            assert call.reason.startswith("403"), call.reason
        await rings(stage, "bo", BO, BLOCKED)

    reception.on_stage(TENANT, play)


@pytest.mark.row("A6")
def test_a6_a_message_recorded_by_phone_is_heard_until_it_is_erased(reception: Reception) -> None:
    own = Speech("Hej det är Anna och jag sitter på tåget till Kiruna i dag och i morgon.", "sv")

    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.phone("anna"), "*25*1")
        asked = await stage.hears(call, setting.SPEAK["sv"])
        assert asked > 0
        await asyncio.sleep(1.5)  # the tone
        wav = await stage.bench.sounds(own)
        await call.play(wav)
        await asyncio.sleep(stage.bench.ear.seconds(wav))
        await call.press("#")
        await stage.hears(call, setting.KEPT["sv"])
        await call.until(CallState.ENDED, timeout=10)
        await dials(stage, "anna", "*24*1", title("busy"))
        await calls(stage, ANNA, own, stage.prompt("later"))
        await dials(stage, "anna", "*25*1*0", title("busy"), setting.ERASED["sv"])
        await calls(stage, ANNA, said("busy"))

    reception.on_stage(TENANT, play)


@pytest.mark.row("A2")
def test_a2_by_command_with_a_note_until_a_time(reception: Reception) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=20)
    until = ends.isoformat(timespec="seconds")
    told = reception.document(
        "activity", TENANT, "anna", "set", "lunch", "--until", until, "--note", "Åter; ring Bo: 11"
    )
    assert (told["activity"], told["title"], told["note"], told["by"]) == (
        "lunch",
        "Lunch",
        "Åter; ring Bo: 11",
        "hand",
    )
    assert datetime.fromisoformat(told["until"]) == ends.replace(microsecond=0)
    entry = "database get pbx/activities activity-anna"
    assert "Value: lunch:" in reception.asterisk(entry)

    async def play(stage: Stage) -> None:
        await calls(stage, ANNA, said("lunch"), piece("back"))
        await asyncio.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        await rings(stage, "anna", ANNA)

    reception.on_stage(TENANT, play)
    assert shown(reception)["activity"] == "available"
    waits = time.monotonic() + 60
    while "Value:" in (found := reception.asterisk(entry)):
        assert time.monotonic() < waits, f"the node did not forget it: {found}"
        time.sleep(1)


@pytest.mark.row("A2")
def test_a2_what_is_set_outlives_an_apply_and_a_restart(reception: Reception) -> None:
    reception.pbx("activity", TENANT, "anna", "set", "travelling", "--note", "Malmö")
    before = shown(reception)
    with reception.changed(TENANT, {"Ring igen senare": "Ring en annan gång"}):
        reception.pbx("apply", "--yes")
        assert shown(reception) == before
    reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert shown(reception) == before


def asked(
    reception: Reception, method: str, path: str, body: str = "", *, login: str = "anna-desk", password: str = ""
) -> tuple[int, dict[str, Any]]:
    """What a user's program is answered that asks the edge over HTTPS, which passes it on to the core's service."""
    status, found = programs.asked(reception, TENANT, method, path, body, login=login, password=password)
    return status, json.loads(found)


@pytest.mark.row("A4")
def test_a4_colleagues_see_it_over_http_and_nobody_else_does(reception: Reception) -> None:
    body = json.dumps({"activity": "travelling", "until": "2040-01-01T08:00", "note": "Malmö, ring mobilen"})
    status, told = asked(reception, "PUT", "/users/anna/activity", body)
    assert (status, told["activity"], told["titles"]["sv"]) == (200, "travelling", "På resa")
    status, seen = asked(reception, "GET", "/users/anna/activity", login="bo-desk")
    assert (status, seen) == (200, told)
    assert (seen["until"], seen["note"]) == ("2040-01-01T08:00:00+01:00", "Malmö, ring mobilen")
    ends = time.monotonic() + 10
    while True:  # Asterisk writes its file within a second
        everybody = {each["user"]: each["activity"] for each in asked(reception, "GET", "/users")[1]["users"]}
        if everybody == {"anna": "travelling", "bo": "available", "cecilia": "available"}:
            break
        assert time.monotonic() < ends, everybody
        time.sleep(0.2)

    async def play(stage: Stage) -> None:
        network = await stage.network()
        call = await stage.dial(await stage.outside(), ANNA)
        reached = await stage.pick_up(network)
        assert (await reached.identity()).dialled == MOBILE
        await stage.hears(call, said("travelling"))
        await call.hang_up()

    reception.on_stage(TENANT, play)
    assert asked(reception, "PUT", "/users/bo/activity", body)[0] == 403
    assert asked(reception, "GET", "/users", password="wrong")[0] == 401
    assert asked(reception, "DELETE", "/users/anna/activity")[1]["activity"] == "available"
    listening = reception.run("core", "ss -Hltn 'sport = :8470'")
    core = reception.verification().deployment.site.of(Role.CORE)[0].private_address
    assert [line.split()[3] for line in listening.splitlines()] == [f"{core}:8470"]


@pytest.mark.row("A4")
def test_a4_a_telephone_watches_a_colleague_and_no_stranger(reception: Reception) -> None:
    with watched(reception, TENANT, "bo", "anna") as colleague, watched(reception, TENANT, "bo", "10") as by_number:
        assert "Tillgänglig" in colleague.note()
        assert "Tillgänglig" in by_number.note()
        reception.pbx("activity", TENANT, "anna", "set", "travelling", "--until", "2040-01-01T08:00", "--note", "Malmö")
        told = colleague.document()
        assert told.get("entity") == "sip:anna@activities.example"
        assert told.findtext("p:tuple/p:note", "", PIDF) == "På resa, 2040-01-01 08:00: Malmö"
        assert told.findtext("p:tuple/p:status/p:basic", "", PIDF) == "closed"
        doing = told.find("dm:person/rpid:activities", PIDF)
        assert doing is not None
        assert (doing[0].tag, doing.get("until")) == (f"{{{PIDF['rpid']}}}travel", "2040-01-01T08:00:00+01:00")
        assert told.findtext("dm:person/dm:note", "", PIDF) == "Malmö"
        assert "På resa" in by_number.note()
        began = time.monotonic()
        assert asked(reception, "DELETE", "/users/anna/activity")[0] == 200
        assert "Tillgänglig" in colleague.note()
        assert time.monotonic() - began < 5
        assert by_number.answer.status == 200
    for name, domain, status in (("anna", "schedules.example", 403), ("nobody", "", 404), ("activities.anna", "", 404)):
        with watched(reception, TENANT, "bo", name, domain=domain) as stranger:
            assert stranger.answer.status == status
    with watched(reception, "schedules", "ada", "anna") as stranger:
        assert stranger.answer.status == 404, "the other tenant has no Anna, and ours is not told of"
