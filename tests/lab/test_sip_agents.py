"""Two and more real telephones on a machine of the lab, calling each other without any PBX between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.lab import topology
from provisioner.adapters.lab.lifecycle import Lab
from provisioner.adapters.sip.agents import BaresipAgents
from provisioner.adapters.sip.machine import Machine
from provisioner.adapters.sip.shell import Ssh
from provisioner.core.ports.sip import AgentError, AgentSpec, CallState, SipAgent, SipCall

pytestmark = pytest.mark.lab

EAR, VOICE = NumpyEar(), NumpyVoice()
ANNA = AgentSpec(name="anna", machine="phones", user="anna-desk", domain="klinik.example", display_name="Anna Å")
NETWORK = AgentSpec(name="network", machine="phones", user="any", port=5060)
CENTRE = AgentSpec(name="centre", machine="phones", user="any", port=5062, answer_after=0.3)


@pytest.fixture
def phones(lab: Lab) -> Machine:
    spec = topology.BY_NAME["phones"]
    slot = lab.status().slot
    shell = Ssh("phones", ["ssh", "-F", str(lab.ssh_config), "phones"])
    return Machine(shell, spec.private_address(slot), str(spec.public_address(slot)))


@asynccontextmanager
async def telephones(machine: Machine, *specs: AgentSpec) -> AsyncIterator[Mapping[str, SipAgent]]:
    agents = BaresipAgents({"phones": machine}, VOICE)
    try:
        yield await agents.start(specs)
    finally:
        await agents.close()


async def put_through(caller: SipAgent, callee: SipAgent, address: str) -> tuple[SipCall, SipCall]:
    out = await caller.call(address)
    into = await callee.incoming(5)
    assert await out.until(CallState.RINGING, timeout=5) is CallState.RINGING
    await into.answer()
    assert await out.until(CallState.UP, timeout=5) is CallState.UP
    assert await into.until(CallState.UP, timeout=5) is CallState.UP
    return out, into


def test_a_call_with_audio_both_ways_keys_and_its_caller_id(phones: Machine) -> None:
    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK) as agents:
            out, into = await put_through(agents["anna"], agents["network"], f"sip:+46701234567@{phones.address}")
            assert into.caller == "anna-desk"
            told = await into.identity()
            assert (told.dialled, told.caller, told.display_name) == ("+46701234567", "anna-desk", "Anna Å")
            await out.play(VOICE.tone(800, 3))
            await into.play(VOICE.tone(1900, 3))
            await asyncio.sleep(2.2)
            at_anna, outside = await out.heard(), await into.heard()
            end = EAR.seconds(at_anna), EAR.seconds(outside)
            assert EAR.tone(at_anna, 1900, end[0] - 1.5).heard, EAR.tone(at_anna, 1900, end[0] - 1.5)
            assert EAR.tone(outside, 800, end[1] - 1.5).heard, EAR.tone(outside, 800, end[1] - 1.5)
            assert not EAR.tone(outside, 1900, end[1] - 1.5).heard
            await out.press("19*0#")
            await asyncio.sleep(1.5)
            assert into.pressed == "19*0#"
            assert out.pressed == ""
            await out.hang_up()
            assert await into.until(timeout=3) is CallState.ENDED

    asyncio.run(talk())


def test_what_is_said_is_found_in_the_recording_of_each_call(phones: Machine) -> None:
    first, second = VOICE.signature("first", 2), VOICE.signature("second", 2)

    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK) as agents:
            for said, other in ((first, second), (second, first)):
                out, into = await put_through(agents["anna"], agents["network"], f"sip:1@{phones.address}")
                await out.play(said)
                await asyncio.sleep(2.6)
                await out.hang_up()
                await into.until(timeout=3)
                heard = await into.heard()
                assert EAR.match(heard, said).heard, EAR.match(heard, said)
                assert not EAR.match(heard, other).heard

    asyncio.run(talk())


def test_silence_is_silent(phones: Machine) -> None:
    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK) as agents:
            out, into = await put_through(agents["anna"], agents["network"], f"sip:1@{phones.address}")
            await asyncio.sleep(1)
            assert EAR.seconds(await into.heard()) > 0.5
            assert EAR.level(await into.heard()) < -50
            await out.hang_up()

    asyncio.run(talk())


def test_rejected_given_up_and_nobody_there(phones: Machine) -> None:
    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK) as agents:
            out = await agents["anna"].call(f"sip:1@{phones.address}")
            await (await agents["network"].incoming(5)).hang_up()
            assert await out.until(CallState.UP, timeout=5) is CallState.ENDED
            assert out.reason.startswith("486")
            with pytest.raises(AgentError, match="has ended: 486"):
                await out.press("1")

            out = await agents["anna"].call(f"sip:1@{phones.address}")
            into = await agents["network"].incoming(5)
            await out.hang_up()
            assert await into.until(CallState.UP, timeout=5) is CallState.ENDED

            with pytest.raises(TimeoutError):
                await agents["network"].incoming(0.3)

    asyncio.run(talk())


def test_the_emergency_line_answers_by_itself_beside_the_network(phones: Machine) -> None:
    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK, CENTRE) as agents:
            out = await agents["anna"].call(f"sip:112@{phones.address}:5062")
            assert await out.until(CallState.UP, timeout=5) is CallState.UP
            assert (await (await agents["centre"].incoming(1)).identity()).dialled == "112"
            with pytest.raises(TimeoutError):
                await agents["network"].incoming(0.3)

    asyncio.run(talk())


def test_several_callers_at_once(phones: Machine) -> None:
    lines = [AgentSpec(name=f"line-{n}", machine="phones", user=f"+4670000000{n}") for n in range(4)]
    wanted = {line.user for line in lines}

    async def talk() -> None:
        async with telephones(phones, NETWORK, *lines) as agents:
            calls = await asyncio.gather(*(agents[line.name].call(f"sip:1@{phones.address}") for line in lines))
            came = [await agents["network"].incoming(5) for _ in calls]
            assert {call.caller for call in came} == wanted
            for call in came:
                await call.answer()
            for call in calls:
                assert await call.until(CallState.UP, timeout=5) is CallState.UP

    asyncio.run(talk())


def test_nothing_stays_behind_and_passwords_are_for_root_only(phones: Machine) -> None:
    secret = AgentSpec(name="anna", machine="phones", user="anna", domain="klinik.example", password="s3cret")

    async def talk() -> None:
        async with telephones(phones, secret):
            assert b"s3cret" not in await phones.shell.run("ps -eww -o args")
            readable = await phones.shell.run("find /run/pbx-agents -type f -perm /077")
            assert readable == b""
        left = await phones.shell.run("ls -d /run/pbx-agents; systemctl list-units --plain --no-legend 'pbx-agent-*'")
        assert left == b""

    asyncio.run(talk())


def test_a_second_session_clears_what_a_killed_one_left(phones: Machine) -> None:
    async def talk() -> None:
        killed = BaresipAgents({"phones": phones}, VOICE)
        await killed.start([NETWORK])
        async with telephones(phones, ANNA):
            units = await phones.shell.run("systemctl list-units --plain --no-legend 'pbx-agent-*'")
            assert b"pbx-agent-anna" in units
            assert b"pbx-agent-network" not in units

    asyncio.run(talk())


def test_a_telephone_that_breaks_down_is_told_as_such(phones: Machine) -> None:
    """Else its silence would pass for an answer of the platform's."""

    async def talk() -> None:
        async with telephones(phones, ANNA, NETWORK) as agents:
            out = await agents["anna"].call(f"sip:1@{phones.address}")
            await agents["network"].incoming(5)
            await phones.shell.run("systemctl kill --signal=KILL pbx-agent-anna pbx-agent-network")
            with pytest.raises(AgentError, match="telephone anna broke down"):
                await out.until(timeout=5)
            with pytest.raises(AgentError, match="telephone network broke down"):
                await agents["network"].incoming(5)

    asyncio.run(talk())
