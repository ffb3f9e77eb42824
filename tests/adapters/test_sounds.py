"""Sounds made by the real espeak-ng and sox."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import wave
from pathlib import Path

import pytest

from provisioner.adapters.sounds import LocalSoundMaker
from provisioner.core.artifacts import Recording, Speech, recipe_digest
from provisioner.core.ports.sounds import SoundFailed

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("sox")), reason="needs espeak-ng and sox: `make setup`"
)

WELCOME = Speech("Välkommen till kliniken.", "sv")


def maker(folder: Path) -> LocalSoundMaker:
    return LocalSoundMaker(folder, into=folder / "out", cache=folder / "cache")


def form(path: str) -> tuple[int, int, int]:
    with wave.open(path) as sound:
        return sound.getframerate(), sound.getsampwidth(), sound.getnchannels()


def loudness(path: str) -> float:
    said = subprocess.run(["sox", path, "-n", "stats"], capture_output=True, text=True, check=True).stderr
    return float(next(line for line in said.splitlines() if line.startswith("RMS lev dB")).split()[3])


def recording(folder: Path, name: str, *effect: str) -> Recording:
    path = folder / name
    subprocess.run(["sox", "-n", "-r", "44100", "-c", "2", str(path), "synth", "2", *effect], check=True)
    return Recording(name, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("speech", [WELCOME, Speech("Welcome to the clinic.", "en-GB"), Speech("-v -w x; $(id)", "en")])
def test_text_is_spoken_in_the_telephones_form(tmp_path: Path, speech: Speech) -> None:
    (path,) = maker(tmp_path).make([speech]).values()
    assert Path(path) == tmp_path / "out" / f"{recipe_digest(speech)}.wav"
    assert form(path) == (8000, 2, 1)
    assert loudness(path) == pytest.approx(-20, abs=2)


@pytest.mark.parametrize("gain", ["0.02", "0.9"])
def test_uploads_are_converted_and_equally_loud(tmp_path: Path, gain: str) -> None:
    (path,) = maker(tmp_path).make([recording(tmp_path, "a.flac", "sine", "440", "vol", gain)]).values()
    assert form(path) == (8000, 2, 1)
    assert loudness(path) == pytest.approx(-20, abs=2)


def test_equal_recipes_give_equal_bytes_and_are_made_once(tmp_path: Path) -> None:
    first = maker(tmp_path / "a").make([WELCOME, WELCOME])
    again = maker(tmp_path / "b").make([WELCOME])
    assert [Path(each).read_bytes() for each in first.values()] == [Path(each).read_bytes() for each in again.values()]
    (path,) = (tmp_path / "a" / "cache").glob("*/*.wav")
    path.write_bytes(b"kept")
    (tmp_path / "a" / "out" / path.name).unlink()
    assert [Path(each).read_bytes() for each in maker(tmp_path / "a").make([WELCOME]).values()] == [b"kept"]


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    maker(tmp_path).make([Speech(each, "en") for each in ("one", "two", "three")], lambda *each: seen.append(each))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_language_without_a_voice(tmp_path: Path) -> None:
    with pytest.raises(SoundFailed, match="no voice 'xx' for the text “Hello” \\(xx\\)") as caught:
        maker(tmp_path).make([Speech("Hello", "xx")])
    assert "espeak-ng --voices" in caught.value.remedy
    assert not list(tmp_path.glob("**/*.wav"))


def test_files_that_are_no_sound(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"no sound at all")
    digest = hashlib.sha256(b"no sound at all").hexdigest()
    with pytest.raises(SoundFailed, match=r"sox could not convert x\.wav"):
        maker(tmp_path).make([Recording("x.wav", digest)])
    with pytest.raises(SoundFailed, match=r"x\.wav has changed since it was compiled"):
        maker(tmp_path).make([Recording("x.wav", "0" * 64)])
    with pytest.raises(SoundFailed, match=r"y\.wav: No such file"):
        maker(tmp_path).make([Recording("y.wav", digest)])


def test_silence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundFailed, match=r"a\.wav is silent"):
        maker(tmp_path).make([recording(tmp_path, "a.wav", "sine", "440", "vol", "0")])


def test_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SoundFailed, match="espeak-ng is not installed") as caught:
        maker(tmp_path).make([WELCOME])
    assert "apt install espeak-ng sox" in caught.value.remedy
