"""Telephones of every kind: what each registers by, how its media is protected, and who rings when a user is called."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.core.ports.sip import CallState, SipAgent, SipCall
from provisioner.features.disa import asterisk as disa
from provisioner.features.hot_desks import asterisk as desks
from provisioner.features.outbound.asterisk import BARRED
from provisioner.features.users import mobile
from provisioner.targets.asterisk import pins
from tests.browser.chromium import Browser
from tests.lab.reception.linphone import Linphone
from tests.lab.reception.media import PLAIN, PROTECTED, sizes
from tests.lab.reception.queue_scene import eventually
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts

pytestmark = [pytest.mark.lab, pytest.mark.engine]

EAR, VOICE = NumpyEar(), NumpyVoice()
TENANT, ANNA, BROWSER_SAYS = "devices", "+46313900671", 800
TALK = 2.5


@contextmanager
def browser(reception: Reception, user: str = "anna", device: str = "web") -> Iterator[Browser]:
    """A browser in which a user's telephone is registered; it says a tone of 800 Hz."""
    accounts = reception.verification().surroundings(reception.specification()).accounts
    account = next(each for each in accounts if (each.tenant, each.user, each.device) == (TENANT, user, device))
    with Browser(reception.lab.namespace("phones"), VOICE.tone(BROWSER_SAYS, 5)) as made:
        edge = f"198.19.{reception.lab.status().slot}.20"
        assert made.register(edge, account.login, account.domain, account.password) == "registered"
        yield made


def says(recording: bytes, hertz: float) -> None:
    """The end of a recording holds the tone."""
    found = EAR.tone(recording, hertz, EAR.seconds(recording) - TALK / 2)
    assert found.heard, found


async def talk(browser: Browser, call: SipCall) -> None:
    """Both speak, both are heard; the browser counts what came protected."""
    await call.play(VOICE.tone(1900, TALK + 2))
    await asyncio.sleep(TALK)
    says(await call.heard(), BROWSER_SAYS)
    says(await asyncio.to_thread(browser.heard), 1900)
    found = await asyncio.to_thread(browser.statistics)
    assert found["transport"]["dtls"] == "connected", found
    assert "AES" in found["transport"]["cipher"], found
    assert min(found["received"], found["sent"]) > TALK * 25, found


