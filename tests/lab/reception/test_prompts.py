"""Prompts that users record by phone (R3): the samples that a user spoke are the samples that the next caller hears."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from provisioner.adapters.audio.wav import RATE, read, write
from provisioner.adapters.sounds import level
from provisioner.core.artifacts import Recipe, seed
from provisioner.core.ports.sip import CallState, SipCall
from provisioner.features.prompts import recording
from provisioner.targets.asterisk import naming, pins
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("R3")]

TENANT, OTHER = "recorders", "recorders-b"
NUMBER, OTHERS_NUMBER, QUEUE = "+46980319250", "+46980319260", "+46980319251"
MENU, SPEAK, REVIEW, KEPT = (each["en"] for each in (recording.MENU, recording.SPEAK, recording.REVIEW, recording.KEPT))
PLEASE, WRONG = pins.PLEASE["en"], pins.WRONG["en"]


@pytest.fixture(autouse=True)
def _nothing_recorded(reception: Reception) -> Iterator[None]:
    yield
    reception.pbx("prompt", "reset", TENANT, "welcome")
    reception.pbx("prompt", "reset", TENANT, "please-wait")
    reception.pbx("prompt", "reset", OTHER, "welcome")
    assert aside(reception, TENANT) == "0", "nothing is left lying about"
    assert reception.asterisk("core show channels count").startswith("0 active channels")


def aside(reception: Reception, tenant: str) -> str:
    return reception.run("core", f"ls {naming.PROMPTS}/{tenant}/.new | wc -l").strip()


def pin_of(reception: Reception, tenant: str) -> str:
    pin = reception.pbx("prompt", "pin", tenant).strip()
    assert pin.isdigit()
    return pin


def other_than(pin: str) -> str:
    return f"{(int(pin) + 1) % 10 ** len(pin):0{len(pin)}}"


class Recorder:
    """A user's call to where prompts are recorded; each sound is looked for behind the one before."""

    def __init__(self, stage: Stage, call: SipCall) -> None:
        self.stage, self.call, self.ear = stage, call, stage.bench.ear
        self.place = 0.0

    async def hears(self, sound: Recipe | bytes, within: float = 20.0) -> None:
        wav = sound if isinstance(sound, bytes) else await self.stage.bench.sounds(sound)
        offset = await self.stage.hears(self.call, wav, within, self.place)
        self.place = offset + self.ear.seconds(wav) - 0.2

    async def press(self, keys: str) -> None:
        await self.call.press(keys)

    async def type_pin(self, pin: str) -> None:
        await self.hears(PLEASE)
        await self.press(f"{pin}#")

    async def record(self, said: bytes) -> None:
        """Presses 2, speaks after the tone, and stands before the choice what to do with it."""
        await self.press("2")
        await self.hears(SPEAK)
        after_the_tone = write(np.concatenate([np.zeros(RATE), read(said)]))
        await self.call.play(after_the_tone)
        await asyncio.sleep(self.ear.seconds(after_the_tone) + 0.5)
        await self.press("#")
        await self.hears(REVIEW)

    async def keep(self, said: bytes) -> None:
        await self.record(said)
        await self.press("3")
        await self.hears(KEPT)
        assert await self.call.until(timeout=10) is CallState.ENDED


async def dialled(stage: Stage, code: str = "*771", tenant: str = "") -> Recorder:
    return Recorder(stage, await stage.dial(await stage.phone("ada", tenant=tenant), code))


async def let_in(stage: Stage, pin: str) -> Recorder:
    """A user's call that stands before the menu."""
    found = await dialled(stage)
    await found.type_pin(pin)
    await found.hears(MENU)
    return found


async def heard_by_a_caller(stage: Stage, number: str = NUMBER) -> bytes:
    """Everything that a caller from outside hears until the platform hangs up."""
    call = await stage.dial(await stage.outside(), number)
    assert await call.until(timeout=20) is CallState.ENDED
    return await call.heard()


def spoken_by_ada(stage: Stage, words: str = "welcome", seconds: float = 4.0) -> bytes:
    return stage.bench.voice.signature(words, seconds)


