"""Records: values that nothing changes once they are made, of which a run makes thousands.

To the type checker a record is frozen. At run time it is a plain dataclass with slots, because the guard of
`frozen=True` makes building one four times as slow (0.72 against 0.18 µs with four fields), which the compile of a
thousand tenants feels. For values of which there are few, a frozen dataclass is the better choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Makes the class a record: equal and hashed by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
