"""The ear and the voice on synthesised sound: each case beside its nearest neighbour."""

from __future__ import annotations

import io
import math
import struct
import wave

import numpy as np
import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import NotAudio, Samples, read, write

EAR, VOICE = NumpyEar(), NumpyVoice()
RATE = 8000


def through_g711(samples: Samples) -> Samples:
    """µ-law by its formula: the same companding curve as the coder's table, in 256 steps."""
    folded = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    steps = np.round(folded * 127) / 127
    return np.sign(steps) * (256 ** np.abs(steps) - 1) / 255


def noise(seconds: float, level: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).normal(0, 10 ** (level / 20), int(seconds * RATE))


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE))


def joined(*parts: Samples) -> bytes:
    return write(np.concatenate(parts))


def speech(seed: int, seconds: float = 3.0) -> Samples:
    """Sentences of one monotonous voice: the same pitch, other formants for each syllable."""
    rng, place = np.random.default_rng(seed), np.arange(int(0.2 * RATE)) / RATE
    syllables = []
    for _ in range(int(seconds / 0.2)):
        formants = rng.uniform(300, 3000, 3)
        harmonics = np.arange(1, 28)
        weights = sum(np.exp(-(((harmonics * 118 - each) / 180) ** 2)) for each in formants)
        syllable = (
            weights[:, None] * np.sin(2 * math.pi * 118 * harmonics[:, None] * place + rng.uniform(0, 0.4))
        ).sum(0)
        syllables.append(syllable * np.sin(math.pi * place / 0.2))
    sound = np.concatenate(syllables)
    return 0.4 * sound / np.abs(sound).max()


def test_a_written_file_reads_back() -> None:
    assert np.allclose(read(write(np.array([0.0, 0.5, -0.5, 2.0]))), [0, 0.5, -0.5, 1], atol=1e-3)


def test_a_file_still_being_written_is_read_as_far_as_it_goes() -> None:
    whole = VOICE.tone(440, 1)
    begun = whole[:40] + b"\0\0\0\0" + whole[44:12045]
    assert EAR.seconds(begun) == pytest.approx(0.75, abs=0.01)
    assert EAR.seconds(whole[:30]) == 0
    assert EAR.seconds(b"") == 0


def test_stereo_and_other_rates_become_telephone_audio() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        one = (8000 * np.sin(2 * math.pi * 600 * np.arange(44100) / 44100)).astype("<i2")
        file.writeframes(np.stack([one, one], axis=1).tobytes())
    tone = EAR.tone(out.getvalue(), 600)
    assert tone.heard
    assert tone.seconds == pytest.approx(1)
    assert tone.level == pytest.approx(20 * math.log10(8000 / 32768) - 3, abs=0.5)


@pytest.mark.parametrize(("encoding", "code"), [(6, 0xD5), (7, 0xFF)])
def test_g711_files_are_read(encoding: int, code: int) -> None:
    body = bytes([code]) * 800
    header = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, encoding, 1, 8000, 8000, 1, 8)
    chunk = header + b"data" + struct.pack("<I", len(body)) + body
    samples = read(b"RIFF" + struct.pack("<I", len(chunk)) + chunk)
    assert len(samples) == 800
    assert np.max(np.abs(samples)) < 0.001


@pytest.mark.parametrize("bad", [b"hello, this is text", b"RIFF\0\0\0\0WAVEdata\0\0\0\0"])
def test_what_is_no_wav_is_refused(bad: bytes) -> None:
    with pytest.raises(NotAudio, match="expected"):
        read(bad)


TONES = {
    "the tone itself": (VOICE.tone(1000, 2), 1000, True),
    "one step beside it": (VOICE.tone(1060, 2), 1000, False),
    "quiet": (write(0.01 * np.sin(2 * math.pi * 1000 * np.arange(16000) / RATE)), 1000, True),
    "under the noise of a line": (write(0.001 * np.sin(2 * math.pi * 1000 * np.arange(16000) / RATE)), 1000, False),
    "silence": (VOICE.silence(2), 1000, False),
    "nothing": (b"", 1000, False),
    "with little noise": (joined(read(VOICE.tone(1000, 2)) + noise(2, -35)), 1000, True),
    "lost in noise": (joined(read(VOICE.tone(1000, 2)) + noise(2, -10)), 1000, False),
    "three quarters of the time": (joined(read(VOICE.tone(1000, 1.5)), silence(0.5)), 1000, False),
    "nine tenths of the time": (joined(read(VOICE.tone(1000, 1.8)), silence(0.2)), 1000, True),
    "after a coder": (write(through_g711(read(VOICE.tone(1000, 2)))), 1000, True),
    "a menu's voice": (write(speech(1)), 1000, False),
}


@pytest.mark.parametrize("name", TONES)
def test_tone(name: str) -> None:
    wav, hertz, heard = TONES[name]
    assert EAR.tone(wav, hertz).heard is heard, EAR.tone(wav, hertz)


