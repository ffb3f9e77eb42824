"""What a tenant file says of a DECT base."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from provisioner.core.findings import nearest
from provisioner.core.model import Mac, Model
from provisioner.targets.provisioning.models import BASES


def _model(value: Any) -> Any:
    if value in BASES:
        return value
    raise PydanticCustomError(
        "model",
        "{found} is no base that sets its handsets up",
        {"found": repr(value), "expected": f"one of {', '.join(BASES)}", "nearest": nearest(str(value), BASES)},
    )


BaseModelName = Annotated[str, BeforeValidator(_model), WithJsonSchema({"enum": sorted(BASES)})]
"""Maker and model of a DECT base; `generic` for any other, whose file is for people."""


class DectBase(Model):
    """A DECT base and the file by which it sets itself and its handsets up."""

    model: BaseModelName
    """Which base it is; that says how many handsets it takes."""
    mac: Mac
    """Its hardware address, by which it asks for its settings."""
