"""Callers say whom they seek (R9): synthetic voices over the telephone network, the real recogniser on the core."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.core.ports.sip import CallState, SipCall
from provisioner.core.probes import Answers, Dials, HangsUp, Hears, Outside, Phone, Presses, Rings
from provisioner.features.voice_attendants.asterisk import connecting
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, SWEDISH, ENGLISH = "speaking", "+46313900650", "+46313900651"


def voice(folder: Path, text: str, name: str) -> bytes:
    """A caller's words, as a telephone sends them. No caller speaks with the prompts' voice."""
    raw, wav = folder / "raw.wav", folder / "voice.wav"
    subprocess.run(["espeak-ng", "-v", name, "-s", "150", "-w", str(raw), text], check=True)
    shape = ["-r", "8000", "-c", "1", "-b", "16", str(wav), "gain", "-n", "-8", "pad", "0.2", "0.2"]
    subprocess.run(["sox", "-R", str(raw), *shape], check=True)
    return wav.read_bytes()


def mumbling(folder: Path) -> bytes:
    """Speech that holds no word of the attendant's, as from somebody who does not know whom to ask for."""
    return voice(folder, "ja alltså öh jag vet inte", "sv+m3")


async def asked(stage: Stage, number: str, language: str) -> SipCall:
    call = await stage.dial(await stage.outside(), number)
    await stage.hears(call, stage.prompt("who", language))
    return call


@pytest.mark.row("R9")
@pytest.mark.parametrize(
    ("number", "language", "speaker", "words", "user", "told"),
    [
        (SWEDISH, "sv", "sv+f2", "Lars Johansson", "lars", "Lars Johansson"),
        (SWEDISH, "sv", "sv+m3", "Karin Svensson", "karin", "Karin Svensson"),
        (ENGLISH, "en", "en-gb+m3", "Lars Johansson", "lars", "Lars Johansson"),
    ],
)
def test_r9_a_spoken_name_rings_its_telephone(
    reception: Reception, tmp_path: Path, number: str, language: str, speaker: str, words: str, user: str, told: str
) -> None:
    async def play(stage: Stage) -> None:
        phone = await stage.phone(user)
        call = await asked(stage, number, language)
        await call.play(voice(tmp_path, words, speaker))
        rung = await stage.pick_up(phone, within=30)
        heard = await stage.recognise(call, {"connecting": connecting(told)[language]})
        assert [each.words for each in heard] == ["connecting"]
        await rung.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("R9")
def test_r9_a_synonym_leads_to_its_department(reception: Reception, tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        call = await asked(stage, SWEDISH, "sv")
        await call.play(voice(tmp_path, "ekonomiavdelningen", "sv+m3"))
        await stage.hears(call, stage.prompt("economy"), within=30)
        assert await call.until(timeout=10) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("R9")
def test_r9_mumbling_is_asked_again_and_ends_at_a_person(reception: Reception, tmp_path: Path) -> None:
    async def play(stage: Stage) -> list[str]:
        vera = await stage.phone("vera")
        call = await asked(stage, SWEDISH, "sv")
        await call.play(mumbling(tmp_path))
        await stage.hears(call, stage.prompt("again"), within=30)
        await asyncio.sleep(1.5)  # the question is asked once more
        await call.play(mumbling(tmp_path))
        rung = await stage.pick_up(vera, within=40)
        heard = await stage.recognise(call, {name: stage.prompt(name) for name in ("who", "again", "silent")})
        await rung.hang_up()
        return [each.words for each in heard]

    assert set(reception.on_stage(TENANT, play)) == {"who", "again"}


@pytest.mark.row("R9")
def test_r9_who_says_nothing_comes_to_a_person(reception: Reception) -> None:
    caller, vera = Outside(CALLER), Phone("vera")
    sounds = reception.specification().scopes[TENANT].sounds
    reception.perform(
        TENANT,
        Dials(caller, SWEDISH),
        Hears(caller, sounds["who"]["sv"]),
        Hears(caller, sounds["silent"]["sv"], within=30),
        Rings(vera, CALLER, within=40),
        Answers(vera),
        HangsUp(caller),
        seconds=120,
    )


@pytest.mark.row("R9")
def test_r9_a_key_works_beside_the_voice(reception: Reception) -> None:
    caller, vera = Outside(CALLER), Phone("vera")
    who = reception.specification().scopes[TENANT].sounds["who"]["sv"]
    reception.perform(
        TENANT, Dials(caller, SWEDISH), Hears(caller, who), Presses(caller, "0"), Rings(vera, CALLER), HangsUp(caller)
    )


@pytest.mark.row("R9")
def test_r9_without_a_recogniser_everybody_comes_to_a_person_at_once(reception: Reception) -> None:
    caller, vera = Outside(CALLER), Phone("vera")
    with stopped(reception):
        reception.perform(TENANT, Dials(caller, SWEDISH), Rings(vera, CALLER), HangsUp(caller))


@contextmanager
def stopped(reception: Reception) -> Iterator[None]:
    reception.run("core", "systemctl stop pbx-speech")
    try:
        yield
    finally:
        reception.run("core", "systemctl start pbx-speech")


@pytest.mark.row("R9")
def test_r9_who_hangs_up_while_speaking_leaves_nothing_behind(reception: Reception, tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        call = await asked(stage, SWEDISH, "sv")
        await call.play(voice(tmp_path, "Lars", "sv+f2"))
        await asyncio.sleep(0.6)
        await call.hang_up()
        assert await call.until(timeout=5) is CallState.ENDED
        for _ in range(50):
            if "0 active channels" in reception.asterisk("core show channels count"):
                return
            await asyncio.sleep(0.2)
        raise AssertionError(reception.asterisk("core show channels"))

    reception.on_stage(TENANT, play)
