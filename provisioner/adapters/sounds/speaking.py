"""Texts as speech: by espeak-ng, which knows a hundred languages, or by piper where the recipe names its voice.

Both are programs of their own and no part of this package; piper is under the GPL and its voices under licences of
their own, so neither is installed by us, but for tests of them (`bin/setup tests`). Texts go in by standard input:
nothing that a tenant wrote is ever part of a command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provisioner.core.artifacts import Speech
from provisioner.core.ports.sounds import SoundFailed
from provisioner.core.voices import CONFIGURATION

WORDS_A_MINUTE = 155
SECONDS = 60
"""For one text; one of 2,000 characters takes espeak-ng two, piper twenty."""


def spoken(speech: Speech, folder: Path, what: str) -> bytes:
    """A WAV file; a voice is a file below `folder`."""
    with tempfile.TemporaryDirectory(prefix="pbx-speech-") as home:
        target = Path(home) / "spoken.wav"
        speak = _piper if speech.voice else _espeak
        speak(speech, folder, target, what)
        return target.read_bytes()


def _espeak(speech: Speech, _: Path, target: Path, what: str) -> None:
    voice = speech.language.lower()
    command = ["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdin", "-w", str(target)]
    # Ubuntu's espeak-ng leaves the last character of its input unread, Debian's does not: let it be a line's end.
    said = _run(command, f"{speech.text}\n", what, "`apt install espeak-ng`")
    if said.returncode and "voice does not exist" in said.stderr:
        raise SoundFailed(
            f"espeak-ng has no voice {voice!r} for {what}",
            "`espeak-ng --voices` lists its languages; choose one of them, or upload a recording instead of the text",
        )
    if said.returncode or not target.is_file():
        raise SoundFailed(f"espeak-ng could not speak {what}: {said.stderr.strip()}", "change the text")


def _piper(speech: Speech, folder: Path, target: Path, what: str) -> None:
    voice = folder / speech.voice
    for needed in (voice, voice.with_name(voice.name + CONFIGURATION)):
        if not needed.is_file():
            raise SoundFailed(f"there is no {needed} to speak {what}", "put the voice's two files there")
    # No noise: a text sounds the same each time it is made.
    command = [_beside("piper"), "-m", str(voice), "-f", str(target), "--noise-scale", "0", "--noise-w-scale", "0"]
    said = _run(command, speech.text, what, "`pip install piper-tts`, or take the voice out of provider.yaml")
    if said.returncode or not target.is_file():
        last = (said.stderr.strip().splitlines() or ["no message"])[-1]
        raise SoundFailed(f"piper could not speak {what}: {last}", f"try `piper -m {voice}` by hand")


def _beside(program: str) -> str:
    """The program of the Python environment that we run in, if it is there."""
    return shutil.which(program, path=str(Path(sys.executable).parent)) or program


def _run(command: Sequence[str], text: str, what: str, install: str) -> subprocess.CompletedProcess[str]:
    name = Path(command[0]).name
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    try:
        return subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=False,
            env=environment,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise SoundFailed(f"{name} is not installed, and {what} needs it", install) from error
    except subprocess.TimeoutExpired as error:
        raise SoundFailed(f"{name} took more than {SECONDS} s for {what}", "shorten it") from error
