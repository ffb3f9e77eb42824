"""Moves on their way to the core node: what has another name, and which lights show it."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.asterisk.moves import Moved

from .model import TENANT, Move


def lower(moves: list[Move], scope: Scope) -> Iterator[Moved]:
    # Of a tenant first: all others are made among what is the tenant's under its name of now.
    for place, (index, move) in enumerate(sorted(enumerate(moves), key=lambda each: each[1].old.kind != TENANT)):
        pairs = tuple(zip(_lights(scope.slug, move.old), _lights(scope.slug, move.new), strict=True))
        yield Moved(place, move.old.kind, move.old.name, move.new.name, pairs, ("moved", index))


def _lights(slug: str, ref: Ref) -> tuple[str, ...]:
    """Lights that stay as they are until somebody does something; those of members are shown anew by every apply."""
    if ref.kind == "schedule":
        return lights.of_switch(slug, ref.name)
    return (lights.of_mailbox(slug, ref.name),) if ref.kind == "voicemail" else ()