def test_r3_recorded_by_phone_and_heard_by_the_next_caller(reception: Reception) -> None:
    pin = pin_of(reception, TENANT)

    async def play(stage: Stage) -> None:
        ear, said = stage.bench.ear, spoken_by_ada(stage)
        declared = await stage.bench.sounds(seed(stage.prompt("welcome")))
        assert ear.match(await heard_by_a_caller(stage), declared).heard
        ada = await let_in(stage, pin)
        await ada.press("1")
        await ada.hears(declared)
        await ada.record(said)
        assert ear.match(await heard_by_a_caller(stage), declared).heard, "nothing is kept yet"
        await ada.press("1")
        await ada.hears(said)
        await ada.press("3")
        await ada.hears(KEPT)
        heard = await heard_by_a_caller(stage)
        assert ear.match(heard, said).coverage > 0.9, "the whole of it"
        assert not ear.match(heard, declared).heard
        assert await ada.call.until(timeout=10) is CallState.ENDED

    reception.on_stage(TENANT, play)
    (first, second, third) = reception.document("prompt", "list", TENANT)["prompts"]
    assert (first["dialled"], first["heard"], first["language"]) == ("*771", "recorded", "en")
    assert first["recorded"]["seconds"] == pytest.approx(4.0, abs=0.5)
    assert (second["recorded"], third["recorded"]) == (None, None)
    trail = reception.run("core", "grep -a recorded /var/log/asterisk/cel-custom/calls.csv")
    assert "recorders/welcome/en" in trail, "an audit finds when it was"


def test_r3_what_is_recorded_outlives_applies_and_a_restart(reception: Reception, tmp_path: Path) -> None:
    pin = pin_of(reception, TENANT)

    async def record(stage: Stage) -> None:
        await (await let_in(stage, pin)).keep(spoken_by_ada(stage))

    async def hear(stage: Stage) -> None:
        assert stage.bench.ear.match(await heard_by_a_caller(stage), spoken_by_ada(stage)).heard

    async def hear_declared(stage: Stage) -> None:
        declared = await stage.bench.sounds(seed(stage.prompt("welcome")))
        assert stage.bench.ear.match(await heard_by_a_caller(stage), declared).heard

    reception.on_stage(TENANT, record)
    with reception.changed(TENANT, {"Good morning and welcome": "Good evening and farewell"}):
        assert set(reception.apply().values()) == {"applied", "unchanged"}
        reception.on_stage(TENANT, hear)
        reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
        reception.on_stage(TENANT, hear)
        file = tmp_path / "kept.wav"
        reception.pbx("prompt", "export", TENANT, "welcome", str(file))
        reception.pbx("prompt", "reset", TENANT, "welcome")
        reception.on_stage(TENANT, hear_declared)
    reception.pbx("prompt", "import", TENANT, "welcome", str(file))
    reception.on_stage(TENANT, hear)


def test_r3_a_wrong_pin_three_times_ends_the_call(reception: Reception) -> None:
    wrong = other_than(pin_of(reception, TENANT))

    async def play(stage: Stage) -> None:
        ada = await dialled(stage)
        for typed in (wrong, ""):  # nothing is no PIN either
            await ada.type_pin(typed)
            await ada.hears(WRONG)
        await ada.type_pin("9" * 30)
        assert await ada.call.until(timeout=15) is CallState.ENDED
        assert await stage.recognise(ada.call, {"menu": MENU}) == ()

    reception.on_stage(TENANT, play)


def test_r3_who_hangs_up_or_says_nothing_keeps_nothing(reception: Reception) -> None:
    pin = pin_of(reception, TENANT)

    async def play(stage: Stage) -> None:
        declared = await stage.bench.sounds(seed(stage.prompt("welcome")))
        ada = await let_in(stage, pin)
        await ada.press("2")
        await ada.hears(SPEAK)
        await ada.call.play(spoken_by_ada(stage))
        await asyncio.sleep(2)
        await ada.call.hang_up()  # while it records
        ada = await let_in(stage, pin)
        await ada.record(spoken_by_ada(stage))
        await ada.call.hang_up()  # before it is kept
        ada = await let_in(stage, pin)
        await ada.press("2")
        await ada.hears(recording.NOTHING["en"], within=30)
        await ada.record(spoken_by_ada(stage))
        await ada.press("0")
        await ada.hears(recording.DROPPED["en"])
        await ada.call.hang_up()
        assert stage.bench.ear.match(await heard_by_a_caller(stage), declared).heard

    reception.on_stage(TENANT, play)
    assert reception.document("prompt", "list", TENANT)["prompts"][0]["recorded"] is None


