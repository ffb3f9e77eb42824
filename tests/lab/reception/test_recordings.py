"""Recorded calls: of users always and on demand, sealed on the node, heard by those with the right (row U8)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from provisioner.core.ports.sip import CallState, SipCall
from provisioner.features.users.recorded import PAUSED, STARTED, STOPPED, TOLD
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.recordings import HOME, heard_in, prompts, recordings

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "recording"
CALLER = "+46701740643"
SAID = ("apple", "river", "storm", "train")


async def says(stage: Stage, speaker: SipCall, listener: SipCall, prompt: str) -> None:
    """Until the other party has heard it wholly."""
    await speaker.play(await stage.bench.sounds(stage.prompt(prompt)))
    await stage.hears(listener, stage.prompt(prompt))


@pytest.mark.row("U8")
def test_u8_a_user_is_always_recorded_and_only_listeners_hear_it(reception: Reception, tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        ada = await stage.phone("ada")
        outside = await stage.outside(CALLER)
        call = await outside.call("+46406280430")
        rung = await stage.pick_up(ada)
        assert await call.until(CallState.UP, timeout=10) is CallState.UP
        await stage.hears(call, TOLD["en"])
        await says(stage, call, rung, "apple")
        await says(stage, rung, call, "river")
        await call.hang_up()
        await rung.until(CallState.ENDED, timeout=5)

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        facts = (found.reason, found.name, found.user, found.number, found.direction)
        assert facts == ("user", "ada", "ada", CALLER, "in")
        files = reception.run("core", f"cd {HOME}/{TENANT} && stat -c '%n %a %U' *.age && head -c 21 {found.id}.1.age")
        assert files.splitlines() == [f"{found.id}.1.age 640 asterisk", "age-encryption.org/v1"]

        listed = reception.document("recordings", "list", TENANT, "--user", "ada", "--number", CALLER)["recordings"]
        assert [each["id"] for each in listed] == [found.id]
        assert reception.document("recordings", "list", TENANT, "--since", "2040-01-01")["recordings"] == []
        wav = tmp_path / "heard.wav"
        get = ("recordings", "get", TENANT, found.id, "--out", str(wav), "--as")
        reception.pbx(*get, "bo", code=1)
        assert not wav.exists()
        reception.pbx(*get, "cecilia")
        assert heard_in(reception, TENANT, wav.read_bytes(), prompts(reception, TENANT, SAID)) == {"apple", "river"}
        log = reception.document("recordings", "log", TENANT)["accesses"]
        assert [(each["who"], each["what"]) for each in log if each["id"] == found.id] == [
            ("bo", "refused"), ("cecilia", "get"),
        ]  # fmt: skip


@pytest.mark.row("U8")
def test_u8_calls_out_are_recorded_and_those_among_colleagues_are_not(reception: Reception) -> None:
    called = "+46850100200"

    async def play(stage: Stage) -> None:
        ada, cecilia, network = await stage.phone("ada"), await stage.phone("cecilia"), await stage.network()
        inside = await ada.call("23")
        answered = await stage.pick_up(cecilia)
        await says(stage, answered, inside, "storm")
        await inside.hang_up()
        call = await ada.call(called)
        answered = await stage.pick_up(network)
        await stage.hears(answered, TOLD["en"])
        assert await call.until(CallState.UP, timeout=10) is CallState.UP  # until then nobody hears her
        await says(stage, call, answered, "train")
        await call.hang_up()
        await answered.until(CallState.ENDED, timeout=5)

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert (found.user, found.number, found.direction) == ("ada", called, "out")
        sounds = prompts(reception, TENANT, SAID)
        assert heard_in(reception, TENANT, made.sound(found), sounds) == {"train"}


@pytest.mark.row("U8")
def test_u8_on_demand_what_was_said_in_a_pause_is_nowhere(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        bo = await stage.phone("bo")
        outside = await stage.outside(CALLER)
        call = await outside.call("+46406280431")
        rung = await stage.pick_up(bo)
        assert await call.until(CallState.UP, timeout=10) is CallState.UP
        for keys, word, said in (
            ("*1", STARTED, "river"), ("*2", PAUSED, "storm"), ("*1", STARTED, "train"), ("*3", STOPPED, "apple"),
        ):  # fmt: skip
            began = len(await rung.heard())
            await rung.press(keys)
            await hears_anew(stage, rung, word["en"], began)
            await says(stage, call, rung, said)
        await call.hang_up()
        await rung.until(CallState.ENDED, timeout=5)

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert (found.reason, found.user, found.number) == ("on-demand", "bo", CALLER)
        sounds = prompts(reception, TENANT, SAID)
        assert heard_in(reception, TENANT, made.sound(found), sounds) == {"river", "train"}
        parts = reception.run("core", f"ls {HOME}/{TENANT}").split()
        assert [each for each in parts if each.startswith(found.id)] == [f"{found.id}.1.age", f"{found.id}.2.age"]


async def hears_anew(stage: Stage, call: SipCall, sound: object, began: int) -> None:
    """Hears a word that it may have heard before: only what came after the first bytes counts."""
    wav = await stage.bench.sounds(sound)  # type: ignore[arg-type]
    async with asyncio.timeout(15):
        while True:
            recording = await call.heard()
            fresh = recording[:44] + recording[max(44, began - began % 2) :]
            if len(fresh) > len(wav) and (await asyncio.to_thread(stage.bench.ear.match, fresh, wav)).heard:
                return
            await asyncio.sleep(0.5)


@pytest.mark.row("U8")
def test_u8_a_crash_of_the_core_leaves_nothing_in_the_open(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        ada = await stage.phone("ada")
        outside = await stage.outside(CALLER)
        call = await outside.call("+46406280430")
        rung = await stage.pick_up(ada)
        await stage.hears(call, TOLD["en"])
        await says(stage, rung, call, "river")
        await says(stage, rung, call, "train")  # Asterisk writes two seconds at once: what it had not yet is lost
        assert made.plain()
        reception.run("core", "systemctl kill -s KILL asterisk; sleep 1; systemctl reset-failed asterisk || :")
        reception.run("core", "systemctl start asterisk && asterisk -rx 'core waitfullybooted'")
        await call.hang_up()
        await rung.hang_up()

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert "river" in heard_in(reception, TENANT, made.sound(found), prompts(reception, TENANT, SAID))


@pytest.mark.row("U8")
def test_u8_recordings_are_deleted_after_their_days(reception: Reception) -> None:
    """Two recordings that nobody sealed: the sweep seals both, and deletes the one that has become too old."""
    names = {day: f"user_ada_ada_+46701740643_in_{at}_core-1.{at}_1" for day, at in (("29", 2000), ("31", 2001))}
    folder = f"{HOME}/.open/{TENANT}"
    making = "; ".join(f"head -c 16000 /dev/zero >{folder}/{name}.sln" for name in names.values())
    with recordings(reception, TENANT) as made:
        reception.run("core", f"runuser -u asterisk -- sh -c 'mkdir -p {folder}; {making}'")
        reception.run("core", "systemctl start pbx-recordings.service")
        first, second = made.new(2)
        for day, each in zip(names, (first, second), strict=True):
            assert each.seconds == 1
            reception.run("core", f"touch -d '{day} days ago' {HOME}/{TENANT}/{each.id}.1.age")
        reception.run("core", "systemctl start pbx-recordings.service")
        assert made.new(1) == (first,)
        files = reception.run("core", f"ls {HOME}/{TENANT}").split()
        assert f"{first.id}.1.age" in files
        assert f"{second.id}.1.age" not in files
