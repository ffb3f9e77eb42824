"""Findings of prompts alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.audio import FORMATS
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.languages import best
from provisioner.core.source import Path
from provisioner.core.voices import CONFIGURATION, SPOKEN, has_voice

from .model import ANY, Prompt

P101 = Rule(
    code="P101",
    title="Prompt that is neither spoken nor recorded, or both",
    why="The caller would hear silence, or nobody could say which of the two she hears.",
    remedy="Give the prompt either a `text` or a `file`.",
    bad="welcome: {}",
    good='welcome: {text: {sv: "Välkommen."}}',
    source="R3",
)
P102 = Rule(
    code="P102",
    title="Audio file that is not there",
    why="The caller would hear silence where the prompt should be.",
    remedy="Add the file below the provider's folder, or correct its name; it counts from the provider's folder.",
    bad="closed: {file: prompts/clsoed.wav}",
    good="closed: {file: prompts/closed.wav}",
    source="R3",
)
P103 = Rule(
    code="P103",
    title="File that is not audio",
    why="The platform cannot play it, so the caller would hear silence.",
    remedy="Save the recording as wav, mp3, ogg, flac or m4a; the content decides, not the ending of the name.",
    bad="closed: {file: prompts/closed.txt}",
    good="closed: {file: prompts/closed.wav}",
    source="R3",
)
P104 = Rule(
    code="P104",
    title="Prompt that lacks the tenant's language",
    why="Most callers are served in the tenant's language and would hear another one.",
    remedy="Add the text or file in the tenant's language, or give one file for all languages.",
    bad='# language: sv\nwelcome: {text: {en: "Welcome."}}',
    good='# language: sv\nwelcome: {text: {sv: "Välkommen.", en: "Welcome."}}',
    source="R3",
)
P105 = Rule(
    code="P105",
    title="Text in a language that nobody can speak",
    why="The synthesiser has no voice for it, so the prompt could not be made.",
    remedy="Upload a recording for this language, or write the text in another one.",
    bad='welcome: {text: {sv: "Välkommen.", yi: "ברוך הבא."}}',
    good='welcome: {text: {sv: "Välkommen."}}',
    source="R3",
)
P106 = Rule(
    code="P106",
    title="Recording for a language that the prompt does not have",
    why="Until somebody records it, callers of this language would hear silence or another one.",
    remedy="Add a text or file in this language, or leave its number out.",
    bad='welcome: {text: {sv: "Välkommen."}, recorded: {sv: 1, en: 2}}',
    good='welcome: {text: {sv: "Välkommen.", en: "Welcome."}, recorded: {sv: 1, en: 2}}',
    source="R3",
)
P107 = Rule(
    code="P107",
    title="Text whose voice is not there",
    why="The synthesiser could not speak it.",
    remedy="Put the voice's two files where the provider's file says, correct its name there, or take the voice out: "
    "espeak-ng then speaks the language.",
    bad="# provider.yaml, and no such file\nvoices: {sv: voices/sv.onnx}",
    good="# provider.yaml, with voices/sv.onnx and voices/sv.onnx.json beside it\nvoices: {sv: voices/sv.onnx}",
    source="R3",
)
RULES = (P101, P102, P103, P104, P105, P106, P107)


def check(prompts: dict[str, Prompt], scope: Scope) -> Iterator[Finding]:
    for name, prompt in prompts.items():
        path = ("prompts", name)
        if bool(prompt.text) == bool(prompt.file):
            found = "has both a text and a file" if prompt.text else "has neither a text nor a file"
            yield P101.at(path, f"the prompt {name} {found}", expected="one of the two")
            continue
        yield from _language(name, prompt, scope, path)
        yield from _recorded(name, prompt, path)
        for tag in prompt.text or {}:
            yield from _voice(tag or scope.language, scope, (*path, "text", tag))
        for tag, file in (prompt.file or {}).items():
            yield from _file(file, scope, (*path, "file", tag))


def _language(name: str, prompt: Prompt, scope: Scope, path: Path) -> Iterator[Finding]:
    offered = prompt.text or prompt.file or {}
    if best(offered, scope.language) is None:
        field = "text" if prompt.text else "file"
        found = f"the prompt {name} speaks {', '.join(sorted(offered))} only"
        yield P104.at((*path, field), found, expected=f"the tenant's language, {scope.language}")


def _recorded(name: str, prompt: Prompt, path: Path) -> Iterator[Finding]:
    offered = prompt.text or prompt.file or {}
    for tag in prompt.recorded or {}:
        if tag != ANY and tag not in offered:
            has = ", ".join(sorted(each or "all languages" for each in offered))
            found = f"the prompt {name} has nothing in {tag!r} to begin with"
            near = nearest(tag, offered)
            yield P106.at((*path, "recorded", tag), found, expected=f"one of {has}", nearest=near, on_key=True)


def _voice(language: str, scope: Scope, path: Path) -> Iterator[Finding]:
    chosen = best(scope.voices, language)
    if chosen in scope.lost_voices:
        voice = scope.voices[chosen]
        found = f"provider.yaml has {chosen} spoken by {voice!r}, which is not there with its {CONFIGURATION}"
        yield P107.at(path, found, expected=f"{voice} and {voice}{CONFIGURATION} below the provider's folder")
    elif chosen is None and not has_voice(language):
        near = nearest(language, SPOKEN)
        yield P105.at(path, f"there is no voice for {language!r}", expected="a language that is spoken", nearest=near)


def _file(file: str, scope: Scope, path: Path) -> Iterator[Finding]:
    if file not in scope.audio:
        yield P102.at(
            path,
            f"there is no file {file!r} below the provider's folder",
            expected="a path such as prompts/closed.wav",
            nearest=nearest(file, scope.audio),
        )
    elif not scope.audio[file].format:
        yield P103.at(path, f"{file!r} holds no audio that we can play", expected="one of " + ", ".join(FORMATS))
