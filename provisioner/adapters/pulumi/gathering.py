"""Gathers what several stacks ask for at about the same time, so that it is done at once.

Whoever asks waits until all who could still come have come: each member of the run either asks, and waits, or leaves.
So one stack alone waits for nobody, and those that run beside each other go together. Nothing here decides about a
stack: it asks from within its own run, under its own lock, and is told its own result.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Generic, TypeVar

Way = TypeVar("Way", bound=Hashable)
Item = TypeVar("Item")
Result = TypeVar("Result")

_QUIET_SECONDS = 5.0
"""After so long without anybody new those who are there go: a member may be waiting for a lock, or healing."""


class Gathering(Generic[Way, Item, Result]):
    """`work` takes a way and what was asked for on it, and returns a result or an error for each; for one way it is
    called by one thread at a time."""

    def __init__(self, work: Callable[[Way, Sequence[Item]], Sequence[Result | BaseException]]) -> None:
        self._work = work
        self._moved = threading.Condition()
        self._members = 0
        self._asked = 0
        """Of them, those who wait for a result."""
        self._waiting: dict[Way, list[tuple[Item, Future[Result]]]] = {}
        self._served: set[Way] = set()
        self._last = 0.0
        self._hurried = False

    @contextmanager
    def member(self) -> Iterator[None]:
        """Within it somebody may ask, one thing at a time."""
        with self._moved:
            self._members += 1
        try:
            yield
        finally:
            with self._moved:
                self._members -= 1
                self._moved.notify_all()

    def ask(self, way: Way, item: Item) -> Future[Result]:
        """The result, once it is there."""
        future: Future[Result] = Future()
        with self._moved:
            self._asked += 1
            self._last = time.monotonic()
            self._waiting.setdefault(way, []).append((item, future))
            if way not in self._served:
                self._served.add(way)
                threading.Thread(target=self._serve, args=(way,), name=f"pbx-{way}", daemon=True).start()
            self._moved.notify_all()
        return future

    def hurry(self) -> None:
        """From now on nobody is waited for."""
        with self._moved:
            self._hurried = True
            self._moved.notify_all()

    def _serve(self, way: Way) -> None:
        while batch := self._next(way):
            try:
                results = self._work(way, [item for item, _ in batch])
            except BaseException as error:
                results = [error] * len(batch)
            with self._moved:
                self._asked -= len(batch)
                for (_, future), result in zip(batch, results, strict=True):
                    if isinstance(result, BaseException):
                        future.set_exception(result)
                    else:
                        future.set_result(result)

    def _next(self, way: Way) -> list[tuple[Item, Future[Result]]]:
        """What has gathered; empty, and nobody serves this way any more, where nothing has."""
        with self._moved:
            if way not in self._waiting:
                self._served.discard(way)
                return []
            while (left := self._left()) > 0:
                self._moved.wait(left)
            gathered = self._waiting.pop(way)
            batch = [each for each in gathered if each[1].set_running_or_notify_cancel()]
            self._asked -= len(gathered) - len(batch)
        return batch or self._next(way)

    def _left(self) -> float:
        """Seconds for which it is worth waiting for more."""
        if self._hurried or self._asked >= self._members:
            return 0.0
        return self._last + _QUIET_SECONDS - time.monotonic()
