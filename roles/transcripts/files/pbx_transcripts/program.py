"""Asks the program that writes: a line of JSON and the samples go in, a line of JSON comes out (role `speech`)."""

from __future__ import annotations

import json
import subprocess
import wave
from pathlib import Path
from typing import BinaryIO

CONFIG = Path("/etc/pbx/transcripts.json")
FIRST, FACTOR = 60, 4
"""Seconds that the program may take for any message, and for each second of it."""
LONGEST = 20_000
"""Characters; what is more is cut off."""


class Failed(Exception):
    """The program gave no text; the message says why."""


def write(sound: BinaryIO, language: str) -> str:
    """What is said in a recording of Asterisk's; raises Failed."""
    try:
        with wave.open(sound) as recording:
            rate, samples = recording.getframerate(), recording.readframes(recording.getnframes())
            if (recording.getnchannels(), recording.getsampwidth()) != (1, 2):
                raise Failed("the recording is not one channel of 16 bits")
        path = json.loads(CONFIG.read_bytes())["program"]
        question = json.dumps({"language": language, "rate": rate}).encode() + b"\n"
        seconds = FIRST + FACTOR * len(samples) / 2 / rate
        done = subprocess.run([path], input=question + samples, capture_output=True, timeout=seconds, check=False)
        if done.returncode:
            raise Failed(f"{path} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
        text = json.loads(done.stdout)["text"]
        if not isinstance(text, str):
            raise Failed(f"{path} gave no text")
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{error.cmd[0]} gave no text within {error.timeout:.0f} s") from None
    except (OSError, EOFError, wave.Error, ValueError, KeyError, TypeError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from None
    return "".join(each for each in text if each.isprintable() or each == "\n").strip()[:LONGEST]
