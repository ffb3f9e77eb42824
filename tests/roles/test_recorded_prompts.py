"""What users record in place of prompts: levelled, kept, thrown away, put in and reset by the node's own program."""

from __future__ import annotations

import io
import json
import math
import os
import runpy
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "asterisk_common" / "module_utils"))

import pbx_prompts

from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import RATE, read, write
from provisioner.adapters.sounds.level import LOUDNESS, levelled, loudness

PROGRAM = Path(__file__).parents[2] / "roles/asterisk/files/recorded_prompts.py"
SAID = NumpyVoice().signature("somebody says something", 2.0)


class Node:
    """The program with folders of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        folders = [home / each for each in ("prompts", "activities", "sounds", "tenants")]
        self.prompts, self.activities, self.sounds, self.tenants = folders
        for each in folders:
            each.mkdir()
        text = PROGRAM.read_text()
        for name, path in zip(("PROMPTS", "ACTIVITIES", "SOUNDS", "TENANTS"), folders, strict=True):
            begin = text.index(f'\n{name} = Path("') + 1
            text = text[:begin] + f"{name} = Path({str(path)!r})" + text[text.index("\n", begin) :]
        self.program = home / "recorded_prompts.py"
        self.program.write_text(text)
        self.own: dict[str, Any] = runpy.run_path(str(self.program))

    def dialplan(self, verb: str, *paths: Path) -> str:
        """As Asterisk runs it: facts, an empty line, and an answer to each command. The value that PBX_DONE gets."""
        command = [sys.executable, str(self.program), verb, *map(str, paths)]
        facts = "agi_request: x\nagi_uniqueid: 1.1\n\n200 result=1\n200 result=1\n"
        said = subprocess.run(command, input=facts, capture_output=True, text=True, check=True).stdout.splitlines()
        assert said[-1].startswith("SET VARIABLE PBX_DONE ")
        return said[-1].rpartition(" ")[2]

    def scratch(self, wav: bytes, tenant: str = "acme") -> Path:
        path = self.prompts / tenant / ".new" / "core-1790000000.12.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav)
        return path

    def seed(self, name: str, wav: bytes, tenant: str = "acme") -> Path:
        """Lays down a declared sound, as an apply does."""
        digest = (name.replace("/", "") * 64)[:64]
        sound = self.sounds / digest[:2] / f"{digest}.wav"
        sound.parent.mkdir(exist_ok=True)
        sound.write_bytes(wav)
        (self.tenants / tenant).mkdir(exist_ok=True)
        manifest = self.tenants / tenant / "sounds.json"
        known = json.loads(manifest.read_text()) if manifest.exists() else {}
        manifest.write_text(json.dumps({**known, digest: {"seeds": [name]}}))
        return sound


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    me = SimpleNamespace(pw_uid=os.getuid(), pw_gid=os.getgid())
    monkeypatch.setattr("pwd.getpwnam", lambda _: me)
    return Node(tmp_path)


def with_pauses(wav: bytes, gain: float) -> bytes:
    pause = np.random.default_rng(1).normal(0, 0.0005, 2 * RATE)
    return write(np.concatenate([pause, gain * read(wav), pause]))


@pytest.mark.parametrize("gain", [0.03, 0.3, 2.5])
def test_what_is_recorded_gets_the_loudness_of_all_prompts(node: Node, gain: float) -> None:
    path = node.scratch(with_pauses(SAID, gain))
    assert node.dialplan("level", path) == "yes"
    sound = read(path.read_bytes())
    found = loudness(sound)
    assert found == pytest.approx(LOUDNESS, abs=1.0)
    assert len(sound) / RATE == pytest.approx(2.2, abs=0.1), "the pauses around it are gone"
    assert np.abs(sound).max() < 1
    again = levelled(read(with_pauses(SAID, gain)))
    assert again is not None
    assert loudness(again) == pytest.approx(found, abs=0.5), "as an upload would be"


@pytest.mark.parametrize(
    "silence",
    [
        write(np.zeros(3 * RATE)),
        write(np.random.default_rng(2).normal(0, 0.001, 3 * RATE)),
        write(np.concatenate([np.zeros(RATE), 0.5 * np.ones(400), np.zeros(RATE)])),  # a click
        write(np.zeros(10)),
        b"",
        b"RIFF????WAVE",
    ],
    ids=["nothing", "a quiet line", "a click", "an instant", "no file yet", "half a file"],
)
def test_where_nothing_was_said_there_is_nothing_to_keep(node: Node, silence: bytes) -> None:
    assert node.dialplan("level", node.scratch(silence)) == "no"


def test_a_kept_recording_takes_the_place_of_the_declared_sound_and_not_the_sound_itself(node: Node) -> None:
    sound = node.seed("welcome/en", b"declared")
    pbx_lay(node, "acme", {"welcome/en": sound})
    place = node.prompts / "acme/welcome/en.wav"
    assert place.read_bytes() == b"declared"
    scratch = node.scratch(SAID)
    old = scratch.with_name("left.wav")
    old.write_bytes(b"")
    os.utime(old, (time.time() - 4000, time.time() - 4000))
    assert node.dialplan("keep", scratch, place) == "yes"
    assert (place.read_bytes(), sound.read_bytes()) == (SAID, b"declared")
    assert list(scratch.parent.iterdir()) == []
    assert node.dialplan("drop", scratch) == "yes"
    assert node.dialplan("keep", scratch, place) == "no", "there is nothing to keep any more"
    assert place.read_bytes() == SAID


@pytest.mark.parametrize("place", ["../other/welcome/en.wav", "acme/Welcome/en.wav", "acme/welcome/english.wav"])
def test_nothing_is_kept_elsewhere(node: Node, place: str) -> None:
    assert node.dialplan("keep", node.scratch(SAID), node.prompts / place) == "no"
    assert not (node.prompts / place).exists()


@pytest.mark.row("A6")
@pytest.mark.parametrize(
    ("place", "kept"), [("acme/anna/lunch.wav", "yes"), ("acme/anna/Lunch.wav", "no"), ("../acme/anna/lunch.wav", "no")]
)
def test_the_message_of_an_activity_is_kept_in_its_place_alone(node: Node, place: str, kept: str) -> None:
    assert node.dialplan("keep", node.scratch(SAID), node.activities / place) == kept
    assert (node.activities / place).exists() == (kept == "yes")


def pbx_lay(node: Node, tenant: str, seeds: dict[str, Path]) -> None:
    make: Callable[[Path], object] = lambda path: path.mkdir(parents=True, exist_ok=True)  # noqa: E731
    before, pbx_prompts.PROMPTS = pbx_prompts.PROMPTS, node.prompts
    try:
        pbx_prompts.lay(tenant, seeds, make)
    finally:
        pbx_prompts.PROMPTS = before


def test_an_apply_changes_what_is_declared_and_never_what_is_recorded(node: Node) -> None:
    old, new = node.seed("welcome/en", b"old"), node.seed("closed/all", b"new")
    pbx_lay(node, "acme", {"welcome/en": old, "closed/all": old})
    node.own["put"]("acme", "welcome/en", SAID)
    pbx_lay(node, "acme", {"welcome/en": new, "closed/all": new})
    assert (node.prompts / "acme/welcome/en.wav").read_bytes() == SAID
    assert (node.prompts / "acme/closed/all.wav").read_bytes() == b"new"
    pbx_lay(node, "acme", {})
    assert (node.prompts / "acme/welcome/en.wav").read_bytes() == SAID, (
        "the prompt is gone from the file, not from here"
    )
    assert not (node.prompts / "acme/closed/all.wav").is_symlink()
    with pytest.raises(ValueError, match="names no prompt"):
        pbx_lay(node, "acme", {"../b/en": new})


def test_listed_put_and_reset(node: Node) -> None:
    pbx_lay(node, "acme", {"welcome/en": node.seed("welcome/en", b"declared")})
    assert node.own["listed"]("acme") == []
    node.own["put"]("acme", "welcome/en", SAID)
    node.own["put"]("acme", "gone/all", SAID)
    gone, welcome = node.own["listed"]("acme")
    assert (gone["name"], welcome["name"]) == ("gone/all", "welcome/en")
    assert welcome["seconds"] == pytest.approx(2.0, abs=0.1)
    assert time.time() - welcome["at"] < 60
    assert node.own["listed"]("other") == []
    node.own["reset"]("acme", "welcome/en")
    node.own["reset"]("acme", "gone/all")
    assert (node.prompts / "acme/welcome/en.wav").read_bytes() == b"declared"
    assert not (node.prompts / "acme/gone/all.wav").exists()
    assert node.own["listed"]("acme") == []


def test_only_the_telephones_form_is_put(node: Node) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, 44100, 0, "NONE", ""))
        file.writeframes(bytes(4 * round(math.pi)))
    for content in (out.getvalue(), b"no sound"):
        with pytest.raises(wave.Error):
            node.own["put"]("acme", "welcome/en", content)
    assert node.own["listed"]("acme") == []
