"""Shared and personal mailboxes: who is told of a message, what a mail carries, and one state on every telephone."""

from __future__ import annotations

import asyncio
import io
import json
import time
import wave
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from provisioner.adapters.lab import catcher
from provisioner.core import lights
from provisioner.core.artifacts import Speech
from provisioner.core.ports.sip import CallState
from provisioner.core.probes import Dials, HangsUp, Hears, IsAnswered, MessageLeft, Outside, Speaks, Waits
from provisioner.core.visits import BEEP
from provisioner.targets.asterisk import naming, owners
from provisioner.targets.asterisk.objects import Lamp
from tests.lab.reception import programs
from tests.lab.reception.keys import message_lamp
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "mailboxes"
BEGAN = time.time()  # a lab that stays up has caught those of earlier sessions
SECONDS = 20
"""Until a notice has come."""
WRITTEN = 90
"""Until one has come that waits for a message as text; the machine writes when nothing else is to be done."""
ENGLISH = Speech(
    "Good morning. I am calling about the apartment on Main Street. I would like to come and have a look at it.",
    "en-US",
)


def leave(reception: Reception, caller: Outside, number: str, box: str, *, keep: bool = False) -> None:
    """Leaves a message; unless it is to be kept, it is looked for and taken away."""
    greeting = reception.specification().scopes[TENANT].sounds["closed"]["sv"]
    reception.perform(
        TENANT,
        Dials(caller, number),
        Hears(caller, greeting),
        Waits(BEEP),
        Speaks(caller, 3),
        HangsUp(caller),
        *([] if keep else [MessageLeft(box, caller)]),
    )


def told(reception: Reception, caller: str, count: int, seconds: float = SECONDS) -> list[catcher.Caught]:
    """What arrived about calls of that caller, as soon as it is so much."""
    ends = time.monotonic() + seconds
    found: list[catcher.Caught] = []
    while len(found) < count and time.monotonic() < ends:
        time.sleep(0.3)
        caught = catcher.caught(reception.lab.run)
        found = [each for each in caught if caller in each.text and each.at > BEGAN]
    return found


@pytest.mark.row("R5")
def test_r5_a_message_in_a_shared_mailbox_is_told_to_all_who_are_named_with_number_date_and_time(
    reception: Reception,
) -> None:
    before = datetime.now(ZoneInfo("Europe/Stockholm"))
    leave(reception, Outside("+46701740652"), "+46980319200", "info")
    found = told(reception, "+46701740652", 5)
    assert sorted((each.kind, *each.to) for each in found) == [
        ("mail", "anna@mailboxes.example"),
        ("mail", "bo@mailboxes.example"),
        ("mail", "info@mailboxes.example"),
        ("sms", "+46701740650"),
        ("sms", "+46701740651"),
    ]
    mail = next(each for each in found if each.kind == "mail")
    assert mail.subject == "Nytt meddelande i Receptionen från +46701740652"
    when = datetime.strptime(mail.text.partition("Tid: ")[2][:16], "%Y-%m-%d %H:%M").replace(
        tzinfo=ZoneInfo("Europe/Stockholm")
    )
    assert -60 <= (when - before).total_seconds() <= 60
    assert not any(each.files for each in found), "a message may be about anybody's health: no mail carries it"
    sms = next(each for each in found if each.kind == "sms")
    assert sms.text == f"Nytt meddelande i Receptionen från +46701740652, {when:%Y-%m-%d %H:%M}."


@pytest.mark.row("R5")
def test_r5_a_mail_carries_the_message_where_the_tenant_says_so(reception: Reception) -> None:
    leave(reception, Outside("+46701740653"), "+46980319201", "sound")
    (mail,) = told(reception, "+46701740653", 1)
    ((name, content),) = mail.files
    assert name == "mailboxes.wav"
    with wave.open(io.BytesIO(content)) as sound:
        assert sound.getnframes() / sound.getframerate() > 2


