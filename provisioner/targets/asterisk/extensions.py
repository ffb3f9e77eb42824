"""extensions.conf of one tenant: the routes and includes of all rooms, joined into contexts.

Contexts and extensions are sorted, steps keep their order, so equal objects give equal bytes. Two routes for one
extension are refused with both sources. An included context that no room fills is opened empty: a room may look into
what others may add. Not for patterns that overlap: Asterisk's own order of patterns decides there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.source import Path

from .objects import LAST_WORDS, AsteriskObject, Include, Route, Step
from .text import escape

PATH = "extensions.conf"


class Clash(ValueError):
    """Two things claim one name; each comes with its source."""

    def __init__(self, what: str, first: Path | None, second: Path | None) -> None:
        super().__init__(f"{what} is said twice: at {_place(first)} and at {_place(second)}")
        self.what, self.first, self.second = what, first, second


def _place(path: Path | None) -> str:
    return ".".join(map(str, path)) if path else "the platform"


def write(objects: Iterable[AsteriskObject]) -> TextFile:
    contexts: dict[str, dict[str, Route]] = {}
    includes: dict[str, list[Include]] = {}
    for each in objects:
        if isinstance(each, Route):
            add_route(contexts.setdefault(each.context, {}), each)
        elif isinstance(each, Include):
            includes.setdefault(each.context, []).append(each)
            contexts.setdefault(each.context, {})
            contexts.setdefault(each.other, {})
    lines: list[Line] = []
    for context in sorted(contexts):
        lines.append(Line(f"[{context}]"))
        for include in sorted(includes.get(context, ()), key=lambda each: (each.rank, each.other)):
            lines.append(Line(f"include => {include.other}", include.source))
        routes = contexts[context]
        for key in sorted(routes):
            _route(routes[key], lines)
    return TextFile(PATH, tuple(lines))


def add_route(context: dict[str, Route], route: Route) -> None:
    """Notes the route in its context. Asterisk ignores hyphens: `anna-lisa` and `annalisa` are one extension to it."""
    key = route.extension.replace("-", "")
    if (other := context.setdefault(key, route)) is not route:
        raise Clash(f"extension {route.extension} of context {route.context}", other.source, route.source)


def _heard_out(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, with LAST_WORDS before a call ends that has just been told something."""
    told = False
    for step in steps:
        if told and step.application == "Hangup":
            yield LAST_WORDS
        told = step.application == "Playback" or (step.application == "ExecIf" and "?Playback(" in step.arguments)
        yield step


def _route(route: Route, lines: list[Line]) -> None:
    start, default = f"exten => {route.extension},{route.first}", route.source
    for step in _heard_out(route.steps):
        label = f"({step.label})" if step.label else ""
        lines.append(Line(f"{start}{label},{step.application}({escape(step.arguments)})", step.source or default))
        start = "same => n"
