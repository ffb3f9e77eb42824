"""Findings of prompts alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.audio import FORMATS
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.languages import best
from provisioner.core.source import Path

from .model import Prompt

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
    remedy="Save the recording as wav, flac, ogg or mp3; the content decides, not the ending of the name.",
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
RULES = (P101, P102, P103, P104)


def check(prompts: dict[str, Prompt], scope: Scope) -> Iterator[Finding]:
    for name, prompt in prompts.items():
        path = ("prompts", name)
        if bool(prompt.text) == bool(prompt.file):
            found = "has both a text and a file" if prompt.text else "has neither a text nor a file"
            yield P101.at(path, f"the prompt {name} {found}", expected="one of the two")
            continue
        yield from _language(name, prompt, scope, path)
        for tag, file in (prompt.file or {}).items():
            yield from _file(file, scope, (*path, "file", tag))


def _language(name: str, prompt: Prompt, scope: Scope, path: Path) -> Iterator[Finding]:
    offered = prompt.text or prompt.file or {}
    if best(offered, scope.language) is None:
        field = "text" if prompt.text else "file"
        found = f"the prompt {name} speaks {', '.join(sorted(offered))} only"
        yield P104.at((*path, field), found, expected=f"the tenant's language, {scope.language}")


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
