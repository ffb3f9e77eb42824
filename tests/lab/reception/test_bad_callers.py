"""Callers who say nothing, hang up, or press hundreds of keys in a moment, at every place where a caller can be.

All of them call at once, as many as there are lines and telephones for, and each test tells of one. After them no
channel is left, no line is busy, nothing half done lies about, and the daemon that took the calls is the one that runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest

from provisioner.core import lights
from provisioner.core.ports.sip import AgentError, CallState, SipAgent, SipCall
from provisioner.features.queues.members import TAKE
from provisioner.targets.asterisk import naming
from tests.lab.reception.call_events import size, told
from tests.lab.reception.keypad import Keypad
from tests.lab.reception.queue_scene import figures
from tests.lab.reception.reception import CALLER, Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts, busy_lines, process

pytestmark = [pytest.mark.lab, pytest.mark.engine]

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
CASES = [
    pytest.param((place, manner), marks=pytest.mark.row(place.row), id=f"{place.name}: {manner}")
    for place in PLACES
    for manner in MANNERS
    if (place.name, manner) != ("ring group", "floods")  # before an answer nothing is heard of any key
]
Case = tuple[Place, str]


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


@dataclass
class Ends:
    """What became of each caller, and what the core kept of them."""

    callers: dict[Case, BaseException | None]
    processes: tuple[str, str]
    """Before and after."""
    left: list[Exception | None]
    busy: list[str]
    remembered: list[str]
    files: list[str]


@pytest.fixture(scope="module")
def ends(reception: Reception, request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Of those callers for whom a test is selected."""
    wanted: list[Case] = [
        item.callspec.params["case"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and hasattr(item, "callspec")
    ]
    running, before, files = process(reception), remembered(reception), kept(reception)
    found = reception.on_stage("menus", lambda stage: everybody(reception, stage, wanted))
    yield Ends(
        dict(zip(wanted, found[:-2], strict=True)),
        (running, process(reception)),
        found[-2:],
        busy_lines(reception),
        sorted(remembered(reception) - before),
        sorted(kept(reception) - files),
    )
    tidy(reception)


def remembered(reception: Reception) -> set[str]:
    """What AstDB holds of tenants."""
    return set(re.sub(" +", " ", reception.asterisk("database show pbx")).splitlines()[:-1])


def kept(reception: Reception) -> set[str]:
    """Files of messages, prompts and faxes; what queues recorded is none of the callers' doing."""
    found = reception.run("core", "find /var/spool/asterisk -type f -not -path '*/recordings/*'")
    return set(found.splitlines())


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


def tidy(reception: Reception) -> None:
    """Takes away what callers left who behaved well enough."""
    reception.asterisk("database deltree pbx/menus/call-backs")
    for tenant, box in (("mailboxes", "info"), ("menus", "office")):
        home = f"/var/spool/asterisk/voicemail/{tenant}/{box}"
        reception.run("core", f"rm -f {home}/INBOX/msg* {home}/*.wav")
        reception.asterisk(f"devstate change {naming.light(lights.of_mailbox(tenant, box))} NOT_INUSE")


@pytest.mark.parametrize("case", CASES)
def test_whatever_a_caller_does_her_call_ends(ends: Ends, case: Case) -> None:
    if found := ends.callers[case]:
        raise found


def test_no_channel_and_no_busy_line_is_left_by_the_daemon_that_took_the_calls(ends: Ends) -> None:
    assert ends.processes[0] == ends.processes[1]
    assert ends.busy == []
    assert ends.left == [None, None]


@pytest.mark.row("R7", "Q6", "A6")
def test_nothing_half_done_is_remembered(ends: Ends) -> None:
    whole = r"/pbx/menus/call-backs/[0-9]+-core-[0-9.]+ ?: support \+46\d{8,9} ?"
    assert [each for each in ends.remembered if not re.fullmatch(whole, each)] == []


@pytest.mark.row("R3", "R5", "R8", "A6")
def test_no_half_recording_is_kept(ends: Ends) -> None:
    # A member who presses everything may record a greeting too, and keep it.
    message = r"/var/spool/asterisk/voicemail/(mailboxes/info|menus/office)/(INBOX/msg\d{4}\.(txt|wav)|[a-z]+\.wav)"
    assert [each for each in ends.files if not re.fullmatch(message, each)] == []


def test_the_next_callers_are_served(reception: Reception, ends: Ends) -> None:
    """Every place is reached as before, and who wants a person gets one."""

    async def play(stage: Stage) -> None:
        nils, anna = await stage.phone("nils"), await stage.phone("anna", tenant="queues")
        first = await stage.dial(await stage.outside(), "+46313900660")
        core = Whereabouts(reception)
        await core.at([CALLER], MENU)
        await first.press("1")
        await core.at([CALLER], BELOW)
        await first.press("9")
        rung = await stage.pick_up(nils)
        second = await stage.dial(await stage.outside("+46701740620"), "+46846500400")
        taken = await stage.pick_up(anna)
        for each in (first, second):
            assert each.state is CallState.UP
            await each.hang_up()
        for each in (rung, taken):
            assert await each.until(timeout=10) is CallState.ENDED
        crowd = Crowd(reception, stage, core, reception.pbx("prompt", "pin", "recorders").strip())
        await crowd.come(list(PLACES))
        async with held(stage):
            await asyncio.gather(*(crowd.behave(place, "hangs up") for place in PLACES if place.row != "R7"))

    del ends  # they have all behaved as they do
    reception.on_stage("menus", play)


@pytest.mark.row("Q1")
def test_q1_a_mailbox_outside_takes_no_call_whatever_it_does(reception: Reception) -> None:
    """It hangs up, presses every key but the one, is silent: the caller waits as if nobody had answered."""
    number, confirms = "+46701740621", r"queues.confirm,s,Read"

    async def play(stage: Stage) -> None:
        core, network = Whereabouts(reception), await stage.network()
        waits = await stage.dial(await stage.outside(number), "+46846500404")
        for manner in MANNERS[::-1]:
            taken = await stage.pick_up(network)
            await core.at(None, confirms)
            if manner == "hangs up":
                await taken.hang_up()
            elif manner == "floods":
                await flood(reception, network, taken, KEYS.replace("1", "8"))
                assert await taken.until(timeout=10) is CallState.ENDED
            assert waits.state is CallState.UP
        await core.at([number], "queues.announcement.late,s,Playback", 60)
        assert await waits.until(timeout=10) is CallState.ENDED
        assert await taken.until(timeout=10) is CallState.ENDED
        assert not await stage.recognise(waits, {"music": TAKE["sv"]}), "the question is not for her"
        await core.nobody()

    running, talks = process(reception), size(reception)
    reception.on_stage("queues", play)
    assert process(reception) == running
    assert busy_lines(reception) == []
    (call,) = told(reception, talks, [number])
    assert call.talks == (), "she was never put through"


@pytest.mark.row("Q6")
def test_q6_who_is_called_back_and_says_nothing_or_hangs_up_leaves_nothing(reception: Reception) -> None:
    """Those who were promised a call behave badly while they are told so, too."""
    numbers = [f"+4670174062{end}" for end in "123"]

    async def play(stage: Stage) -> None:
        core, network = Whereabouts(reception), await stage.network()
        cecilia, bo = await stage.phone("cecilia"), await stage.phone("bo")
        talk, other = await cecilia.call("102"), await stage.pick_up(bo)
        for number, manner in zip(numbers, MANNERS, strict=True):
            line = await stage.outside(number)
            call = await stage.dial(line, "+46846500403")
            await core.at([number], WAITS)
            await call.press("5")
            await core.at([number], PRESSES)
            await call.press("1")
            channel = await core.at([number], "queues.callback,s,Playback")
            if manner == "hangs up":
                await call.hang_up()
            elif manner == "floods":
                await flood(reception, line, call)
            assert await call.until(timeout=20) is CallState.ENDED
            await core.gone(channel)
        await talk.hang_up()
        assert await other.until(timeout=10) is CallState.ENDED
        rings = {number: asyncio.Event() for number in numbers}
        members = [asyncio.ensure_future(serve(agent, rings)) for agent in (cecilia, bo)]
        for _ in numbers:
            rung = await network.incoming(40)
            await rung.answer()
            assert await rung.until(CallState.UP, timeout=5) is CallState.UP
            dialled = (await rung.identity()).dialled
            if dialled == numbers[1]:
                await rung.hang_up()
            rings[dialled].set()
            assert await rung.until(timeout=30) is CallState.ENDED
        for each in members:
            each.cancel()
        await core.nobody()

    async def serve(agent: SipAgent, rings: dict[str, asyncio.Event]) -> None:
        """A member hangs up on a customer who says nothing, after she has answered."""
        while True:
            call = await agent.incoming(60)
            await call.answer()
            await rings[call.caller].wait()
            if call.caller != numbers[1]:
                await call.hang_up()
            assert await call.until(timeout=10) is CallState.ENDED

    running, before = process(reception), figures(reception, "queues", "back")["today"]
    reception.on_stage("queues", play)
    assert process(reception) == running
    assert busy_lines(reception) == []
    assert not re.findall("/call-back/|/called-back/", reception.asterisk("database show pbx/queues"))
    after = figures(reception, "queues", "back")["today"]
    assert {key: after[key] - before[key] for key in ("calls", "answered", "called_back", "not_reached")} == {
        "calls": 3, "answered": 3, "called_back": 3, "not_reached": 0
    }  # fmt: skip