@pytest.mark.row("N5")
def test_n5_a_softphone_signals_by_tls_and_its_media_is_protected(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        app, desk = await stage.phone("anna", "app"), await stage.phone("bo")
        assert "transport=tls" in await app.log()
        out = await app.call("22")
        into = await stage.pick_up(desk)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        await out.play(VOICE.tone(800, 8))
        await into.play(VOICE.tone(1900, 8))
        assert await sizes(reception, app) == PROTECTED
        assert await sizes(reception, desk) == PLAIN
        says(await out.heard(), 1900)
        says(await into.heard(), 800)
        await out.hang_up()
        assert await into.until(timeout=5) is CallState.ENDED

        back = await desk.call("21")
        rung = await stage.pick_up(app)
        assert await back.until(CallState.UP, timeout=5) is CallState.UP
        await back.play(VOICE.tone(800, 8))
        await rung.play(VOICE.tone(1900, 8))
        assert await sizes(reception, app) == PROTECTED
        says(await back.heard(), 1900)
        says(await rung.heard(), 800)
        await back.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U14")
def test_u14_a_browser_calls_and_is_called(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, line = await stage.phone("bo"), await stage.outside("+46701740615")
        with browser(reception) as web:
            await asyncio.to_thread(web.call, "22")
            into = await stage.pick_up(desk)
            assert await asyncio.to_thread(web.until, "up", "ended") == "up"
            assert into.caller == "21"
            await talk(web, into)
            await asyncio.to_thread(web.hang_up)
            assert await into.until(timeout=5) is CallState.ENDED

            call = await line.call(ANNA)
            assert await asyncio.to_thread(web.until, "called") == "called"
            assert web.caller()[0] == "+46701740615"
            await asyncio.to_thread(web.answer)
            assert await call.until(CallState.UP, timeout=5) is CallState.UP
            await talk(web, call)
            await call.hang_up()
            assert (await asyncio.to_thread(web.until, "ended")).startswith("ended")

        # The page is closed: nobody is there any more, and the caller need not wait to learn it.
        gone = await line.call(ANNA)
        assert await gone.until(timeout=8) is CallState.ENDED, gone.state

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_every_telephone_of_hers_rings_and_one_takes_the_call(reception: Reception) -> None:
    """Plain, SRTP and DTLS-SRTP at once: each telephone is offered media that it can speak."""

    async def play(stage: Stage) -> None:
        desk, app = await stage.phone("anna", "desk"), await stage.phone("anna", "app")
        line = await stage.outside("+46701740616")
        with browser(reception) as web:
            for taker in ("app", "browser", "desk"):
                call = await line.call(ANNA)
                at_desk, at_app = await desk.incoming(8), await app.incoming(8)
                assert await asyncio.to_thread(web.until, "called") == "called"
                if taker == "browser":
                    await asyncio.to_thread(web.answer)
                else:
                    await (at_app if taker == "app" else at_desk).answer()
                assert await call.until(CallState.UP, timeout=5) is CallState.UP
                if taker == "browser":
                    await talk(web, call)
                else:
                    mine = at_app if taker == "app" else at_desk
                    await call.play(VOICE.tone(800, 8))
                    await mine.play(VOICE.tone(1900, 8))
                    await asyncio.sleep(TALK)
                    says(await call.heard(), 1900)
                    says(await mine.heard(), 800)
                    assert "cause=200" in await asyncio.to_thread(web.until, "ended"), "it was answered elsewhere"
                for other in {"desk": [at_app], "app": [at_desk], "browser": [at_desk, at_app]}[taker]:
                    assert await other.until(timeout=5) is CallState.ENDED
                await call.hang_up()
                if taker == "browser":
                    await asyncio.to_thread(web.until, "ended")

    reception.on_stage(TENANT, play)


@pytest.mark.row("U14")
def test_u14_linphone_sets_itself_up_from_its_link_alone(reception: Reception) -> None:
    """It fetches its settings, registers by TLS, calls and is called, with protected media."""

    async def play(stage: Stage) -> None:
        desk = await stage.phone("bo")
        link = reception.document("device", TENANT, "link", "anna-app")["link"]
        certificate = reception.run("edge", "cat /etc/kamailio/tls/certificate.pem")
        with Linphone(reception.lab.namespace("phones"), link, certificate, VOICE.tone(800, 60)) as phone:
            await asyncio.to_thread(phone.until, "registered, identity=", ask="status register")
            assert "anna-app@devices.example" in phone.said()
            phone.take_files()
            phone.tell("call sip:22@devices.example")
            into = await stage.pick_up(desk)
            await asyncio.to_thread(phone.until, "Media streams established")
            phone.speak()
            await into.play(VOICE.tone(1900, 10))
            await asyncio.sleep(TALK)
            says(await into.heard(), 800)
            assert await sizes(reception, desk) == PLAIN
            assert re.search(r"m=audio \d+ RTP/SAVP ", phone.log())
            phone.tell("terminate")
            assert await into.until(timeout=5) is CallState.ENDED
            await asyncio.to_thread(phone.until, "ended")
            assert EAR.tone(phone.heard(), 1900, 1, TALK).heard

            back = await desk.call("21")
            await asyncio.to_thread(phone.until, "Receiving new incoming call")
            phone.tell("answer")
            assert await back.until(CallState.UP, timeout=5) is CallState.UP
            await back.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U14")
def test_u14_settings_lie_behind_a_secret_and_nowhere_else(reception: Reception) -> None:
    link = reception.document("device", TENANT, "link", "anna-app")["link"]

    def fetch(address: str) -> str:
        ask = f"curl --silent --insecure --output /dev/null --write-out '%{{http_code}}' '{address}'"
        return reception.run("phones", ask)

    secret = link.split("/")[-2]
    assert fetch(link) == "200"
    for wrong in (link.replace(secret, "a" * 28), link.replace("linphone.xml", ""), link.rpartition("/devices/")[0]):
        assert fetch(wrong) in ("403", "404")
    for place in (link.replace(f"/{secret}/linphone.xml", "/"), link.replace(f"/{TENANT}/{secret}/linphone.xml", "/")):
        assert fetch(place) in ("403", "404")
    # Nobody keeps the link: not the web server's log, nor what the tool renders, plans and remembers.
    reception.run("edge", f"! grep -rqF {secret} /var/log /run/log 2>/dev/null")
    kept = [*reception.path.rglob("*.yaml"), *(reception.path / ".pbx").rglob("*")]
    assert not [each for each in kept if each.is_file() and secret.encode() in each.read_bytes()]
    assert reception.run("edge", f"stat -c %a:%G /var/lib/pbx-devices/{TENANT}/*/linphone.xml").split() == [
        "640:www-data"
    ]


@pytest.mark.row("N5", "U14")
def test_n5_a_base_fetches_one_file_with_which_each_of_its_handsets_registers(reception: Reception) -> None:
    link = reception.document("device", TENANT, "link", "base.hall")["link"]
    fetched = reception.run("phones", f"curl --silent --insecure --fail '{link}805ec04a1b71.cfg'")
    said = dict(line.split(" = ", 1) for line in fetched.splitlines()[1:])
    assert not [line for line in fetched.splitlines() if "@EDGE@" in line or "{{" in line], "everything is filled in"
    assert said["static.auto_provision.server.url"] == link
    known = {
        (each.user, each.device): each
        for each in reception.verification().surroundings(reception.specification()).accounts
        if each.tenant == TENANT
    }
    for number, owner in (("1", ("anna", "cordless")), ("2", ("dora", "cordless"))):
        told = {name: said[f"account.{number}.{name}"] for name in ("auth_name", "password", "sip_server.1.address")}
        account = known[owner]
        assert list(told.values()) == [account.login, account.password, account.domain]
        assert said[f"handset.{number}.incoming_lines"] == said[f"handset.{number}.dial_out_lines"] == number
    assert said["account.3.enable"] == "0"
    reception.pbx("device", TENANT, "link", "dora-cordless", code=64)  # its base sets it up

    async def play(stage: Stage) -> None:
        handset, bo = await stage.phone("anna", "cordless"), await stage.phone("bo")
        call = await bo.call("21")
        await stage.pick_up(handset)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await call.hang_up()

    reception.on_stage(TENANT, play)


OUTSIDE = "0046701740617"


@pytest.mark.row("U1")
@pytest.mark.parametrize(
    ("user", "device", "shown", "private"),
    [
        ("anna", "desk", "+46313900670", False),
        ("anna", "app", "+46313900671", False),
        ("bo", "desk", "+46313900672", False),
    ],
    ids=["the main number", "her own with the app", "that of the support"],
)
def test_u1_each_telephone_shows_its_number(
    reception: Reception, user: str, device: str, shown: str, *, private: bool
) -> None:
    async def play(stage: Stage) -> None:
        phone, network = await stage.phone(user, device), await stage.network()
        call = await phone.call(OUTSIDE)
        arrived = await network.incoming(10)
        told = await arrived.identity()
        assert (told.caller, told.asserted, told.private) == (shown, shown, private)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U1")
def test_u1_a_browser_that_withholds_its_number(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        network = await stage.network()
        with browser(reception) as web:
            await asyncio.to_thread(web.call, OUTSIDE)
            told = await (await network.incoming(10)).identity()
            assert (told.caller, told.asserted, told.private) == ("anonymous", "+46313900670", True)
            await asyncio.to_thread(web.hang_up)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U2")
def test_u2_name_or_number_of_callers_as_the_user_likes(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        for caller, callee, number, name in ((anna, bo, "21", ""), (bo, anna, "22", "Bo Ek")):
            call = await caller.call({"21": "22", "22": "21"}[number])
            told = await (await callee.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

    reception.on_stage(TENANT, play)


POCKET, CARL = "+46701740618", "+46313900673"


async def rings_not(agent: SipAgent) -> None:
    with pytest.raises(TimeoutError):
        await agent.incoming(3)


@pytest.mark.row("N5")
def test_n5_a_mobile_telephone_rings_along_and_takes_the_call_by_a_key(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        call = await (await stage.outside("+46701740619")).call(CARL)
        at_desk, at_pocket = await desk.incoming(10), await network.incoming(10)
        assert (await at_pocket.identity()).dialled == POCKET
        await at_pocket.answer()
        await stage.hears(at_pocket, mobile.TAKE["en"])
        # A mailbox would be talking by now; the caller hears it ring, and so does the desk.
        assert call.state in (CallState.RINGING, CallState.EARLY)
        assert at_desk.state is CallState.RINGING
        await at_pocket.press("1")
        assert await call.until(CallState.UP, timeout=8) is CallState.UP
        assert await at_desk.until(timeout=5) is CallState.ENDED
        await call.play(VOICE.tone(800, 8))
        await at_pocket.play(VOICE.tone(1900, 8))
        await asyncio.sleep(TALK)
        says(await call.heard(), 1900)
        says(await at_pocket.heard(), 800)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_a_mobile_telephone_that_hangs_up_while_it_is_asked_ends_nobodys_call(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        call = await (await stage.outside("+46701740619")).call(CARL)
        at_desk, at_pocket = await desk.incoming(10), await stage.pick_up(network)
        await Whereabouts(reception).at(None, f"{TENANT}.mobile-taken,s,Read")
        await at_pocket.hang_up()
        assert await at_pocket.until(timeout=5) is CallState.ENDED
        await Whereabouts(reception).away(f"{TENANT}.mobile-taken,")
        assert call.state in (CallState.RINGING, CallState.EARLY)
        await at_desk.answer()
        assert await call.until(CallState.UP, timeout=8) is CallState.UP
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U9", "U15")
def test_u9_the_user_chooses_whether_desk_or_mobile_telephone_rings(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        line = await stage.outside("+46701740619")

        async def choose(digit: str) -> None:
            told = await stage.dial(desk, f"*26{digit}")
            await stage.hears(told, mobile.CHOICES[digit][1]["en"])
            assert await told.until(timeout=5) is CallState.ENDED

        try:
            await choose("2")
            call = await line.call(CARL)
            await desk.incoming(8)
            await rings_not(network)
            await call.hang_up()

            await choose("3")
            call = await line.call(CARL)
            assert (await (await network.incoming(8)).identity()).dialled == POCKET
            await rings_not(desk)
            await call.hang_up()
        finally:
            await choose("1")
        call = await line.call(CARL)
        await desk.incoming(8)
        await network.incoming(8)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U9")
def test_u9_a_mobile_telephone_rings_along_when_the_others_have_rung_for_a_while(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("gus"), await stage.network()
        bo = await stage.phone("bo")
        call = await bo.call("28")
        at_desk = await desk.incoming(8)
        rang = asyncio.get_running_loop().time()
        at_pocket = await network.incoming(12)
        assert 4.5 <= asyncio.get_running_loop().time() - rang <= 8
        assert (await at_pocket.identity()).dialled == "+46701740620"
        assert at_desk.state is CallState.RINGING
        await at_desk.answer()
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        assert await at_pocket.until(timeout=5) is CallState.ENDED
        await call.hang_up()

        # Who gives up before, or is answered, never rings it.
        call = await bo.call("28")
        await desk.incoming(8)
        await call.hang_up()
        await asyncio.sleep(6)
        await rings_not(network)

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_calls_from_the_mobile_telephone_show_whose_it_is(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        for number, name in ((POCKET, "Carl Lund"), ("+46701740619", "")):
            call = await (await stage.outside(number)).call(ANNA)
            told = await (await desk.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

    reception.on_stage(TENANT, play)


ACCESS = "+46313900677"
HELP, GROUP, FORWARDED = "+46313900674", "+46313900675", "+46313900676"


@pytest.mark.row("N5", "Q2")
@pytest.mark.parametrize("way", ["", GROUP, FORWARDED], ids=["she calls", "a group rings it", "a forwarding rings it"])
def test_n5_who_talks_on_the_mobile_telephone_is_busy_for_queues(reception: Reception, way: str) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        if way:
            talk = await (await stage.outside("+46701740619")).call(way)
            await stage.pick_up(network)
        else:
            anna = await stage.phone("anna", "desk")
            talk = await (await stage.outside(POCKET)).call(ANNA)
            await stage.pick_up(anna)
        assert await talk.until(CallState.UP, timeout=8) is CallState.UP
        waits = await stage.dial(await stage.outside("+46701740615"), HELP)
        await rings_not(desk)
        await rings_not(network)
        assert waits.state is CallState.UP
        await talk.hang_up()
        at_desk, at_pocket = await desk.incoming(10), await network.incoming(10)
        assert at_desk.caller == "+46701740615"
        await waits.hang_up()
        for each in (at_desk, at_pocket):
            assert await each.until(timeout=8) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_who_sends_a_colleague_on_without_asking_is_free_again(reception: Reception) -> None:
    def talking() -> set[str]:
        said = reception.asterisk("devstate list")
        return set(re.findall(rf"'Custom:{TENANT}\.(\w+)'  State: 'INUSE'", said))

    async def play(stage: Stage) -> None:
        anna, bo, carl = [await stage.phone(*each) for each in (("anna", "desk"), ("bo",), ("carl",))]
        call = await bo.call("23")
        sent_on = await stage.pick_up(carl)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        assert await asyncio.to_thread(talking) == {"bo", "carl"}
        await sent_on.transfer("21")
        there = await stage.pick_up(anna)
        assert there.caller == "22"
        assert await sent_on.until(timeout=5) is CallState.ENDED
        await asyncio.to_thread(eventually, talking, {"anna", "bo"})
        await call.play(VOICE.tone(800, TALK + 2))
        await asyncio.sleep(TALK)
        says(await there.heard(), 800)
        await call.hang_up()
        await asyncio.to_thread(eventually, talking, set())

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_a_shared_telephone_is_hers_who_logs_in_until_she_is_logged_out(reception: Reception) -> None:
    hers = {name: reception.pbx("pin", TENANT, name).strip() for name in ("erik", "anna")}

    async def play(stage: Stage) -> None:
        window, bo, network = await stage.phone("window"), await stage.phone("bo"), await stage.network()

        async def log_in(user: str, extension: str) -> None:
            """Types while she is asked, as people do who know what comes."""
            call = await stage.dial(window, f"*34{extension}")
            await asyncio.sleep(0.8)
            await call.press(f"{hers[user]}#")
            assert await call.until(timeout=12) is CallState.ENDED

        async def log_out() -> None:
            call = await stage.dial(window, "*34")
            await stage.hears(call, desks.WORDS["out"]["en"])
            await call.until(timeout=5)

        async def shows(caller: SipAgent, dialled: str, callee: SipAgent, number: str, name: str = "") -> None:
            call = await caller.call(dialled)
            told = await (await callee.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

        await stage.clock("2027-03-01 12:00")
        try:
            call = await bo.call("26")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "she has no telephone"
            call = await bo.call("*3426")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "nor does his become hers"
            call = await stage.dial(window, "*3426")
            await stage.hears(call, pins.PLEASE["en"])
            await call.press("000000#" if hers["erik"] != "000000" else "111111#")
            await stage.hears(call, pins.WRONG["en"])
            await call.press(f"{hers['erik']}#")
            await stage.hears(call, desks.WORDS["in"]["en"])
            assert await call.until(timeout=5) is CallState.ENDED
            await shows(bo, "26", window, "22", "Bo Ek")
            await shows(window, "0701740619", network, "+46313900672")
            await log_in("anna", "21")
            call = await bo.call("26")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "she is logged in nowhere any more"
            await shows(window, "22", bo, "21")
            (seat,) = (await asyncio.to_thread(reception.document, "desk", TENANT))["desks"]
            assert (seat["desk"], seat["user"], seat["until"][:13]) == ("window", "anna", "2027-03-01T13")
            await stage.clock("2027-03-01 13:01")
            await shows(window, "22", bo, "25")
            await stage.clock("2027-03-01 12:59")
            await shows(window, "22", bo, "21")
            await asyncio.to_thread(reception.pbx, "desk", TENANT, "window", "out")
            await shows(window, "22", bo, "25")
            await log_in("anna", "21")
        finally:
            await log_out()
        await shows(window, "22", bo, "25")

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5", "U15")
def test_n5_a_mobile_telephone_calls_out_through_the_platform_as_its_user(reception: Reception) -> None:
    pin = reception.pbx("pin", TENANT, "carl").strip()

    async def play(stage: Stage) -> None:
        desk, network, pocket = await stage.phone("anna", "desk"), await stage.network(), await stage.outside(POCKET)

        async def dials(number: str) -> SipCall:
            """Types while she is asked, as people do who know what comes."""
            call = await stage.dial(pocket, ACCESS)
            for typed in (pin, number):
                await asyncio.sleep(0.8)
                await call.press(f"{typed}#")
            return call

        call = await stage.dial(pocket, ACCESS)
        await asyncio.sleep(0.8)
        await call.press(f"{pin}#")
        await stage.hears(call, disa.DIAL["en"])
        await call.press("21#")
        there = await stage.pick_up(desk)
        told = await there.identity()
        assert (told.caller, told.display_name) == ("23", "Carl Lund")
        await call.play(VOICE.tone(800, TALK + 2))
        await asyncio.sleep(TALK)
        says(await there.heard(), 800)
        await call.hang_up()
        assert await there.until(timeout=5) is CallState.ENDED

        call = await dials("00447700900123")  # her permission does not reach abroad
        await stage.hears(call, BARRED["en"])
        assert await call.until(timeout=5) is CallState.ENDED

        call = await dials("0701740619")
        told = await (await network.incoming(8)).identity()
        assert (told.dialled, told.caller, told.diverted) == ("+46701740619", "+46313900670", "")
        await call.hang_up()

        stranger = await (await stage.outside("+46701740619")).call(ACCESS)
        assert await stranger.until(CallState.UP, timeout=8) is CallState.ENDED
        assert stranger.reason.startswith("403"), stranger.reason

    reception.on_stage(TENANT, play)
