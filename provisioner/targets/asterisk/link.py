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
from .modules import APPLICATIONS, PROGRAMS, RECORDINGS, SEAL
from .notices import QUEUE as NOTICES
from .objects import AsteriskObject, Include, Mailbox, MusicClass, Notice, Queue, Route, Step

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
K105 = Rule(
    code="K105",
    title="Program that the dialplan may not start",
    why="Whatever the dialplan can start, a mistake in it can start with a caller's words.",
    remedy="Name one of the platform's own programs, with nothing that is filled in at call time.",
    bad="AGI(${PBX_PROGRAM})",
    good="AGI(/usr/local/libexec/pbx/recorded_prompts.py,drop,…)",
    source="Asterisk: res_agi",
)
RULES = (K101, K102, K103, K104, K105)


Named = Queue | Mailbox | MusicClass | Notice


_KINDS = ("queue", "mailbox", "music class", "notice")


@dataclass
class _Names:
    """Everything that is defined."""

    contexts: dict[str, dict[str, Route]] = field(default_factory=dict)
    included: dict[str, list[str]] = field(default_factory=dict)
    things: dict[str, dict[str, Named]] = field(default_factory=lambda: {kind: {} for kind in _KINDS})


def check(objects: Iterable[AsteriskObject]) -> Iterator[Finding]:
    everything = tuple(objects)
    routes = [each for each in everything if isinstance(each, Route)]
    others = [each for each in everything if not isinstance(each, Route)]
    names = _Names()
    yield from _define_routes(routes, names)
    for each in others:
        yield from _define(each, names)
    judged: set[tuple[str, str]] = set()
    for route in routes:
        for step in route.steps:
            suspect = step.application not in APPLICATIONS or step.application in _STARTERS
            if suspect or len(step.arguments) > LONGEST_LINE // 4:
                yield from _form(step, route)
            # The same step stands in many routes; one judgement is enough for what it uses.
            if step.application in _USES and (key := (step.application, step.arguments)) not in judged:
                judged.add(key)
                for kind, name in _USES[step.application](step.arguments, route):
                    yield from _used(kind, name, step.source or route.source or (), names)
    for each in others:
        if isinstance(each, Queue):
            yield from _queue(each, names)


def _define_routes(routes: Iterable[Route], names: _Names) -> Iterator[Finding]:
    for route in routes:
        try:
            add_route(names.contexts.setdefault(route.context, {}), route)
        except Clash as clash:
            yield K102.at(route.source or (), str(clash))
        if len(route.context.encode()) > LONGEST_NAME or len(route.extension.encode()) > LONGEST_NAME:
            yield _too_long(f"{route.extension}@{route.context}", route.source)


def _define(each: AsteriskObject, names: _Names) -> Iterator[Finding]:
    match each:
        case Include():
            names.contexts.setdefault(each.context, {})
            names.contexts.setdefault(each.other, {})
            names.included.setdefault(each.context, []).append(each.other)
        case Queue():
            yield from _once(names, "queue", each.name, each)
        case Mailbox():
            yield from _once(names, "mailbox", f"{each.box}@{each.context}", each)
        case MusicClass():
            yield from _once(names, "music class", each.name, each)
        case Notice():
            yield from _once(names, "notice", each.name, each)


def _once(names: _Names, kind: str, name: str, each: Named) -> Iterator[Finding]:
    if (other := names.things[kind].setdefault(name, each)) is not each:
        yield K102.at(each.source or (), str(Clash(f"{kind} {name}", other.source, each.source)))
    if len(name.encode()) > LONGEST_NAME:
        yield _too_long(name, each.source)


def _too_long(name: str, source: Path | None) -> Finding:
    return K103.at(source or (), f"{name} has {len(name.encode())} bytes", expected=f"at most {LONGEST_NAME} bytes")


def _recorder(arguments: str) -> str:
    """The command line behind file and options: a shell runs it, so that it is the platform's or wrong as a whole."""
    command = arguments.rpartition(",")[2]
    return RECORDINGS if command == SEAL else command


_OF_ROOMS = "CONFBRIDGE(bridge,record_command)="


def _set(arguments: str) -> str:
    """A conference that is recorded has a command run at its end; other variables start nothing."""
    command = arguments.removeprefix(_OF_ROOMS)
    return RECORDINGS if command in (arguments, SEAL) else command


_STARTERS: Mapping[str, Callable[[str], str]] = {
    "AGI": lambda arguments: arguments.partition(",")[0],
    "MixMonitor": _recorder,
    "Set": _set,
}
"""Applications that start programs, and which one their arguments name."""


def _form(step: Step, route: Route) -> Iterator[Finding]:
    source = step.source or route.source or ()
    if step.application not in APPLICATIONS:
        like = nearest(step.application, APPLICATIONS)
        yield K104.at(source, f"{step.application} is not loaded", expected="a loaded application", nearest=like)
    if step.application in _STARTERS and (program := _STARTERS[step.application](step.arguments)) not in PROGRAMS:
        yield K105.at(source, f"{program!r} is no program of the platform", expected="one of " + ", ".join(PROGRAMS))
    if (size := len(step.arguments.encode())) > LONGEST_LINE:
        yield K103.at(source, f"{step.application} is given {size} bytes", expected=f"at most {LONGEST_LINE} bytes")


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
    if extension.replace("-", "") in routes:
        return True
    # A pattern that begins later only goes on where an extension of its own began.
    if any(key.startswith("_") and route.first == 1 for key, route in routes.items()):
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


def _notified(text: str, _: Route) -> Iterator[Use]:
    """QueueLog of `notices.notify`: the platform's mark, the call, the tenant, the notice."""
    parts = text.split(",", 4)
    if parts[0] == NOTICES and len(parts) == 5:
        yield "notice", parts[3]


def _conditional(text: str, route: Route) -> Iterator[Use]:
    """ExecIf: the application behind the condition, where it is one that sends a notice."""
    _, mark, rest = text.partition("?QueueLog(")
    if mark:
        yield from _notified(rest, route)


def _originated(text: str, _: Route) -> Iterator[Use]:
    """The two halves of a call that is made: what is called, and for an extension who calls."""
    called, kind, *who = text.split(",")
    if called.startswith("Local/"):
        yield "extension", called[6:].partition("/")[0]
    if kind == "exten":
        yield "extension", f"{who[1]}@{who[0]}"


_USES: Mapping[str, Callable[[str, Route], Iterator[Use]]] = {
    "Goto": _target,
    "Gosub": _target,
    "GotoIf": _branches,
    "GosubIf": _branches,
    "Dial": _dialled,
    "Originate": _originated,
    "Queue": _first("queue"),
    "AddQueueMember": _first("queue"),
    "RemoveQueueMember": _first("queue"),
    "PauseQueueMember": _first("queue"),
    "UnpauseQueueMember": _first("queue"),
    "VoiceMail": _first("mailbox"),
    "VoiceMailMain": _first("mailbox"),
    "MusicOnHold": _first("music class"),
    "StartMusicOnHold": _first("music class"),
    "QueueLog": _notified,
    "ExecIf": _conditional,
}


def _queue(queue: Queue, names: _Names) -> Iterator[Finding]:
    source = queue.source or ()
    for option, value in queue.options:
        if option in ("musicclass", "musiconhold") and value:
            yield from _used("music class", value, source, names)
