"""The link step: every name that a tenant's Asterisk objects use is defined by one of them or by the platform.

Rooms meet by name alone, so a slip of one room shows here, before any telephone rings into nothing. Names that are
put together at call time (`${…}`) cannot be judged and are passed over. Also refused: what Asterisk would cut off or
fold together without a word (names of contexts, lines, extensions that differ by hyphens).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.source import Path

from . import platform
from .extensions import Clash, add_route
from .modules import APPLICATIONS
from .objects import AsteriskObject, Include, Mailbox, MusicClass, Queue, Route, Step

LONGEST_NAME = 79
"""Bytes of a context, extension, queue or class; Asterisk cuts the rest off (AST_MAX_CONTEXT, AST_MAX_EXTENSION)."""

LONGEST_LINE = 8000
"""Bytes of arguments; Asterisk reads and expands a line in buffers of 8192."""

K101 = Rule(
    code="K101",
    title="Name used but never defined in the dialplan",
    why="A call that gets there would be cut off.",
    remedy="Define what the section refers to; if it is defined, report the fault with the tenant file.",
    bad="Goto(klinik.ivr.mian,s,1)",
    good="Goto(klinik.ivr.main,s,1)",
    source="Asterisk: pbx.c",
)
K102 = Rule(
    code="K102",
    title="Two things with one name in Asterisk",
    why="Asterisk keeps the first and drops the second. It also reads over hyphens in extensions: anna-lisa and "
    "annalisa are one user to it.",
    remedy="Rename one of the two.",
    bad="users: {anna-lisa: …, annalisa: …}",
    good="users: {anna-lisa: …, anna-lisa-b: …}",
    source="Asterisk: pbx.c, ext_cmp",
)
K103 = Rule(
    code="K103",
    title="Name or line too long for Asterisk",
    why="Asterisk cuts it off without a word, and calls go wrong.",
    remedy="Choose a shorter name, or divide the list.",
    bad="a name of 90 bytes",
    good="a name of at most 79 bytes",
    source="Asterisk: AST_MAX_CONTEXT, AST_MAX_EXTENSION",
)
K104 = Rule(
    code="K104",
    title="Application that the platform does not load",
    why="The call would be cut off at this step.",
    remedy="Use an application of the core node's module list.",
    bad="System(…)",
    good="Playback(…)",
    source="Asterisk: modules.conf",
)
RULES = (K101, K102, K103, K104)


Named = Queue | Mailbox | MusicClass


@dataclass
class _Names:
    """Everything that is defined."""

    contexts: dict[str, dict[str, Route]] = field(default_factory=dict)
    included: dict[str, list[str]] = field(default_factory=dict)
    things: dict[str, dict[str, Named]] = field(default_factory=lambda: {"queue": {}, "mailbox": {}, "music class": {}})


def check(objects: Iterable[AsteriskObject]) -> Iterator[Finding]:
    everything = tuple(objects)
    names = _Names()
    for each in everything:
        yield from _define(each, names)
    judged: set[tuple[str, str]] = set()
    for each in everything:
        if isinstance(each, Route):
            for step in each.steps:
                # The same step stands in many routes; one judgement is enough for what it uses.
                if (key := (step.application, step.arguments)) not in judged:
                    judged.add(key)
                    yield from _step(step, each, names)
        elif isinstance(each, Queue):
            yield from _queue(each, names)


def _define(each: AsteriskObject, names: _Names) -> Iterator[Finding]:
    if isinstance(each, Route):
        try:
            add_route(names.contexts.setdefault(each.context, {}), each)
        except Clash as clash:
            yield K102.at(each.source or (), str(clash))
        if len(each.context.encode()) > LONGEST_NAME or len(each.extension.encode()) > LONGEST_NAME:
            yield _too_long(f"{each.extension}@{each.context}", each.source)
    elif isinstance(each, Include):
        names.contexts.setdefault(each.context, {})
        names.contexts.setdefault(each.other, {})
        names.included.setdefault(each.context, []).append(each.other)
    elif isinstance(each, Queue):
        yield from _once(names, "queue", each.name, each)
    elif isinstance(each, Mailbox):
        yield from _once(names, "mailbox", f"{each.box}@{each.context}", each)
    elif isinstance(each, MusicClass):
        yield from _once(names, "music class", each.name, each)


def _once(names: _Names, kind: str, name: str, each: Named) -> Iterator[Finding]:
    if (other := names.things[kind].setdefault(name, each)) is not each:
        yield K102.at(each.source or (), str(Clash(f"{kind} {name}", other.source, each.source)))
    if len(name.encode()) > LONGEST_NAME:
        yield _too_long(name, each.source)


def _too_long(name: str, source: Path | None) -> Finding:
    return K103.at(source or (), f"{name} has {len(name.encode())} bytes", expected=f"at most {LONGEST_NAME} bytes")


def _step(step: Step, route: Route, names: _Names) -> Iterator[Finding]:
    source = step.source or route.source or ()
    if step.application not in APPLICATIONS:
        like = nearest(step.application, APPLICATIONS)
        yield K104.at(source, f"{step.application} is not loaded", expected="a loaded application", nearest=like)
    if len(step.arguments) > LONGEST_LINE // 4 and len(step.arguments.encode()) > LONGEST_LINE:
        size = len(step.arguments.encode())
        yield K103.at(source, f"{step.application} is given {size} bytes", expected=f"at most {LONGEST_LINE} bytes")
    if uses := _USES.get(step.application):
        for kind, name in uses(step.arguments, route):
            yield from _used(kind, name, source, names)


def _used(kind: str, name: str, source: Path, names: _Names) -> Iterator[Finding]:
    if kind == "extension":
        extension, _, context = name.rpartition("@")
        if "${" in context or context in platform.CONTEXTS:
            return
        if context not in names.contexts:
            like = nearest(context, names.contexts)
            yield K101.at(source, f"context {context} is never defined", expected="a context", nearest=like)
        elif "${" not in extension and not _reaches(extension, context, names, set()):
            yield K101.at(source, f"context {context} has no extension {extension}", expected="one of its extensions")
        return
    known = names.things[kind]
    if "${" not in name and name not in known and not (kind == "music class" and name in platform.MUSIC_CLASSES):
        yield K101.at(source, f"{kind} {name} is never defined", expected=f"a {kind}", nearest=nearest(name, known))


def _reaches(extension: str, context: str, names: _Names, seen: set[str]) -> bool:
    routes = names.contexts.get(context, {})
    if extension.replace("-", "") in routes or any(key.startswith("_") for key in routes):
        return True
    seen.add(context)
    return any(
        other not in seen and _reaches(extension, other, names, seen) for other in names.included.get(context, ())
    )


Use = tuple[str, str]
"""Kind and name; an extension is named `extension@context`."""


def _target(text: str, route: Route) -> Iterator[Use]:
    """A label of Goto: `[[context,]extension,]priority`, perhaps with arguments in brackets behind."""
    parts = text.partition("(")[0].split(",")
    if len(parts) >= 3:
        yield "extension", f"{parts[1]}@{parts[0]}"
    elif len(parts) == 2:
        yield "extension", f"{parts[0]}@{route.context}"


def _branches(text: str, route: Route) -> Iterator[Use]:
    """GotoIf and GosubIf: the targets stand behind the condition's closing bracket and a question mark."""
    _, mark, targets = text.rpartition("?")
    if mark and "]" not in targets and "}" not in targets:
        for target in targets.split(":"):
            yield from _target(target, route)


