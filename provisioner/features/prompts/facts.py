"""What other rooms may know of prompts: which sound each one gives in which language."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.artifacts import Recipe, Recording, Speech
from provisioner.core.audio import Audio, recognise
from provisioner.core.feature import Files, Scope

from .model import ANY, Prompt


def contribute(prompts: dict[str, Prompt], scope: Scope, files: Files) -> Scope:
    audio = {}
    for file in sorted({file for prompt in prompts.values() for file in (prompt.file or {}).values()}):
        if digest := files.sha256(file):
            audio[file] = Audio(digest, recognise(files.start(file)))
    sounds = {name: _sounds(prompt, scope.language, audio) for name, prompt in prompts.items()}
    return replace(scope, audio=audio, sounds=sounds)


def _sounds(prompt: Prompt, language: str, audio: dict[str, Audio]) -> dict[str, Recipe]:
    sounds: dict[str, Recipe] = {}
    for tag, text in (prompt.text or {}).items():
        sounds[tag] = Speech(" ".join(text.split()), language if tag == ANY else tag)
    for tag, file in (prompt.file or {}).items():
        if file in audio:
            sounds[tag] = Recording(file, audio[file].sha256)
    return sounds
