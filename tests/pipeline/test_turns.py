"""The order in which work begins that needs things for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from provisioner.pipeline.turns import Turns

Piece = tuple[str, str, float]
"""Name, the letters that it needs, how long it takes in hundredths of a second."""


class Work:
    """Pieces of work that hold their turns; notes what happened."""

    def __init__(self, places: int) -> None:
        self.turns, self.told, self.at_once, self.most = Turns(places), list[str](), 0, 0

    async def piece(self, name: str, needs: str, hundredths: float) -> None:
        async with self.turns.hold(frozenset(needs), hundredths):
            self.told.append(f"+{name}")
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            try:
                await asyncio.sleep(hundredths / 100)
            finally:
                self.at_once -= 1
                self.told.append(f"-{name}")

    async def all(self, pieces: Iterable[Piece]) -> None:
        await asyncio.gather(*(self.piece(*each) for each in pieces))


def told(places: int, *pieces: Piece) -> list[str]:
    work = Work(places)
    asyncio.run(work.all(pieces))
    return work.told


def test_the_longest_begins_first() -> None:
    assert told(1, ("short", "a", 1), ("long", "b", 3), ("middle", "c", 2)) == [
        "+long",
        "-long",
        "+middle",
        "-middle",
        "+short",
        "-short",
    ]


def test_what_shares_something_is_apart_and_holds_up_nobody_else() -> None:
    found = told(8, ("ab", "ab", 6), ("bc", "bc", 5), ("c", "c", 4))
    assert found.index("+bc") > found.index("-ab"), "both need b"
    assert found.index("+c") < found.index("-ab"), "c is free while bc waits for b"


def test_no_more_at_a_time_than_there_are_places() -> None:
    work = Work(2)
    asyncio.run(work.all([(letter, letter, 1) for letter in "abcdef"]))
    assert work.most == 2
    assert len(work.told) == 12


def test_whoever_gives_up_leaves_nothing_taken() -> None:
    async def scene() -> list[str]:
        work = Work(1)
        first, second, third = (asyncio.create_task(work.piece(name, "a", 100)) for name in ("1", "2", "3"))
        await asyncio.sleep(0.01)
        second.cancel()  # while it waits
        first.cancel()  # while it works
        with pytest.raises(asyncio.CancelledError):
            await first
        await asyncio.sleep(0.01)
        assert work.told == ["+1", "-1", "+3"]
        third.cancel()
        await asyncio.gather(second, third, return_exceptions=True)
        await work.piece("4", "a", 1)
        return work.told

    assert asyncio.run(scene()) == ["+1", "-1", "+3", "-3", "+4", "-4"]


def test_whoever_is_given_up_between_turn_and_beginning_leaves_nothing_taken() -> None:
    async def scene() -> list[str]:
        work = Work(1)
        first, second = (asyncio.create_task(work.piece(name, "a", 1)) for name in ("1", "2"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first has its turn now, and has not gone on
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        return work.told

    assert asyncio.run(scene())[-2:] == ["+2", "-2"]
