"""What a tenant file says of names that changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.refs import Ref

KINDS = ("activity", "call_back", "conference", "prompt", "queue", "ring_group", "schedule", "user", "voicemail")
"""Kinds under whose names a core node keeps what users live with."""

Moving = Annotated[str, Field(pattern=rf"^({'|'.join(KINDS)}):[a-z][a-z0-9-]{{0,39}}$")]
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
