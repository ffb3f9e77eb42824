"""queues.conf of one tenant. Members are dynamic ones (`agents`) and never stand here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.core.artifacts import Line, TextFile

from .extensions import Clash
from .objects import AsteriskObject, Queue
from .text import escape

PATH = "queues.conf"


def write(objects: Iterable[AsteriskObject]) -> TextFile:
    queues: dict[str, Queue] = {}
    for each in objects:
        if isinstance(each, Queue) and (other := queues.setdefault(each.name, each)) is not each:
            raise Clash(f"queue {each.name}", other.source, each.source)
    return TextFile(PATH, tuple(line for name in sorted(queues) for line in _queue(queues[name])))


def _queue(queue: Queue) -> Iterator[Line]:
    yield Line(f"[{queue.name}]", queue.source)
    for option, value in queue.options:
        yield Line(f"{option} = {escape(value)}" if value else f"{option} =", queue.source)
