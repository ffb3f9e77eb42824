#!/usr/bin/python3
"""What was said in a message? The writer of messages that a core node has by itself, without any network.

Standard input: one line of JSON, `{"language": "en", "rate": 8000}`, then the message as signed 16-bit little-endian
samples up to the end. Standard output: one line of JSON, `{"text": "…"}`; an empty text where nothing was made out.
Another program that is asked and answers like this can take its place.

pocketsphinx with what Debian packages for it: an acoustic model of broadband English, a dictionary and trigrams of
general English. It writes neither signs nor capitals, takes names for other words, and hears English in everything: a
language that it does not know is refused.
"""

from __future__ import annotations

import array
import json
import math
import sys
from collections.abc import Iterator

from hear_words import MODEL, Engine, prepared

LANGUAGE = "en"
NOISE = 60
"""As of hear_words: deviation of the noise that fills the half of the band that telephones cut off."""
PAUSE, SHORT, LONG = 0.4, 6.0, 20.0
"""Seconds: a piece ends at such a pause when it is longer than the second, and anywhere at the third."""
LEAST = 0.2
"""Seconds: pocketsphinx ends in an assertion of its own where it is given some hundredths of one."""
QUIET = 0.1
"""Of the message's usual level: what counts as a pause."""


def pieces(samples: bytes, rate: int) -> Iterator[bytes]:
    """The message cut where its speaker breathes: the search takes the more memory the longer it lasts."""
    frame = 2 * (rate // 50)
    frames = [samples[start : start + frame] for start in range(0, len(samples), frame)]
    levels = [_level(each) for each in frames]
    limit = QUIET * math.sqrt(sum(each * each for each in levels) / max(len(levels), 1))
    begin = quiet = 0
    for index, level in enumerate(levels):
        quiet = quiet + 1 if level <= limit else 0
        length, left = (index + 1 - begin) / 50, (len(frames) - index - 1) / 50
        if 0 < left < LEAST:
            continue
        if (quiet >= PAUSE * 50 and length >= SHORT) or length >= LONG:
            yield b"".join(frames[begin : index + 1])
            begin, quiet = index + 1, 0
    if begin < len(frames):
        yield b"".join(frames[begin:])


def _level(frame: bytes) -> float:
    """Root mean square of the samples."""
    found = array.array("h", frame[: len(frame) // 2 * 2])
    return math.sqrt(sum(each * each for each in found) / max(len(found), 1))


def written(language: str, rate: int, samples: bytes) -> str:
    if language[:2] != LANGUAGE:
        raise SystemExit(f"only {LANGUAGE} is understood, not {language}")
    if not any(samples) or len(samples) < 2 * rate * LEAST:
        return ""
    engine = Engine({"dict": f"{MODEL}/cmudict-en-us.dict", "lm": f"{MODEL}/en-us.lm.bin"})
    heard = (engine.search(prepared(each, rate, NOISE))[0] for each in pieces(samples, rate))
    return " ".join(each for each in heard if each)


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.readline())
    print(json.dumps({"text": written(str(asked["language"]), int(asked["rate"]), sys.stdin.buffer.read())}))