def _dialled(text: str, route: Route) -> Iterator[Use]:
    numbers, _, rest = text.partition(",")
    for number in numbers.split("&"):
        if number.startswith("Local/"):
            yield "extension", number[6:].partition("/")[0]
    _, _, options = rest.partition(",")
    for option in ("b(", "B(", "U("):
        start = options.find(option)
        if start >= 0:
            yield from _target(options[start + 2 :].partition("(")[0].partition(")")[0].replace("^", ","), route)


def _first(kind: str) -> Callable[[str, Route], Iterator[Use]]:
    def uses(text: str, _: Route) -> Iterator[Use]:
        for name in text.partition(",")[0].split("&"):
            if name:
                yield kind, name

    return uses


_USES: Mapping[str, Callable[[str, Route], Iterator[Use]]] = {
    "Goto": _target,
    "Gosub": _target,
    "GotoIf": _branches,
    "GosubIf": _branches,
    "Dial": _dialled,
    "Queue": _first("queue"),
    "AddQueueMember": _first("queue"),
    "RemoveQueueMember": _first("queue"),
    "PauseQueueMember": _first("queue"),
    "UnpauseQueueMember": _first("queue"),
    "VoiceMail": _first("mailbox"),
    "VoiceMailMain": _first("mailbox"),
    "MusicOnHold": _first("music class"),
    "StartMusicOnHold": _first("music class"),
}


def _queue(queue: Queue, names: _Names) -> Iterator[Finding]:
    source = queue.source or ()
    for option, value in queue.options:
        if option in ("musicclass", "musiconhold") and value:
            yield from _used("music class", value, source, names)
    for member in queue.members:
        if member.interface.startswith("Local/"):
            name = member.interface[6:].partition("/")[0]
            yield from _used("extension", name, member.source or source, names)
