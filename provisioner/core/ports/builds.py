"""What was built before: the memory of a provider's folder, so that a tenant whose file stayed is not built again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Remembered:
    """What came of one tenant; `text` is the pipeline's own and means something only under the same `key`."""

    key: str
    """Names everything that was known to decide it."""
    text: str


class Builds(Protocol):
    """Remembers the last build of each tenant. Losing it costs time and nothing else."""

    @property
    def tool(self) -> str:
        """Names the program that builds: another version, or another line of it, is another name."""

    def recall(self) -> Mapping[str, Remembered]:
        """slug → its last build; empty where nothing can be read."""

    def remember(self, builds: Mapping[str, Remembered]) -> None:
        """Keeps these; those of other tenants stay."""

    def kept(self, digests: Iterable[str]) -> frozenset[str]:
        """Those of these bundles that are still there; they stay for as long as if they had come now."""
