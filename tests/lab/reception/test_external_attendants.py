"""External attendants as callers, the tenant's people and the attendants themselves meet them (row T2)."""

from __future__ import annotations

import asyncio
import base64
import json
import shlex
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.lab.catcher import caught
from provisioner.core.ports.sip import CallState, SipAgent, SipCall
from provisioner.core.probes import Dials, HangsUp, Network, Outside, Phone, Reaches, Step, TalkBothWays
from provisioner.features.external_attendants.asterisk import UNKNOWN, WHOM
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("T2")]

EAR, VOICE = NumpyEar(), NumpyVoice()
TENANT, MAIN, ORDERS, OFFICE, RECEPTION = "attended", "+46406280480", "+46406280481", "+46406280482", "+46406280483"
SVARAB, STANDIN = "+46980319292", "+46980319293"
TALK = 2.0


@pytest.fixture
def _as_found(reception: Reception) -> Iterator[None]:
    yield
    reception.pbx("activity", TENANT, "anna", "clear")
    reception.pbx("switch", TENANT, "office", "auto")


def answers(called: str, attendant: str, why: str) -> tuple[Step, ...]:
    caller, service = Outside(CALLER), Network()
    reached = Reaches(service, attendant, caller=CALLER, within=15, diverted=called, why=why)
    return Dials(caller, called), reached, TalkBothWays(caller, service), HangsUp(caller)


@pytest.mark.parametrize(
    ("called", "attendant", "why", "at"),
    [
        (MAIN, SVARAB, "unconditional", ""),
        (ORDERS, SVARAB, "no-answer", ""),
        (OFFICE, STANDIN, "time-of-day", "2027-03-01 20:00"),
    ],
    ids=["the only one", "overflow", "out of hours"],
)
def test_t2_the_attendant_is_reached_and_told_which_number_was_called(
    reception: Reception, called: str, attendant: str, why: str, at: str
) -> None:
    reception.perform(TENANT, *answers(called, attendant, why), at=at, may_ring=(Phone("anna"),))