@pytest.mark.row("R5")
def test_r5_who_hangs_up_before_the_tone_leaves_nothing_and_nobody_is_told(reception: Reception) -> None:
    greeting = reception.specification().scopes[TENANT].sounds["closed"]["sv"]
    hasty, mark = Outside("+46701740654"), Outside("+46701740655")
    reception.perform(TENANT, Dials(hasty, "+46980319201"), IsAnswered(hasty), HangsUp(hasty))
    reception.perform(TENANT, Dials(hasty, "+46980319201"), Hears(hasty, greeting), HangsUp(hasty))
    leave(reception, mark, "+46980319201", "sound")
    assert told(reception, "+46701740655", 1)
    assert not told(reception, "+46701740654", 0), "notices leave in the order of their calls"
    assert "0 active channels" in reception.asterisk("core show channels count")


@pytest.mark.row("R5")
def test_r5_a_waiting_message_is_one_state_for_all_members_and_their_lamps(reception: Reception) -> None:
    lamp = f"{naming.light(lights.of_mailbox(TENANT, 'info'))}'  State: '{Lamp.LIT.value}'"

    def becomes(*, lit: bool) -> bool:
        ends = time.monotonic() + SECONDS
        while (lamp in reception.asterisk("devstate list")) is not lit:
            if time.monotonic() > ends:
                return False
            time.sleep(0.3)
        return True

    assert becomes(lit=False)
    leave(reception, Outside("+46701740656"), "+46980319200", "info", keep=True)
    assert becomes(lit=True)
    reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert becomes(lit=True), "a restart forgets no waiting message"
    reception.on_stage(TENANT, lambda stage: delete_one(stage, "bo", "950"))
    assert becomes(lit=False)
    assert "msg" not in reception.run("core", f"ls /var/spool/asterisk/voicemail/{TENANT}/info/INBOX")


async def delete_one(stage: Stage, user: str, code: str) -> None:
    """Listens to the first new message by the code and deletes it."""
    call = await stage.dial(await stage.phone(user), code)
    await asyncio.sleep(3)  # “you have one new message”
    await call.press("1")
    await asyncio.sleep(3)
    await call.press("7")
    await asyncio.sleep(2)
    await call.hang_up()


@pytest.mark.row("R5", "U3")
def test_r5_the_mailbox_speaks_the_language_of_its_owner(reception: Reception) -> None:
    said = {each.alias: each.recipe for each in owners.sounds("sv")}
    # Not vm-messages: no ear for samples tells “meddelanden” from the “meddelande” before it.
    phrases = ("vm-youhave", "digits/ett", "vm-nytt", "vm-message", "vm-onefor", "vm-INBOX", "vm-opts")

    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.phone("bo"), "950")
        place = 0.0  # each behind the one before
        for phrase in phrases:
            place = await stage.hears(call, said[f"se/{phrase}"], begin=place)
        await call.press("1")
        for phrase in ("vm-first", "vm-meddelandet", "vm-received", "digits/at"):
            await stage.hears(call, said[f"se/{phrase}"])
        await call.press("7")
        await stage.hears(call, said["se/vm-deleted"])
        await call.press("#")
        await stage.hears(call, said["se/vm-goodbye"])

    leave(reception, Outside("+46701740664"), "+46980319200", "info", keep=True)
    before = int(reception.run("core", "stat -c %s /var/log/asterisk/messages.log"))
    reception.on_stage(TENANT, play)
    assert "msg" not in reception.run("core", f"ls /var/spool/asterisk/voicemail/{TENANT}/info/INBOX")
    log = reception.run("core", f"tail -c +{before + 1} /var/log/asterisk/messages.log")
    assert "Language 'se'" not in log
    assert "does not exist in any format" not in log


@pytest.mark.row("R5")
def test_r5_every_telephone_of_every_member_shows_a_message_that_waits_until_it_is_heard(reception: Reception) -> None:
    with (
        message_lamp(reception, TENANT, "anna", device="desk") as desk,
        message_lamp(reception, TENANT, "anna", device="app") as app,
        message_lamp(reception, TENANT, "bo") as bo,
        message_lamp(reception, TENANT, "bo", watched="*98950") as key,
        message_lamp(reception, TENANT, "bo", watched="*98951") as other,
    ):
        lamps = (desk, app, bo, key)
        assert [each.answer.status for each in (*lamps, other)] == [200] * 5
        assert all(each.shows(0) for each in (*lamps, other))
        leave(reception, Outside("+46701740662"), "+46980319200", "info", keep=True)
        assert all(each.shows(1) for each in lamps)
        assert desk.account == "sip:*98@mailboxes.example"
        assert key.account == "sip:*98950@mailboxes.example"

        reception.run("edge", "systemctl restart kamailio")
        reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
        assert all(each.shows(1, seconds=60) for each in lamps), "each watch is taken up again after a restart"
        with message_lamp(reception, TENANT, "bo") as fresh:
            assert fresh.shows(1), "a telephone that comes after a restart is told the truth"

        reception.on_stage(TENANT, lambda stage: delete_one(stage, "bo", "950"))
        assert all(each.shows(0) for each in lamps)
        assert "1/" not in (other.last or ""), "the other mailbox never had a message"


