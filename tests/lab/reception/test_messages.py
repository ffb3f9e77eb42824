"""Users' messages over HTTP are one with what telephones know of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from provisioner.core.artifacts import Speech
from provisioner.core.ports.sip import CallState
from provisioner.core.visits import BEEP
from provisioner.features.users import off
from provisioner.targets.asterisk import owners
from tests.lab.reception import programs
from tests.lab.reception.call_log_scene import ANNA, INFO, TENANT, asked, calls, facts, soon
from tests.lab.reception.keys import DARK, LIT, key, message_lamp
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

PROOF = Speech("Hej Anna, det här är ett prov på ett meddelande, ring mig i morgon.", "sv")


@pytest.fixture
def _no_message_stays(reception: Reception) -> Iterator[None]:
    """Also where a test fails before it deletes what was left."""
    yield
    for box in ("anna", "info"):
        for each in asked(reception, "GET", f"/mailboxes/{box}/messages")["messages"]:
            asked(reception, "DELETE", f"/mailboxes/{box}/messages/{each['id']}")


async def leaves(stage: Stage, caller: str, number: str, greeting: str) -> None:
    """Hears the greeting to its end and says something that can be found again."""
    call = await stage.dial(await stage.outside(caller), number)
    await stage.hears(call, stage.prompt(greeting))
    await asyncio.sleep(BEEP)
    await call.play(await stage.bench.sounds(PROOF))
    await asyncio.sleep(stage.bench.ear.seconds(await stage.bench.sounds(PROOF)) + 0.3)
    await call.hang_up()


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "U13")
def test_u3_a_message_is_listed_fetched_heard_and_deleted_as_the_telephone_knows_it(reception: Reception) -> None:
    caller, said = "+46701740673", {each.alias: each.recipe for each in owners.sounds("sv")}
    with message_lamp(reception, TENANT, "anna", device="desk") as lamp:
        assert lamp.shows(0)
        reception.on_stage(TENANT, lambda stage: leaves(stage, caller, ANNA, "leave"))
        assert lamp.shows(1)
        call = soon(lambda: calls(reception, "anna-desk", caller, "voicemail"))
        (message,) = asked(reception, "GET", "/mailboxes/anna/messages")["messages"]
        assert facts(message, "id", "number", "heard") == (call["message"], caller, False)
        assert (call["result"], abs(_at(message) - _at(call)) < 60) == ("missed", True)
        assert 2 <= message["seconds"] <= 12

        path = f"/mailboxes/anna/messages/{message['id']}"
        status, sound = programs.asked(reception, TENANT, "GET", f"{path}/audio")

        async def is_what_was_said(stage: Stage) -> None:
            assert status == 200
            match = stage.bench.ear.match(sound, await stage.bench.sounds(PROOF))
            assert match.heard, match

        reception.on_stage(TENANT, is_what_was_said)
        assert programs.asked(reception, TENANT, "GET", f"{path}/audio", login="bo-desk")[0] == 404

        assert asked(reception, "PUT", path, {"heard": True})["heard"] is True
        assert lamp.shows(0, 1), "marked as heard puts the lamp out"
        assert asked(reception, "PUT", path, {"heard": False})["heard"] is False
        assert lamp.shows(1)

        async def listens(stage: Stage) -> None:
            call = await stage.dial(await stage.phone("anna"), "*98")
            await stage.hears(call, said["se/vm-youhave"])
            await call.press("1")
            await stage.hears(call, said["se/vm-received"])
            await stage.hears(call, PROOF)
            await call.hang_up()

        reception.on_stage(TENANT, listens)
        assert lamp.shows(0, 1), "what she hears by telephone is heard"
        assert asked(reception, "GET", path)["heard"] is True
        assert asked(reception, "DELETE", path) == {}
        assert lamp.shows(0, 0)

        async def hears_of_none(stage: Stage) -> None:
            call = await stage.dial(await stage.phone("anna"), "*98")
            await stage.hears(call, said["se/vm-no"])
            await call.hang_up()

        reception.on_stage(TENANT, hears_of_none)
    assert asked(reception, "GET", "/mailboxes/anna/messages")["messages"] == []


def _at(each: dict[str, Any]) -> float:
    return datetime.fromisoformat(each["at"]).timestamp()


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "R5")
def test_u3_a_shared_mailbox_is_the_members_and_its_lamp_follows(reception: Reception) -> None:
    with key(reception, TENANT, "bo", "*98950") as lamp:
        assert lamp.shows() == DARK
        reception.on_stage(TENANT, lambda stage: leaves(stage, "anonymous", INFO, "closed"))
        assert lamp.shows() == LIT
        (message,) = asked(reception, "GET", "/mailboxes/info/messages", login="bo-desk")["messages"]
        assert facts(message, "number", "name") == ("", ""), "a number that is withheld is nobody's to read"
        path = f"/mailboxes/info/messages/{message['id']}"
        assert programs.asked(reception, TENANT, "DELETE", path, login="cecilia-desk")[0] == 404
        assert asked(reception, "PUT", path, {"heard": True}, "anna-app")["heard"] is True
        assert lamp.shows() == DARK
        assert asked(reception, "DELETE", path, login="bo-desk") == {}
    assert asked(reception, "GET", "/mailboxes/info")["heard"] == 0


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "R5")
def test_u3_a_message_is_deleted_after_the_days_that_its_mailbox_keeps_it(reception: Reception) -> None:
    with key(reception, TENANT, "bo", "*98950") as lamp:
        assert lamp.shows() == DARK
        for caller in ("+46701740682", "+46701740683"):
            reception.on_stage(TENANT, lambda stage, caller=caller: leaves(stage, caller, INFO, "closed"))
        assert lamp.shows() == LIT
        older = f"grep -l 46701740682 /var/spool/asterisk/voicemail/{TENANT}/info/INBOX/msg*.txt"
        month = "s/^origtime=.*/origtime='$(($(date +%s) - 31 * 86400))'/"
        reception.run("core", f"sed -i '{month}' $({older}) && systemctl restart pbx-people")

        def left() -> list[str]:
            status, found = programs.asked(reception, TENANT, "GET", "/mailboxes/info/messages", login="anna-desk")
            return (
                [each["number"] for each in json.loads(found)["messages"]] if status == 200 else [f"it says {status}"]
            )

        ends = time.monotonic() + 15
        while left() != ["+46701740683"]:
            assert time.monotonic() < ends, left()
            time.sleep(0.5)
        assert lamp.stays(1), "one is new yet"


@pytest.mark.row("U3")
def test_u3_she_turns_her_mailbox_off_by_program_and_on_by_telephone(reception: Reception) -> None:
    assert asked(reception, "PUT", "/mailboxes/anna", {"on": False})["on"] is False

    async def play(stage: Stage) -> None:
        call = await (await stage.outside("+46701740674")).call(ANNA)
        assert await call.until(CallState.UP, timeout=15) is CallState.ENDED, "no greeting, no message"
        call = await stage.dial(await stage.phone("anna"), "*96")
        await stage.hears(call, off.CHOICES["on"]["sv"])
        await call.until(CallState.ENDED, timeout=5)
        call = await stage.dial(await stage.outside("+46701740675"), ANNA)
        await stage.hears(call, stage.prompt("leave"))
        await call.hang_up()

    reception.on_stage(TENANT, play)
    assert asked(reception, "GET", "/mailboxes/anna") | {"new": 0, "heard": 0} == {
        **{"mailbox": "anna", "title": "Anna Berg", "own": True, "new": 0, "heard": 0, "on": True}
    }