@pytest.mark.usefixtures("_as_found")
def test_t2_she_stands_in_while_the_own_attendant_is_ill_or_by_a_switch(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, service = await stage.phone("anna"), await stage.network()
        caller = await stage.outside()

        async def reaches(agent: SipAgent, number: str) -> SipCall:
            call = await caller.call(number)
            there = await stage.pick_up(agent)
            assert await call.until(CallState.UP, timeout=5) is CallState.UP
            await call.hang_up()
            assert await there.until(timeout=5) is CallState.ENDED
            return there

        async def said(*words: str) -> None:
            await asyncio.to_thread(reception.pbx, *words)

        await stage.clock("2027-03-01 12:00")
        await reaches(anna, RECEPTION)
        await said("activity", TENANT, "anna", "set", "sick", "--note", "influenza")
        told = await (await reaches(service, RECEPTION)).identity()
        assert (told.dialled, told.diverted, told.asserted) == (STANDIN, RECEPTION, CALLER)
        await said("activity", TENANT, "anna", "clear")
        await reaches(anna, OFFICE)
        await said("switch", TENANT, "office", "closed")
        assert (await (await reaches(service, OFFICE)).identity()).dialled == STANDIN, "whether she is there or not"

    reception.on_stage(TENANT, play)


def test_t2_where_she_does_not_answer_the_call_goes_on(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        service = await stage.network()
        call = await (await stage.outside()).call(MAIN)
        there = await service.incoming(10)
        await stage.hears(call, stage.prompt("nobody"))
        assert await there.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)


async def talk(one: SipCall, other: SipCall) -> None:
    await one.play(VOICE.tone(800, TALK + 3))
    await other.play(VOICE.tone(1900, TALK + 3))
    await asyncio.sleep(TALK)
    for call, hertz in ((one, 1900), (other, 800)):
        recording = await call.heard()
        found = EAR.tone(recording, hertz, EAR.seconds(recording) - TALK / 2)
        assert found.heard, found


def test_t2_she_connects_a_caller_and_each_call_is_recorded_and_priced(reception: Reception) -> None:
    before = len(records(reception)["calls"])

    async def play(stage: Stage) -> None:
        anna, service = await stage.phone("anna"), await stage.network()
        call = await (await stage.outside()).call(MAIN)
        her = await stage.pick_up(service)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await her.press("*4")
        await stage.hears(her, WHOM["sv"])
        await her.press("99#")
        await stage.hears(her, UNKNOWN["sv"])
        await talk(call, her)  # nothing has become of it
        await her.press("*4")
        await asyncio.sleep(1.5)
        await her.press("21#")
        rung = await stage.pick_up(anna)
        assert rung.caller == CALLER
        assert await her.until(timeout=5) is CallState.ENDED
        await talk(call, rung)
        await call.hang_up()
        assert await rung.until(timeout=5) is CallState.ENDED
        message = await (await stage.outside()).call(ORDERS)
        taken = await stage.pick_up(service)
        await taken.hang_up()
        assert await message.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
    told = records(reception)
    connected, message = told["calls"][before:]
    assert (connected["number"], connected["connected"], connected["tariff"], connected["price"]) == (
        MAIN, "21", "connected", "18.50",
    )  # fmt: skip
    assert 5 <= connected["seconds"] <= 40
    assert (message["number"], message["caller"], message["tariff"], message["price"]) == (
        ORDERS, CALLER, "message", "14.50",
    )  # fmt: skip


def test_t2_she_speaks_to_the_colleague_first_and_connects_by_hanging_up(reception: Reception) -> None:
    before = len(records(reception)["calls"])

    async def play(stage: Stage) -> None:
        anna, service = await stage.phone("anna"), await stage.network()
        call = await (await stage.outside()).call(MAIN)
        her = await stage.pick_up(service)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        for ends in ("*0", ""):
            await her.press("*5")
            await stage.hears(her, WHOM["sv"])
            await her.press("21#")
            rung = await stage.pick_up(anna)
            assert rung.caller == SVARAB
            await talk(her, rung)
            if ends:
                await her.press(ends)
                assert await rung.until(timeout=5) is CallState.ENDED
                await talk(call, her)
        await her.hang_up()
        await asyncio.sleep(1)
        assert (call.state, rung.state) == (CallState.UP, CallState.UP)
        await talk(call, rung)
        await call.hang_up()
        assert await rung.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
    (announced,) = records(reception)["calls"][before:]
    assert (announced["number"], announced["connected"], announced["tariff"]) == (MAIN, "21", "connected")


def records(reception: Reception) -> dict[str, Any]:
    month = datetime.now(ZoneInfo("Europe/Stockholm"))
    return reception.document("attendant", "records", TENANT, "--month", f"{month:%Y-%m}")


@pytest.mark.usefixtures("_as_found")
def test_t2_her_sheet_tells_how_to_answer_and_what_people_are_doing(reception: Reception) -> None:
    reception.pbx("activity", TENANT, "anna", "set", "sick", "--note", "influenza")
    svarab, standin = reception.document("attendant", "sheet", TENANT)["sheets"]
    shown = {each["number"]: (each["answer"], each["modes"]) for each in svarab["called"]}
    assert shown[MAIN] == ("Attended, god dag.", ["only"])
    assert shown[ORDERS] == ("Attended, orderavdelningen.", ["overflow"])
    assert [each["modes"] for each in standin["called"]] == [["out_of_hours"], ["absence"]]
    anna, bo = svarab["colleagues"]
    assert (anna["name"], anna["extension"], anna["activity"], anna["note"]) == ("Anna Berg", "21", "Sjuk", "influenza")
    assert (anna["mail"], bo["activity"]) == ("anna@attended.example", "Tillgänglig")


def asked(reception: Reception, method: str, path: str = "", body: str = "", password: str = "") -> tuple[int, Any]:
    """What the attendants' company is answered over HTTPS at the edge."""
    told = reception.document("attendant", "login", TENANT, "svarab")
    code = base64.b64encode(f"{told['account']}:{password or told['password']}".encode()).decode()
    host, _, start = told["address"].removeprefix("https://").partition("/")
    # Python is on every machine; a password does not stand in the list of processes.
    program = (
        "import http.client, json, ssl, sys; method, host, path, body, head = json.load(sys.stdin);"
        "trusting = ssl.create_default_context(); trusting.check_hostname = False;"
        "trusting.verify_mode = ssl.CERT_NONE;"
        "link = http.client.HTTPSConnection(host, timeout=10, context=trusting);"
        "link.request(method, path, body, head); answer = link.getresponse();"
        "said = answer.read().decode(); html = 'html' in answer.getheader('Content-Type');"
        "print(json.dumps([answer.status, said if html else json.loads(said)]))"
    )
    wanted = json.dumps([method, host, f"/{start}{path}", body, {"Authorization": f"Basic {code}"}])
    shell = reception.verification().shell("phones")
    status, found = json.loads(asyncio.run(shell.run(f"python3 -c {shlex.quote(program)}", wanted.encode())))
    return status, found


@pytest.mark.usefixtures("_as_found")
def test_t2_she_reads_her_sheet_by_her_own_login_and_sends_messages(reception: Reception) -> None:
    reception.pbx("activity", TENANT, "anna", "set", "sick", "--note", "influenza")
    ends = time.monotonic() + 10
    while True:  # Asterisk writes its file within a second
        status, told = asked(reception, "GET")
        anna, bo = told["people"]
        if anna["activity"] == "sick":
            break
        assert time.monotonic() < ends, told
        time.sleep(0.3)
    assert (status, told["called"][ORDERS]["answer"]) == (200, "Attended, orderavdelningen.")
    assert (anna["titles"]["sv"], anna["note"], bo["activity"]) == ("Sjuk", "influenza", "available")
    status, page = asked(reception, "GET", f"/page?called={ORDERS}")
    assert (status, "Attended, orderavdelningen." in page, MAIN in page) == (200, True, False)
    assert "<td>Anna Berg</td><td>21</td><td>Sjuk</td><td></td><td>influenza</td>" in page
    assert asked(reception, "GET", password="wrong")[0] == 401
    text = f"Ring lagret {time.time_ns()}"
    body = json.dumps({"to": "anna", "by": "mail", "text": text, "caller": CALLER})
    assert asked(reception, "POST", "/messages", body) == (200, {"to": "anna", "by": "mail"})
    ends = time.monotonic() + 20
    while not (found := [each for each in caught(reception.lab.run) if text in each.text]):
        assert time.monotonic() < ends
        time.sleep(0.5)
    assert [(each.kind, each.to) for each in found] == [("mail", ("anna@attended.example",))]
    assert CALLER in found[0].text
