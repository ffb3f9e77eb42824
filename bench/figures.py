"""One measured value, and what it is measured against."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured value beside the floor or peer of the same run."""

    name: str
    value: float
    unit: str
    command: str
    peer: str = ""
    peer_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return round(self.value / self.peer_value, 2) if self.peer_value else None

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}
