"""What a tenant file says of names that changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.refs import Ref

KINDS = ("activity", "call_back", "conference", "prompt", "queue", "ring_group", "schedule", "user", "voicemail")
"""Kinds under whose names a core node keeps what users live with."""

TENANT = "tenant"
"""The kind of a tenant itself, whose name is that of its file."""

Moving = Annotated[str, Field(pattern=rf"^({'|'.join((*KINDS, TENANT))}):[a-z][a-z0-9-]{{0,39}}$")]
"""`kind:name`. A text and no reference: the old name leads nowhere any more."""


class Move(Model):
    """One thing under two names; written by `pbx mv`."""

    from_: Moving = Field(alias="from")
    """What it was called."""
    to: Moving
    """What it is called now, or was until a later move."""

    @property
    def old(self) -> Ref:
        return Ref(*self.from_.split(":"))

    @property
    def new(self) -> Ref:
        return Ref(*self.to.split(":"))


def formerly(moves: Iterable[tuple[Ref, Ref]], slug: str) -> tuple[str, ...]:
    """What the tenant was called, the latest name first; `moves` are old and new names in their order."""
    return tuple(dict.fromkeys(old.name for old, _ in reversed([*moves]) if old.kind == TENANT and old.name != slug))