@pytest.mark.row("R5")
@pytest.mark.row("U3")
def test_r5_a_user_sees_her_own_mailbox_and_nobody_else_does(reception: Reception) -> None:
    caller = Outside("+46701740663")
    with message_lamp(reception, TENANT, "anna") as anna, message_lamp(reception, TENANT, "bo") as bo:
        assert anna.shows(0)
        assert bo.shows(0)
        reception.perform(
            TENANT, Dials(caller, "+46980319202"), IsAnswered(caller), Waits(8), Speaks(caller, 3), HangsUp(caller)
        )
        assert anna.shows(1)
        reception.on_stage(TENANT, lambda stage: delete_one(stage, "anna", "*98"))
        assert anna.shows(0)
        assert "1/" not in (bo.last or ""), "her colleague's lamp knows nothing of it"


@pytest.mark.row("R5")
@pytest.mark.parametrize(
    ("user", "watched"), [("bo", "anna"), ("bo", "anna-desk"), ("anna", "*98951"), ("anna", "*98999"), ("bo", "*98")]
)
def test_r5_a_mailbox_of_somebody_else_cannot_be_watched(reception: Reception, user: str, watched: str) -> None:
    with message_lamp(reception, TENANT, user, watched=watched) as lamp:
        assert lamp.answer.status == 404
        assert lamp.stays(1)


async def says(stage: Stage, caller: str, number: str) -> None:
    call = await stage.dial(await stage.outside(caller), number)
    await asyncio.sleep(8)
    sound = await stage.bench.sounds(ENGLISH)
    await call.play(sound)
    await asyncio.sleep(stage.bench.ear.seconds(sound) + 0.3)
    await call.hang_up()


@pytest.mark.row("U3")
def test_u3_a_user_is_told_of_her_own_messages_in_her_language_and_what_they_say(reception: Reception) -> None:
    reception.on_stage(TENANT, lambda stage: says(stage, "+46701740657", "+46980319202"))
    found = told(reception, "+46701740657", 2, WRITTEN)
    assert sorted((each.kind, *each.to) for each in found) == [
        ("mail", "anna@mailboxes.example"),
        ("sms", "+46701740650"),
    ]
    mail, sms = sorted(found, key=lambda each: each.kind)
    assert mail.subject == "New message in Anna Berg from +46701740657"
    status, body = programs.asked(reception, TENANT, "GET", "/mailboxes/anna/messages")
    (message,) = (each for each in json.loads(body)["messages"] if each["number"] == "+46701740657")
    assert status == 200
    assert {"calling", "about", "apartment"} <= set(message["text"].split()), "which the recogniser is known to hear"
    assert mail.text.strip().endswith(f"Written down by a machine, with mistakes:\n{message['text']}")
    assert "apartment" not in sms.text
    assert programs.asked(reception, TENANT, "DELETE", f"/mailboxes/anna/messages/{message['id']}")[0] == 200
    ends = time.monotonic() + 10
    while message["id"] in reception.run("core", f"ls /var/lib/pbx-transcripts/{TENANT}/anna"):
        assert time.monotonic() < ends, "its text goes with it"
        time.sleep(0.5)


@pytest.mark.row("U3")
@pytest.mark.parametrize(("number", "key"), [("+46980319202", "0"), ("+46980319201", "*")])
def test_u3_a_key_during_the_greeting_leads_on_and_any_other_does_not(
    reception: Reception, number: str, key: str
) -> None:
    async def play(stage: Stage) -> None:
        bo = await stage.phone("bo")
        call = await stage.dial(await stage.outside("+46701740653"), number)
        await asyncio.sleep(0.7)
        await call.press("5")
        await asyncio.sleep(0.5)
        await call.press(key)
        taken = await stage.pick_up(bo)
        await call.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
