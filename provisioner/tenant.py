"""The tenant document on one page: one field for each feature, in the order that the compiler works.

A feature is added here with two lines: its field in `Tenant` and its place in `FEATURES`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from provisioner.core.feature import Feature
from provisioner.core.findings import nearest
from provisioner.core.model import Language, Model, Name, Text
from provisioner.features import ring_groups
from provisioner.features.ring_groups.model import RingGroup

T = TypeVar("T")
Section = dict[Name, T]
"""A section of named things."""


class Header(Model):
    """What a tenant is, before anything that it has."""

    version: Literal["1"]
    """The version of the tenant language. Always the first line."""
    name: Text
    """What people call the tenant."""
    domain: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", max_length=200)
    """The SIP domain of the tenant's users; unique over the platform."""
    time_zone: str
    """An IANA time zone; schedules follow it."""
    language: Language
    """The language that callers hear where nothing else is said."""
    country: str = Field(pattern=r"^[A-Z]{2}$")
    """ISO 3166-1 country: emergency numbers, national dialling, holidays."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise PydanticCustomError(
                "time_zone",
                "{found} is no IANA time zone",
                {
                    "found": repr(value),
                    "expected": "a zone such as Europe/Stockholm",
                    "nearest": nearest(value, available_timezones()),
                },
            )
        return value


class Tenant(Header):
    """One customer of the provider."""

    ring_groups: Section[RingGroup] = Field(default_factory=dict)


FEATURES: tuple[Feature[Any], ...] = (ring_groups.FEATURE,)
"""Every room. The order is that of the rendered files and of findings at the same place; nothing else hangs on it."""
