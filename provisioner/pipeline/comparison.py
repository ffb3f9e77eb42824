"""What differs between two revisions of the provider's folder, as rows that every format shows in its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.ports.revisions import Revision

from . import reach


class Part(StrEnum):
    """What a row is about, in the order in which it is told."""

    CHANGES = "changes"
    REACH = "reach"
    PEOPLE = "people"
    RIGHTS = "rights"
    FEATURES = "features"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Row:
    """One difference."""

    part: Part
    sign: str
    """`+` added, `-` removed, `~` changed."""
    subject: str
    """The place in the tenant file, the number, or the user."""
    text: str
    """The whole of it, in words."""
    dangerous: bool = False
    when: str = ""
    """In which hours of which days."""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class YearOf:
    """The outcomes of a number that differ, day by day, on both sides."""

    number: str
    before: tuple[reach.Day, ...]
    after: tuple[reach.Day, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One tenant; the provider's own file where the slug is empty."""

    slug: str
    title: str
    rows: tuple[Row, ...]
    years: tuple[YearOf, ...] = ()

    def of(self, part: Part) -> list[Row]:
        """What is dangerous first."""
        return sorted((row for row in self.rows if row.part is part), key=lambda row: not row.dangerous)


@dataclass(frozen=True, slots=True)
class Comparison:
    old: Revision
    new: Revision
    year: int
    tenants: tuple[Compared, ...]
    notes: tuple[str, ...] = ()
    """What could not be understood."""

    @property
    def differs(self) -> bool:
        return any(each.rows for each in self.tenants)
