"""Callers who behave as nobody should, all at once, at every place where a caller can be."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from provisioner.core.ports.sip import AgentError, CallState, SipAgent, SipCall
from tests.lab.reception.keypad import Keypad
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts

KEYS = "7395*0#1" * 30
"""More than any place takes. Asterisk spins for each key that came too fast: ten times as many would hold up the labs
of other tests; what two thousand do to a menu is tried in test_menus.py."""
LINES, FLOODS = 10, 1
"""Callers from outside at once, and how many of all flood at once: a machine that is too small loses their keys."""
MANNERS = ("says nothing", "hangs up", "floods")


@dataclass(frozen=True)
class Place:
    """How a caller comes to a place, and how the platform ends the call of one who is silent there."""

    name: str
    row: str
    tenant: str
    dials: str
    here: str
    """Where the core sees her: how `context,extension,application(…` begins, a regular expression."""
    steps: tuple[tuple[str, str], ...] = ()
    """Where she presses what on her way."""
    users: tuple[str, ...] = ()
    """Whose telephones call; nobody's is a line from outside."""
    caller: str = ""
    onward: str = ""
    """Where a silent caller is led instead of being hung up on."""
    within: float = 90


WAITS, KEY_IN, PRESSES = (
    "queues.queue.back,s,Queue",
    r"queues.callback,s,Read\(PBX_KEYED",
    r"queues.callback,s,Read\(PBX_PRESSED",
)
MENU, BELOW = "menus.ivr.main,s,(BackGround|WaitExten)", "menus.ivr.below,s,(BackGround|WaitExten)"
R7 = "menus.call_back.support"
OFFERED, KEYS_IN, CONFIRMS = f"{R7},offer,Read", f"{R7},s,Read", f"{R7},confirm,Read"
STANDS = "queues.queue.back.back"
BOOTH, PIN = "recorders.prompts", "<pin>#"
NUMBER = "0701740655#"

PLACES = (
    Place("menu", "R2", "menus", "+46313900660", MENU),
    Place("half an extension", "R2", "menus", "+46313900660", MENU, ((MENU, "02"),)),
    Place("submenu", "R2", "menus", "+46313900660", BELOW, ((MENU, "1"),)),
    Place("call-back offered", "R7", "menus", "+46313900661", OFFERED),
    Place("call-back number", "R7", "menus", "+46313900661", KEYS_IN, ((OFFERED, "2"),)),
    Place("call-back confirmed", "R7", "menus", "+46313900661", CONFIRMS, ((OFFERED, "2"), (KEYS_IN, NUMBER))),
    Place("call-back stored", "R7", "menus", "+46313900661", f"{R7},store,Playback", ((OFFERED, "1"),)),
    Place("directory", "R2", "menus", "+46313900665", "menus.directory.staff,s,Read"),
    Place(
        "directory's names", "R2", "menus", "+46313900665", "menus.directory.staff,c265,Read",
        (("menus.directory.staff,s,Read", "265"),),
    ),
    Place(
        "ring group", "Q1", "menus", "+46313900664", "menus.ring_group.kept,s,Dial",
        onward="menus.voicemail.office,s,",
    ),
    Place("voice attendant", "R9", "speaking", "+46313900650", "speaking.voice_attendant.front,s,SpeechBackground"),
    Place("announcement", "N1", "numbers", "+46406280400", "numbers.announcement.front,s,Playback"),
    Place(
        "press five", "N1", "numbers", "+46406280405", r"numbers.numbers,\+46406280405,Read", caller="anonymous"
    ),
    Place("queue", "Q2", "queues", "+46846500400", "queues.queue.support,s,Queue"),
    Place("queue's call-back asked", "Q6", "queues", "+46846500403", PRESSES, ((WAITS, "5"),), onward=WAITS),
    Place(
        "queue's call-back number", "Q6", "queues", "+46846500403", KEY_IN, ((WAITS, "5"), (PRESSES, "2")),
        onward=WAITS,
    ),
    Place(
        "queue's call-back confirmed", "Q6", "queues", "+46846500403", PRESSES,
        ((WAITS, "5"), (PRESSES, "2"), (KEY_IN, NUMBER)), onward=WAITS,
    ),
    Place("greeting", "R5", "mailboxes", "+46980319200", "mailboxes.voicemail.info,s,Playback"),
    Place("message", "R5", "mailboxes", "+46980319200", "mailboxes.voicemail.info,s,VoiceMail"),
    Place("listening", "R5", "mailboxes", "950", "mailboxes.listen.info,s,VoiceMailMain", users=("anna", "bo")),
    Place("fax", "R8", "mailboxes", "+46980319210", "mailboxes.fax.office,s,ReceiveFAX", within=120),
    Place("PIN of recording", "R3", "recorders", "*771", f"{BOOTH},s,Read", users=("ada", "bo")),
    Place(
        "menu of recording", "R3", "recorders", "*771", f"{BOOTH},menu,Read", ((f"{BOOTH},s,Read", PIN),),
        ("ada", "bo"),
    ),
    Place(
        "recording", "R3", "recorders", "*771", f"{BOOTH},record,Record",
        ((f"{BOOTH},s,Read", PIN), (f"{BOOTH},menu,Read", "2")), ("ada", "bo"),
    ),
    Place(
        "PIN of a barred call", "N8", "limits", "*33+469001234567", "limits.outgoing,[^,]*,Read", users=("carl",)
    ),
    Place("PIN of a switch", "R4", "schedules", "*29", "schedules.switch.bar,guard,Read", users=("ada",)),
    Place("agent's code", "Q3", "queues", "*22912", "queues.agents,queue.said,Playback", users=("david",)),
    Place("activity", "A2", "activities", "*24*8", "activities.activity.set,which,Playback", users=("anna", "bo")),
    Place(
        "activity's message", "A6", "activities", "*25*3", "activities.activity.set,record,Record",
        users=("anna", "bo"),
    ),
)  # fmt: skip

