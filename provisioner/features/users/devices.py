"""What a tenant file says of a telephone, and what others see of whoever calls with it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from provisioner.core.codes import CODE_PATTERN
from provisioner.core.findings import nearest
from provisioner.core.model import E164, Mac, Model, Seconds
from provisioner.core.refs import E164_PATTERN, Destination, NameOf
from provisioner.targets.provisioning.models import MODELS, MOST_HANDSETS

SHOWN = ("direct", "main", "mobile", "withheld")


def _caller_id(value: Any) -> Any:
    if isinstance(value, str) and (value in SHOWN or re.fullmatch(E164_PATTERN, value)):
        return value
    raise PydanticCustomError(
        "caller_id",
        "{found} is nothing to show",
        {
            "found": repr(value),
            "expected": "direct, main, mobile, withheld, or a number of the tenant such as +46850100100",
            "nearest": nearest(str(value), SHOWN),
        },
    )


CallerId = Annotated[
    str,
    BeforeValidator(_caller_id),
    WithJsonSchema({"anyOf": [{"enum": list(SHOWN)}, {"type": "string", "pattern": E164_PATTERN}]}),
]
"""What others see: `direct`, `main`, `mobile`, `withheld`, or one of the tenant's numbers."""


class DeviceKind(StrEnum):
    """What a user telephones with."""

    DESK = "desk"
    DECT = "dect"
    SOFTPHONE = "softphone"
    BROWSER = "browser"
    MOBILE = "mobile"


def _model(value: Any) -> Any:
    if value in MODELS:
        return value
    raise PydanticCustomError(
        "model",
        "{found} is no telephone that sets itself up",
        {
            "found": repr(value),
            "expected": "maker and model such as snom-d785 or yealink-t54w, or generic",
            "nearest": nearest(str(value), MODELS),
        },
    )


PhoneModel = Annotated[str, BeforeValidator(_model), WithJsonSchema({"enum": sorted(MODELS)})]
"""Maker and model of a telephone that sets itself up; `generic` for any other, whose file is for people."""


class PhoneKey(Model):
    """A key beside the screen. It calls, and its lamp shows whether there is a call."""

    to: Destination | None = None
    """Whom it calls, where that has an extension: `user:bo`, `queue:sales`."""
    code: str | None = Field(default=None, pattern=CODE_PATTERN)
    """Or what it dials: a phone code such as `*28`."""
    label: str | None = Field(default=None, min_length=1, max_length=40)
    """What stands beside it; the name of what it calls where it is not given."""


class Device(Model):
    """One telephone. It registers by itself, but for a mobile telephone, which is called by its number; all telephones
    of a user ring for her calls."""

    kind: DeviceKind
    number: E164 | None = None
    """The number of a mobile telephone. Whoever answers it is asked to press 1, so that no mailbox takes her calls."""
    after: Seconds | None = Field(default=None, ge=1, le=120)
    """How long the others ring before a mobile telephone rings along; at once where it is not given. Where she has
    chosen that it rings alone, it does so at once."""
    model: PhoneModel | None = None
    """Which telephone it is, if it is to set itself up. An app does so without."""
    mac: Mac | None = None
    """Its hardware address, by which most makers' telephones ask for their settings."""
    base: NameOf("dect_base") | None = None  # type: ignore[valid-type]
    """The DECT base that a handset belongs to; the base sets itself up, and its handsets with it."""
    handset: int | None = Field(default=None, ge=1, le=MOST_HANDSETS)
    """Which of the base's handsets it is; the base calls this number when a handset is registered at it."""
    keys: list[PhoneKey] = Field(default_factory=list)
    """What the keys beside its screen do."""
    caller_id: CallerId | None = None
    """What people outside see when she calls with it; as with her others where it is not given."""
