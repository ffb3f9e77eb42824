"""A prompt in Asterisk: its sounds, each laid down under its recipe's digest, and how users record one by phone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.asterisk.objects import AsteriskObject, Sound

from .facts import recordable
from .model import Prompt
from .recording import Booth


def lower(prompts: dict[str, Prompt], scope: Scope) -> Iterator[AsteriskObject]:
    for name in prompts:
        for recipe in scope.sounds[name].values():
            yield Sound(recipe, ("prompts", name))
    if numbered := tuple(recordable(prompts, scope)):
        yield from Booth(scope).objects(numbered)