def test_r3_another_tenant_never_hears_or_changes_it(reception: Reception) -> None:
    pin, others = pin_of(reception, TENANT), pin_of(reception, OTHER)
    assert pin != others

    async def play(stage: Stage) -> None:
        mine, theirs = spoken_by_ada(stage), spoken_by_ada(stage, "others", 3.0)
        others_sound = await stage.bench.sounds(seed(stage.prompt("welcome", tenant=OTHER)))
        await (await let_in(stage, pin)).keep(mine)
        assert stage.bench.ear.match(await heard_by_a_caller(stage, OTHERS_NUMBER), others_sound).heard
        stranger = await dialled(stage, tenant=OTHER)
        await stranger.type_pin(pin)
        await stranger.hears(WRONG)
        await stranger.type_pin(others)
        await stranger.hears(MENU)
        await stranger.keep(theirs)
        assert stage.bench.ear.match(await heard_by_a_caller(stage, OTHERS_NUMBER), theirs).heard
        assert stage.bench.ear.match(await heard_by_a_caller(stage), mine).heard
        refused = await (await stage.phone("ada", tenant=OTHER)).call("*772")  # a number of the first tenant alone
        assert await refused.until(timeout=10) is CallState.ENDED

    reception.on_stage(TENANT, play)


def test_r3_an_audio_file_takes_the_place_also_in_a_queue_and_at_one_loudness(
    reception: Reception, tmp_path: Path
) -> None:
    file = tmp_path / "quiet.flac"
    words = ["espeak-ng", "-v", "en-us+f2", "-w", str(tmp_path / "words.wav"), "Please stay on the line for a moment."]
    subprocess.run(words, check=True)
    subprocess.run(["sox", str(tmp_path / "words.wav"), str(file), "gain", "-25", "pad", "2", "3"], check=True)
    reception.pbx("prompt", "import", TENANT, "please-wait", str(file))
    reception.pbx("prompt", "export", TENANT, "please-wait", str(tmp_path / "heard.wav"))
    imported = (tmp_path / "heard.wav").read_bytes()

    async def play(stage: Stage) -> None:
        member, colleague = await stage.phone("ada"), await stage.phone("bo")
        await member.call("11")
        await stage.pick_up(colleague)  # so the queue's one member is busy
        call = await stage.dial(await stage.outside(), QUEUE)
        await stage.hears(call, stage.prompt("please-wait"), within=30)
        match = stage.bench.ear.match(await call.heard(), imported)
        assert match.coverage > 0.9
        heard = await call.heard()
        await call.hang_up()
        begin = round((match.offset + 2) * RATE)
        sound = level.loudness(read(heard)[begin : begin + 2 * RATE])
        assert sound == pytest.approx(level.LOUDNESS, abs=2)

    reception.on_stage(TENANT, play)


@pytest.mark.row("R3")
def test_r3_a_file_that_the_tenant_declares_is_what_callers_hear(reception: Reception, tmp_path: Path) -> None:
    """A recording as people send them, 22 kHz or more, is put into the telephones' form and level."""
    declared, reference = reception.path / "prompts" / "river.flac", tmp_path / "reference.wav"
    declared.parent.mkdir(exist_ok=True)
    words = "This was recorded by the river, on the day before the move."
    subprocess.run(["espeak-ng", "-v", "en", "-w", str(tmp_path / "spoken.wav"), words], check=True)
    subprocess.run(["sox", str(tmp_path / "spoken.wav"), "-r", "44100", "-c", "2", str(declared)], check=True)
    subprocess.run(["sox", str(declared), "-r", str(RATE), "-c", "1", "-b", "16", str(reference)], check=True)

    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside("+46701740641"), "+46406280401")
        await stage.hears(call, stage.prompt("office"))
        assert await call.until(timeout=10) is CallState.ENDED
        assert stage.bench.ear.match(await call.heard(), reference.read_bytes()).heard

    text = '{text: {en: "You have reached the second office, by the river."}}'
    try:
        with reception.changed("numbers", {text: "{file: prompts/river.flac}"}):
            assert reception.apply()["lab.tenant.numbers"] == "applied"
            reception.on_stage("numbers", play)
    finally:
        declared.unlink()
