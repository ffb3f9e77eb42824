"""The base of every model of the tenant file, and the scalar types that several rooms share.

Values come from the reader as text ("telephone-safe": what the engineer typed), so each type here accepts text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from .findings import nearest
from .refs import E164_PATTERN, NAME_PATTERN


class Model(BaseModel):
    """Unknown keys are refused and nothing changes after validation.

    A model is built when something is first validated by it: most are only ever parts of another. What its fields mean
    stands below them; `pipeline/schema.py` reads that where somebody asks, because it means parsing the source.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)\s*(s|m|min|h|)", value)
    if not match:
        raise PydanticCustomError(
            "duration", "{found} is no duration", {"found": repr(value), "expected": "for example 20s, 5m or 1h"}
        )
    return int(match[1]) * _UNITS[match[2]]


Seconds = Annotated[
    int, BeforeValidator(_seconds), WithJsonSchema({"type": "string", "pattern": r"^\d+\s*(s|m|min|h)?$"})
]
"""A duration in whole seconds, written `20s`, `5m` or `1h`."""

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""A name of the tenant's own: lower-case letters, digits, hyphens; at most 40 characters."""

E164 = Annotated[str, Field(pattern=E164_PATTERN)]
"""A public number in international form, `+46850100100`."""

Extension = Annotated[
    str, Field(pattern=r"^[0-9]{2,6}$", description="The internal number: two to six digits; leading zeros count.")
]

Key = Annotated[str, Field(pattern=r"^[0-9*#]$")]
"""One key of a telephone."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
"""A BCP 47 language tag such as `sv` or `en-GB`."""

EMAIL_PATTERN = r"^[^@\s,;|<>]+@[^@\s,;|<>]+\.[^@\s,;|<>]+$"
Email = Annotated[str, Field(pattern=EMAIL_PATTERN, description="A mail address.")]


def _mac(value: object) -> object:
    plain = re.sub(r"[:.-]", "", str(value)).lower()
    if re.fullmatch(r"[0-9a-f]{12}", plain):
        return plain
    raise PydanticCustomError(
        "mac",
        "{found} is no hardware address",
        {"found": repr(value), "expected": "twelve hexadecimal digits, as on the telephone: 00:04:13:2A:45:6B"},
    )


_MAC_AS_WRITTEN = "^([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}$"
Mac = Annotated[str, BeforeValidator(_mac), WithJsonSchema({"type": "string", "pattern": _MAC_AS_WRITTEN})]
"""A hardware address, `00:04:13:2A:45:6B`."""

Text = Annotated[str, Field(min_length=1, max_length=2000)]
"""What people read or hear."""

Title = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="Text on one line, in any script."),
]
"""What people see, on one line, in any script."""


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(available_timezones())  # walks the whole database at each call


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise PydanticCustomError(
            "time_zone",
            "{found} is no IANA time zone",
            {
                "found": repr(value),
                "expected": "a zone such as Europe/Stockholm",
                "nearest": nearest(value, _zones()),
            },
        )
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time zone such as `Europe/Stockholm`."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 country as two capital letters."""