Case = tuple[Place, str]
"""A place, and how its caller behaves."""


@dataclass
class Crowd:
    """Everybody who calls at once."""

    reception: Reception
    stage: Stage
    core: Whereabouts
    pin: str
    floods: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FLOODS))
    lines: asyncio.Queue[tuple[SipAgent, set[str]]] = field(default_factory=asyncio.Queue)
    own: dict[tuple[str, ...], asyncio.Queue[tuple[SipAgent, set[str]]]] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def agent(self, place: Place) -> AsyncIterator[tuple[SipAgent, set[str]]]:
        """Who calls there next, with what the core may call her."""
        free = self.own[place.tenant, place.caller, *place.users] if place.users or place.caller else self.lines
        found = await free.get()
        try:
            yield found
        finally:
            free.put_nowait(found)

    async def come(self, places: list[Place]) -> None:
        for index in range(LINES):
            number = f"+467017406{10 + index}"
            self.lines.put_nowait((await self.stage.outside(number), {number}))
        for place in places:
            key = (place.tenant, place.caller, *place.users)
            if key in self.own or not (place.users or place.caller):
                continue
            self.own[key] = asyncio.Queue()
            if place.caller:
                self.own[key].put_nowait((await self.stage.outside(place.caller), {place.caller, ""}))
            for user in place.users:
                extensions = self.stage.specification.scopes[place.tenant].extensions
                names = {user, *(each for each, ref in extensions.items() if ref.name == user)}
                self.own[key].put_nowait((await self.stage.phone(user, tenant=place.tenant), names))

    async def behave(self, place: Place, manner: str) -> None:
        async with contextlib.AsyncExitStack() as after:
            if manner == "floods":
                await after.enter_async_context(self.floods)
            agent, names = await after.enter_async_context(self.agent(place))
            call = await agent.call(place.dials)
            after.push_async_callback(over, call)
            if place.name != "ring group":  # there nothing is heard of any key before somebody answers
                assert await call.until(CallState.UP, timeout=15) is CallState.UP, call.reason
            for where, keys in place.steps:
                await self.core.at(names, where)
                await call.press(keys.replace("<pin>", self.pin))
            channel = await self.core.at(names, place.here)
            if manner == "says nothing" and place.onward:
                await self.core.at(names, place.onward, place.within)
            elif manner == "says nothing":
                assert await call.until(timeout=place.within) is CallState.ENDED
            if manner == "floods" and place.name != "ring group":
                await flood(self.reception, agent, call)
            await over(call)
            await self.core.gone(channel)


async def flood(reception: Reception, agent: SipAgent, call: SipCall, keys: str = KEYS) -> None:
    """Until all are pressed, or the platform has had enough."""
    keypad = await Keypad.of(reception, agent, call)
    for first in range(0, len(keys), 100):
        if call.state is not CallState.ENDED:
            await keypad.press(keys[first : first + 100])
    keypad.close()


async def over(call: SipCall) -> None:
    if call.state is not CallState.ENDED:
        # It may end by itself in this moment.
        with contextlib.suppress(AgentError):
            await call.hang_up()
    assert await call.until(timeout=10) is CallState.ENDED


async def everybody(reception: Reception, stage: Stage, wanted: list[Case]) -> list[Exception | None]:
    """What went wrong with each, and in the end whether anything is left."""
    crowd = Crowd(reception, stage, Whereabouts(reception), reception.pbx("prompt", "pin", "recorders").strip())
    await crowd.come([place for place, _ in wanted])
    async with held(stage):
        found = await asyncio.gather(*(crowd.behave(*case) for case in wanted), return_exceptions=True)
    # Whoever was promised a call waits for it by a channel of her own, which is no leftover.
    promised = re.findall(
        r"call-back/([0-9.]+) ", await asyncio.to_thread(reception.asterisk, "database show pbx/queues")
    )
    standing = [each.name for each in await crowd.core.channels() if f"@{STANDS}" in each.name]
    for name in standing:
        await asyncio.to_thread(reception.asterisk, f"channel request hangup {name}")
    await asyncio.to_thread(reception.asterisk, "database deltree pbx/queues/call-back")
    unkept = set(promised) ^ {name.removeprefix("Local/").partition("@")[0] for name in standing}
    found.append(AssertionError(f"promises without a channel, or the other way round: {unkept}") if unkept else None)
    (left,) = await asyncio.gather(crowd.core.nobody(), return_exceptions=True)
    return [each if isinstance(each, Exception) else None for each in (*found, left)]


@contextlib.asynccontextmanager
async def held(stage: Stage) -> AsyncIterator[None]:
    """Members of queues are on calls of their own meanwhile, so that callers wait; a member of a group rings."""
    await stage.phone("nils", tenant="menus")
    anna, bo, cecilia = [await stage.phone(user, tenant="queues") for user in ("anna", "bo", "cecilia")]
    network = await stage.network()
    calls = [await anna.call("102"), await cecilia.call("+46701740699")]
    taken = [await stage.pick_up(bo), await stage.pick_up(network)]
    yield
    for one, other in zip(calls, taken, strict=True):
        await one.hang_up()
        assert await other.until(timeout=10) is CallState.ENDED
