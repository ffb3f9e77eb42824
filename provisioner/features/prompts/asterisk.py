"""A prompt in Asterisk: its sounds, each laid down under the digest of its recipe."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.asterisk.objects import Sound

from .model import Prompt


def lower(prompts: dict[str, Prompt], scope: Scope) -> Iterator[Sound]:
    for name in prompts:
        for recipe in scope.sounds[name].values():
            yield Sound(recipe, ("prompts", name))
