"""Carries out what tenants' stacks ask for: those that go the same way by one run of a playbook.

A play does all of it or fails as a whole. Then each half is tried by itself, down to the single tenant, so that whoever
is at fault fails alone and with its own words, and nobody else fails at all. Only where the host refuses whatever is
asked (it is away, its daemon is down, the run was interrupted) nobody else is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.deployment import Event, HostResult, PlayFailed, Progress
from provisioner.core.errors import PbxError

from .carry import Means, Share, Way, play_of, share, told


@dataclass(frozen=True, slots=True)
class Wish:
    """What a stack asks for."""

    stack: str
    inputs: Mapping[str, Any]
    means: Means


class Delivery:
    """Wishes on one way at a time; `cancelled` ends the playbooks that run."""

    def __init__(self, progress: Progress, cancelled: Callable[[], bool]) -> None:
        self._progress = progress
        self._cancelled = cancelled

    def __call__(self, way: Way, wishes: Sequence[Wish]) -> list[dict[str, Any] | BaseException]:
        """For each wish what was done on each host, or why not."""
        found: dict[int, dict[str, Any] | BaseException] = {}
        shares: dict[int, Share] = {}
        for index, wish in enumerate(wishes):
            try:
                shares[index] = share(wish.inputs, way, wish.means)
            except Exception as error:
                found[index] = error
        self._carry(way, wishes, shares, found)
        return [found[index] for index in range(len(wishes))]

    def _carry(
        self,
        way: Way,
        wishes: Sequence[Wish],
        shares: Mapping[int, Share],
        found: dict[int, dict[str, Any] | BaseException],
    ) -> None:
        waiting = [dict(shares)] if shares else []
        words = ""
        while waiting:
            some = waiting.pop(0)
            result = self._play(way, wishes[min(some)], list(some.values()))
            if not isinstance(result, PbxError):
                found.update({index: told(result, each.slug) for index, each in some.items()})
            elif len(some) > 1 and not self._whatever(result):
                words = words or result.message
                entries, middle = list(some.items()), len(some) // 2
                waiting[:0] = [dict(entries[:middle]), dict(entries[middle:])]
            else:
                found.update(dict.fromkeys(some, result))
                if self._whatever(result) or _concerns_nobody(result, words, some.values()):
                    found.update({index: result for each in waiting for index in each})
                    return

    def _whatever(self, error: PbxError) -> bool:
        return not isinstance(error, PlayFailed) or error.whatever or self._cancelled()

    def _play(self, way: Way, first: Wish, shares: Sequence[Share]) -> tuple[HostResult, ...] | PbxError:
        more = f" and {len(shares) - 1} more" if len(shares) > 1 else ""

        def tell(event: Event) -> None:
            self._progress(Event(event.text + more, first.stack, event.host))

        try:
            return first.means.playbooks.run(play_of(shares, way, first.means), tell, self._cancelled)
        except PbxError as error:
            if more:
                self._progress(Event(f"each half by itself: {error.message}", first.stack))
            return error


def _concerns_nobody(error: PbxError, words: str, shares: Iterable[Share]) -> bool:
    """Whether one tenant alone hears the very words that all together heard, and they do not name it."""
    return error.message == words and not any(each.slug in words for each in shares)
