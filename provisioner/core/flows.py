"""How calls move through a tenant, as rooms tell it of their own fields: what a reference means to a caller, what the
clock decides, and what a user may do. `pbx graph` draws it, `pbx diff` compares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .records import record
from .refs import Ref
from .source import Path

INSIDE, OUTSIDE = "inside", "outside"
"""Keys under which a rule holds for calls of colleagues alone, or for calls from outside alone."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a reference at a place of an entry means to a caller.

    `path` is relative to the entry, `*` stands for any one step; it fits whatever lies below it. `label` may use the
    steps: `key {1}`.
    """

    path: tuple[str, ...]
    label: str
    first: bool = False
    """Whether a caller comes there before anybody else was tried and without choosing anything."""
    crowd: bool = False
    """Whether it is one of many alike, such as everybody whom a directory knows: drawings say how many."""

    def fits(self, path: Path) -> bool:
        return len(path) >= len(self.path) and all(
            mine in ("*", str(step)) for mine, step in zip(self.path, path, strict=False)
        )

    def said(self, path: Path, say: Callable[[str], str] = str) -> str:
        """The label with the steps in it; `say` translates it before."""
        return say(self.label).format(*path)


def flow_of(flows: Iterable[Flow], path: Path) -> Flow | None:
    """The first that fits; `path` is relative to the entry."""
    return next((each for each in flows if each.fits(path)), None)


@record
class Stretch:
    """Part of a day, half-open, in minutes of the tenant's wall clock, and where a call goes on then."""

    start: int
    end: int
    target: Ref | None
    """None where the call ends; `said` tells why then."""
    said: str = ""


@record
class Right:
    """Something that a user may do and others may not."""

    user: str
    """Empty where everybody may."""
    words: str
    """Going on from «anna may …»: `listen to the mailbox info`."""
