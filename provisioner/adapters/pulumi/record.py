"""What a run of the engine told about itself: its steps, how long each took, and what went wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.deployment import Done, Event, HostResult, Kind, Op, Progress, Step

from .program import PACKAGE

_TOKEN = f"{PACKAGE}:index:"
_OPS = {
    "create": Op.CREATE,
    "update": Op.UPDATE,
    "delete": Op.DELETE,
    "same": Op.SAME,
    "replace": Op.REPLACE,
}


@dataclass
class Record:
    """One run of one stack."""

    steps: list[Step] = field(default_factory=list)
    finished: dict[str, float] = field(default_factory=dict)
    """URN → seconds that its operation took."""
    begun: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def listener(self, stack: str, progress: Progress | None = None) -> Callable[[Any], None]:
        """Takes the engine's events into the record, and tells them where somebody wants to know."""

        def listen(event: Any) -> None:
            if (begun := event.resource_pre_event) and begun.metadata.type.startswith(_TOKEN):
                self._begin(stack, begun.metadata, progress)
            elif (ended := event.res_outputs_event) and ended.metadata.type.startswith(_TOKEN):
                self._end(ended.metadata)
            elif (said := event.diagnostic_event) and said.severity == "error":
                self.errors.append(" ".join(said.message.split()))

        return listen

    def done(self, hosts: Mapping[str, Mapping[str, Any]]) -> tuple[Done, ...]:
        """What was carried out; `hosts` is URN → host → how it went there."""
        done: list[Done] = []
        for urn, seconds in self.finished.items():
            name = urn.rsplit("::", 1)[1]
            for step in self.steps:
                if step.name == name and step.op is not Op.SAME:
                    ran = sorted(hosts.get(urn, {}).items())
                    results = tuple(HostResult(host, each["ran"], each["changed"]) for host, each in ran)
                    done.append(Done(step, results, seconds))
        return tuple(done)

    def _begin(self, stack: str, metadata: Any, progress: Progress | None) -> None:
        operation = getattr(metadata.op, "value", metadata.op)
        self.begun[metadata.urn] = time.monotonic()
        if operation not in _OPS:
            return
        kind, name = Kind(metadata.type.removeprefix(_TOKEN)), metadata.urn.rsplit("::", 1)[1]
        op = _OPS[operation]
        before = dict(metadata.old.inputs) if metadata.old else {}
        after = dict(metadata.new.inputs) if metadata.new else {}
        self.steps.append(Step(stack, kind, name, op, tuple(sorted(metadata.diffs or ())), before, after))
        if progress and op is not Op.SAME:
            progress(Event(f"{op} {kind} {name}", stack))

    def _end(self, metadata: Any) -> None:
        if metadata.urn in self.begun:
            self.finished[metadata.urn] = time.monotonic() - self.begun[metadata.urn]


def differences(metadata: Any) -> Iterator[tuple[str, str]]:
    """What a refresh has found of an object of a cluster: its name, and the fields that are otherwise.

    Compared is what the engine asked for: what the cluster says of itself changes all the time. What the index and the
    answers of nodes hold is not the engine's.
    """
    kind, name = metadata.type.rsplit(":", 1)[-1], metadata.urn.rsplit("::", 1)[1]
    if not metadata.type.startswith("kubernetes:") or name.endswith(_NOT_OURS):
        return
    if metadata.new is None:
        yield f"{kind} {name}", ""
        return
    before, after = metadata.old.inputs if metadata.old else {}, metadata.new.inputs
    yield from ((f"{kind} {name}", field) for field in _differing(before, after))


_NOT_OURS = ("-bundles", "-status")


def _differing(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            if not key.startswith("__"):
                yield from _differing(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif before != after:
        yield path


_WAYS_OUT = {
    "conflict": "somebody else has set that field since: `pbx drift` shows it, `pbx apply --again` takes it back",
    "forbidden": "have an administrator bind the role of docs/kubernetes.md to you, then repeat",
    "no matches for kind": "the cluster does not know that kind any more: update pbx, or install what brings it",
    "unreachable": "see that the cluster is up and this machine may reach it, then repeat",
    "connection refused": "see that the cluster is up and this machine may reach it, then repeat",
    "Too long": "make it smaller: an object of a cluster holds less than 1 MiB",
}
"""What the engine's provider for clusters says, and what to do then."""


def way_out(words: str) -> str:
    """What to do where the engine ended with these words."""
    return next((remedy for word, remedy in _WAYS_OUT.items() if word in words), "mend the cause, then repeat")


_ENTRY = re.compile(r"\s*(\*|\d+\)) ")
"""How the engine begins each of several errors."""


def last_words(text: str) -> str:
    """The end of what the engine printed: its last errors, where it names any. Several at once are a list."""
    lines = [each.strip() for each in text.splitlines() if "error:" in each or _ENTRY.match(each)]
    return " – ".join(lines[-3:]) or " ".join(text.split())[-500:]
