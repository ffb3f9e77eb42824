"""What other rooms may know of prompts: which sound each one gives in which language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.artifacts import Lived, Makeable, Recipe, Recording, Speech, seed
from provisioner.core.audio import HEAD, Audio, recognise
from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Files, Scope
from provisioner.core.languages import best
from provisioner.core.voices import CONFIGURATION

from .model import ANY, Prompt

SERVICE = Service("prompts", "*77", "hears the prompt whose number follows, and records it anew")


def contribute(prompts: dict[str, Prompt], scope: Scope, files: Files) -> Scope:
    audio = {}
    for file in sorted({file for prompt in prompts.values() for file in (prompt.file or {}).values()}):
        if digest := files.sha256(file):
            audio[file] = Audio(digest, recognise(files.content(file, HEAD) or b""))
    lost = frozenset(tag for tag, voice in scope.voices.items() if not _whole(voice, files))
    sounds = {name: _sounds(name, prompt, scope, audio) for name, prompt in prompts.items()}
    return replace(scope, audio=audio, sounds=sounds, lost_voices=lost)


def codes(prompts: dict[str, Prompt], scope: Scope) -> Iterator[Claim]:
    """One for each sound that users may record: the code of the service, and the sound's number."""
    for name, prompt in prompts.items():
        for tag, number in (prompt.recorded or {}).items():
            path = ("prompts", name, "recorded", *([tag] if tag else []))
            which = f"{name} ({tag})" if tag else name
            title = f"hears the prompt {which} and records it anew, with the PIN"
            yield Claim(scope.code(SERVICE.name), title, path, SERVICE.name, (number,))


def recordable(prompts: dict[str, Prompt], scope: Scope) -> Iterator[tuple[str, Lived]]:
    """The number of each sound that users may record, and the sound."""
    for name, prompt in prompts.items():
        for tag, number in (prompt.recorded or {}).items():
            offered = scope.sounds[name]
            chosen = best(offered, scope.language) if tag == ANY else tag
            if chosen is not None and isinstance(found := offered.get(chosen), Lived):
                yield number, found


def _sounds(name: str, prompt: Prompt, scope: Scope, audio: dict[str, Audio]) -> dict[str, Recipe]:
    sounds: dict[str, Recipe] = dict(_seeds(prompt, scope, audio))
    for tag in prompt.recorded or {}:
        chosen = best(sounds, scope.language) if tag == ANY else tag
        if chosen in sounds:
            sounds[chosen] = Lived(seed(sounds[chosen]), scope.slug, name, chosen)
    return sounds


def _whole(voice: str, files: Files) -> bool:
    return bool(files.content(voice, 1) and files.content(voice + CONFIGURATION, 1))


def _seeds(prompt: Prompt, scope: Scope, audio: dict[str, Audio]) -> Iterator[tuple[str, Makeable]]:
    for tag, text in (prompt.text or {}).items():
        language = tag or scope.language
        voice = best(scope.voices, language)
        yield tag, Speech(" ".join(text.split()), language, "" if voice is None else scope.voices[voice])
    for tag, file in (prompt.file or {}).items():
        if file in audio:
            yield tag, Recording(file, audio[file].sha256)
