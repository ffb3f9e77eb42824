"""What the compiler makes: for each tenant and product a bundle of files, named by the digest of its content.

Each line of a file remembers the node of the tenant file that caused it; the digest covers bytes only, so a comment
added to a tenant file changes nothing on any machine. Audio stays a recipe here (the compiler is pure); an adapter
makes the sound at apply time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache

from .records import record
from .source import Path


@record
class Line:
    """One line of a rendered file, without its line end, and the node that caused it."""

    text: str
    source: Path | None = None


@dataclass(frozen=True)
class TextFile:
    """A rendered file; `path` is relative to the bundle and uses `/`."""

    path: str
    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        return "".join([f"{line.text}\n" for line in self.lines])

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Speech:
    """A text to be spoken; `language` is a BCP 47 tag, `voice` a file of piper's, empty for the usual synthesiser."""

    text: str
    language: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """An uploaded audio file of the provider's folder, named by its content."""

    file: str
    sha256: str


Makeable = Speech | Recording
"""What the deployment can make by itself."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A sound that users record by phone: what they recorded last or, until somebody has, the `seed`.

    It lives on the tenant's core node and no apply changes it; an empty `language` serves all of them.
    """

    seed: Makeable
    tenant: str
    prompt: str
    language: str


Recipe = Makeable | Lived


def seed(recipe: Recipe) -> Makeable:
    """What the deployment makes of it."""
    return recipe.seed if isinstance(recipe, Lived) else recipe


def named(recipe: Recipe) -> str:
    """The sound in words, for people."""
    match recipe:
        case Speech(text=text):
            return f"“{text}”"
        case Recording(file=file):
            return f"the recording {file}"
        case Lived(prompt=prompt):
            return f"the prompt {prompt}, as recorded last"


@lru_cache(maxsize=4096)  # each user of a tenant plays the same few sounds
def recipe_digest(recipe: Makeable) -> str:
    """The name of the sound that the recipe gives: 64 hexadecimal digits."""
    facts = {"kind": type(recipe).__name__, **asdict(recipe)}
    if isinstance(recipe, Recording):
        del facts["file"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Bundle:
    """Everything that one product needs to know of one tenant (`tenant` is empty for the platform's own)."""

    tenant: str
    product: str
    files: tuple[TextFile, ...]
    sounds: tuple[Makeable, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Names the content: equal bytes on every machine give an equal digest."""
        total = hashlib.sha256()
        for file in sorted(self.files, key=lambda each: each.path):
            total.update(f"{file.path}\0{file.digest}\n".encode())
        for sound in sorted(recipe_digest(each) for each in self.sounds):
            total.update(f"sound\0{sound}\n".encode())
        return total.hexdigest()
