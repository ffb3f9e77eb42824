"""The index names bundles, a taker takes them in, the status tells what came of it. For ever.

Tenants that changed together are taken in together; where that is refused each half is tried by itself, so that
whoever is at fault fails alone and with its own words. What was refused stays as it was: the taker changes nothing
then. A line of the status is written after the daemon was seen to run what it says, and holds the name of the line of
the index that it answers to.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from .bundles import Bundle, fetch, named
from .cluster import Cluster, Unreachable

PAUSE = 1.0
"""Seconds before the API is asked again that did not answer."""


class Refused(Exception):
    """Nothing was changed, or what was changed was taken back; the text says why."""


class Taker(Protocol):
    """What stands between bundles and a daemon."""

    def take(self, bundles: Sequence[Bundle]) -> None:
        """All of these are in force, or none and Refused is raised."""

    def drop(self, slugs: Sequence[str]) -> None:
        """These are gone; raises Refused where they are not."""

    def astray(self, bundles: Iterable[Bundle]) -> set[str]:
        """Of what was taken in, the tenants of whom the daemon runs something else by now."""


class Loop:
    """One node's index and status."""

    def __init__(self, cluster: Cluster, node: str, taker: Taker) -> None:
        self._cluster = cluster
        self._index = f"{node}-bundles"
        self._status = f"{node}-status"
        self._taker = taker
        self._stopped = threading.Event()
        self._entries: dict[str, str] = {}
        """slug → the line of the index that was last answered to."""
        self._running: dict[str, Bundle] = {}
        self.answers: dict[str, dict[str, str]] = {}
        """slug → what the status says: `entry`, `digest` of what runs, `error`."""
        self.caught_up = False
        """Whether the whole index has been answered to once."""

    def run(self) -> None:
        """Until `stop`, which an idle loop sees at the next change of its index."""
        while not self._stopped.is_set():
            try:
                version = self.round()
                for state in self._cluster.changes("configmaps", self._index, version):
                    if self._stopped.is_set():
                        return
                    self.round(state)
            except (Unreachable, OSError, ValueError) as error:
                print(f"reloader: {error}", file=sys.stderr, flush=True)
                time.sleep(PAUSE)

    def stop(self) -> None:
        self._stopped.set()

    def round(self, index: Mapping[str, object] | None = None) -> str:
        """Answers to the index as it is, or as it was read just now; returns its version."""
        found = index or self._cluster.get("configmaps", self._index)
        data = found.get("data")
        wanted: dict[str, str] = dict(data) if isinstance(data, dict) else {}
        if not self.caught_up:
            self._recall()
        self._look()
        gone = sorted(self.answers.keys() - wanted.keys())
        changed = {slug: text for slug, text in wanted.items() if self._entries.get(slug) != named(text)}
        answers: dict[str, dict[str, str] | None] = {}
        if gone:
            answers |= self._drop(gone)
        if changed:
            answers |= self._take(changed)
        self._tell(answers)
        self.caught_up = True
        metadata = found["metadata"]
        return str(metadata["resourceVersion"]) if isinstance(metadata, dict) else ""

    def _recall(self) -> None:
        """What an earlier pod has said: of whom the index no longer speaks, that shall go."""
        data = self._cluster.get("configmaps", self._status).get("data") or {}
        self.answers = {slug: json.loads(text) for slug, text in data.items()}

    def _take(self, changed: Mapping[str, str]) -> dict[str, dict[str, str] | None]:
        answers: dict[str, dict[str, str] | None] = {}
        bundles = []
        for slug, entry in changed.items():
            try:
                bundles.append(fetch(self._cluster, slug, entry))
            except (ValueError, KeyError) as error:
                answers[slug] = self._refused(slug, named(entry), str(error))
        waiting = [bundles] if bundles else []
        while waiting:
            some = waiting.pop(0)
            try:
                self._taker.take(some)
            except Refused as error:
                if len(some) > 1:
                    waiting[:0] = [some[: len(some) // 2], some[len(some) // 2 :]]
                else:
                    answers[some[0].slug] = self._refused(some[0].slug, some[0].entry, str(error))
                continue
            for each in some:
                self._running[each.slug] = each
                self._entries[each.slug] = each.entry
                answers[each.slug] = {"entry": each.entry, "digest": each.digest}
        return answers

    def _refused(self, slug: str, entry: str, why: str) -> dict[str, str]:
        self._entries[slug] = entry
        runs = self._running.get(slug)
        return {"entry": entry, "digest": runs.digest if runs else "", "error": why}

    def _drop(self, gone: Sequence[str]) -> dict[str, dict[str, str] | None]:
        try:
            self._taker.drop(gone)
        except Refused as error:
            return {slug: {**self.answers[slug], "error": str(error)} for slug in gone}
        for slug in gone:
            self._running.pop(slug, None)
            self._entries.pop(slug, None)
        return dict.fromkeys(gone)

    def _look(self) -> None:
        """Whom the daemon no longer runs as it was told is taken in again."""
        for slug in self._taker.astray(self._running.values()):
            self._running.pop(slug, None)
            self._entries.pop(slug, None)

    def _tell(self, answers: Mapping[str, dict[str, str] | None]) -> None:
        if not answers:
            return
        told = {slug: None if each is None else json.dumps(each, sort_keys=True) for slug, each in answers.items()}
        self._cluster.merge("configmaps", self._status, {"data": told})
        for slug, each in answers.items():
            if each is None:
                self.answers.pop(slug, None)
            else:
                self.answers[slug] = each