def test_tone_tells_level_gap_and_span() -> None:
    wav = joined(read(VOICE.tone(800, 1)), silence(0.4), read(VOICE.tone(800, 1)))
    tone = EAR.tone(wav, 800)
    assert tone.level == pytest.approx(-12.1, abs=0.3)
    assert tone.longest_gap == pytest.approx(0.4, abs=0.05)
    assert tone.share == pytest.approx(2 / 2.4, abs=0.05)
    assert EAR.tone(wav, 800, start=1.04, end=1.36).share == 0


def test_level_takes_the_loudest_moment() -> None:
    assert EAR.level(joined(silence(1), read(VOICE.tone(500, 0.3)))) == pytest.approx(-12.1, abs=0.3)
    assert EAR.level(VOICE.silence(1)) == -math.inf
    assert EAR.level(VOICE.tone(500, 1), start=1) == -math.inf


WELCOME, CLOSED = speech(1), speech(2)
PROMPTS = {
    "right": (joined(silence(1.3), through_g711(WELCOME), silence(1)), True),
    "other words of the same voice": (joined(silence(1.3), through_g711(CLOSED), silence(1)), False),
    "quieter": (joined(silence(0.7), 0.05 * WELCOME), True),
    "in line noise": (joined(noise(0.5, -40), WELCOME + noise(3, -30), noise(1, -40)), True),
    "only noise": (write(noise(6, -20)), False),
    "only silence": (VOICE.silence(6), False),
    "nothing": (b"", False),
    "two packets lost": (joined(silence(1), WELCOME[:8000], WELCOME[8320:16000], silence(0.02), WELCOME[16000:]), True),
    "a packet repeated": (joined(WELCOME[:8000], WELCOME[7840:]), True),
    "a stall of 0.8 s in the middle": (joined(silence(0.2), WELCOME[:13000], silence(0.8), WELCOME[13000:]), True),
    "a stall of 3 s in the middle": (joined(silence(0.2), WELCOME[:13000], silence(3), WELCOME[13000:]), False),
    "the first tenth missed": (joined(WELCOME[2400:], silence(1)), True),
    "cut after a third": (joined(silence(1), WELCOME[:8000], silence(3)), False),
    "cut after nine tenths": (joined(silence(1), WELCOME[:21600]), True),
    "after another prompt": (joined(CLOSED, silence(0.5), WELCOME), True),
    "its pieces in another order": (joined(WELCOME[16000:], WELCOME[8000:16000], WELCOME[:8000]), False),
    "a tone": (VOICE.tone(440, 5), False),
    "upside down, as some lines are not": (joined(-WELCOME), False),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_prompt(name: str) -> None:
    wav, heard = PROMPTS[name]
    match = EAR.match(wav, write(WELCOME))
    assert match.heard is heard, match


WORD, OTHER_WORD = speech(3, 0.6), speech(4, 0.6)
SLIPS = {
    "a packet left out": lambda sound, at: (sound[:at], sound[at + 160 :]),
    "three packets left out": lambda sound, at: (sound[:at], sound[at + 480 :]),
    "a packet of silence filled in": lambda sound, at: (sound[:at], silence(0.02), sound[at:]),
    "two packets of silence filled in": lambda sound, at: (sound[:at], silence(0.04), sound[at:]),
    "a packet repeated": lambda sound, at: (sound[:at], sound[at - 160 :]),
}


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("name", SLIPS)
def test_a_short_word_is_heard_through_a_slip_of_a_jitter_buffer(name: str, tenth: int) -> None:
    """A word is one piece: where a slip halves it, neither half alone would be enough."""
    slip, at = SLIPS[name], tenth * len(WORD) // 10
    heard = joined(CLOSED, silence(0.3), *map(through_g711, slip(WORD, at)), silence(0.5))
    assert EAR.match(heard, write(WORD)).heard
    assert not EAR.match(heard, write(OTHER_WORD)).heard


@pytest.mark.parametrize(("before", "start"), [(0.0, 0.0), (1.3, 0.0), (4.0, 2.0)])
def test_prompt_offset(before: float, start: float) -> None:
    wav = joined(silence(before), WELCOME, silence(1))
    assert EAR.match(wav, joined(silence(0.25), WELCOME), start).offset == pytest.approx(before - 0.25, abs=0.03)


def test_what_was_missed_at_the_beginning_gives_a_negative_offset() -> None:
    assert EAR.match(write(WELCOME[4000:]), write(WELCOME)).offset == pytest.approx(-0.5, abs=0.03)


def test_a_signature_is_found_only_by_its_seed() -> None:
    mine, other = VOICE.signature("klinik/1", 3), VOICE.signature("klinik/2", 3)
    recorded = joined(noise(1, -45), through_g711(0.3 * read(mine)), noise(1, -45))
    assert EAR.match(recorded, mine).score > 0.9
    assert EAR.match(recorded, other).score < 0.4
    assert VOICE.signature("klinik/1", 3) == mine


def test_padding_keeps_the_sound_and_adds_silence() -> None:
    padded = VOICE.padded(VOICE.tone(440, 1), 2)
    assert EAR.seconds(padded) == 3
    assert EAR.tone(padded, 440, end=1).heard
    assert EAR.level(padded, start=1.1) == -math.inf
