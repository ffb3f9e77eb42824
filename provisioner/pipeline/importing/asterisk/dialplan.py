"""An Asterisk dialplan as steps that can be looked up: contexts, includes, patterns, priorities, labels.

Which of several extensions that fit is taken follows Asterisk's own order: of one context the more exact, digit by
digit from the left, and only then the contexts that it includes, in their order. A step is looked up with its priority,
so that one extension may go on in another that fits the same digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from .conf import Section

CLASSES = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
MOST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One application with its arguments, as written."""

    place: str
    app: str
    """In small letters."""
    args: str


@dataclass(slots=True)
class Exten:
    name: str
    place: str
    steps: dict[int, Step] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    hint: str = ""


@dataclass
class Context:
    name: str
    extens: dict[str, Exten] = field(default_factory=dict)
    includes: list[str] = field(default_factory=list)

    @cached_property
    def patterns(self) -> list[Exten]:
        """Those that stand for several extensions, in the order in which they are tried."""
        found = (each for each in self.extens.values() if each.name.startswith("_"))
        return sorted(found, key=lambda each: _exactness(each.name))


@dataclass(frozen=True, slots=True)
class At:
    """A place in the dialplan. `digits` is what was dialled, which a pattern may stand for."""

    context: str
    digits: str
    priority: int = 1


@dataclass
class Dialplan:
    contexts: dict[str, Context]
    variables: Mapping[str, str]

    def fitting(self, context: str, digits: str, through: tuple[str, ...] = ()) -> Iterator[Exten]:
        """What fits the digits, in the order in which Asterisk takes it."""
        here = self.contexts.get(context)
        if here is None or context in through:
            return
        if not digits.startswith("_") and (exact := here.extens.get(digits)):
            yield exact
        yield from (each for each in here.patterns if fits(each.name, digits))
        for name in here.includes:
            yield from self.fitting(name, digits, (*through, context))

    def step(self, at: At) -> Step | None:
        found = (each.steps.get(at.priority) for each in self.fitting(at.context, at.digits))
        return next((each for each in found if each), None)

    def has(self, context: str, digits: str) -> bool:
        return self.step(At(context, digits)) is not None

    def label(self, context: str, digits: str, label: str) -> int | None:
        """The priority of a label, or the number itself."""
        if label.isascii() and label.isdigit() and len(label) < 6:
            return int(label)
        found = (each.labels.get(label) for each in self.fitting(context, digits))
        return next((each for each in found if each), None)


def fits(pattern: str, digits: str) -> bool:
    """Whether an extension as written is meant by what was dialled."""
    if not pattern.startswith("_"):
        return pattern == digits
    return _expression(pattern).fullmatch(digits) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    made = ""
    for each in _parts(pattern):
        if end := {".": ".+", "!": ".*"}.get(each):  # whatever follows these is not looked at
            return re.compile(made + end, re.DOTALL)
        made += f"[{re.escape(_meant(each))}]"
    return re.compile(made)


def _parts(pattern: str) -> list[str]:
    return re.findall(r"\[[^\]]+\]|[^\s-]", pattern[1:])


def _meant(part: str) -> str:
    """The digits that one part of a pattern stands for."""
    if not part.startswith("["):
        return CLASSES.get(part.upper(), part) if part.upper() in CLASSES else part
    made = ""
    for first, last in re.findall(r"(.)(?:-(.))?", part[1:-1]):
        made += "".join(map(chr, range(ord(first), ord(last) + 1))) if last else first
    return made or "-"


def _exactness(pattern: str) -> tuple[int, ...]:
    """Smaller for what Asterisk tries before: digit by digit the narrower."""
    wide = {".": 1000, "!": 2000}
    return tuple(wide.get(each) or len(_meant(each)) for each in _parts(pattern))


def read(sections: Mapping[str, Section], left: list[str]) -> Dialplan:
    """The dialplan of `extensions.conf`; what of it is no extension is told in `left`."""
    given = sections.get("globals")
    variables = {each.key.upper(): each.value for each in given.lines} if given else {}
    contexts: dict[str, Context] = {}
    for section in sections.values():
        if section.name not in ("general", "globals", ""):
            contexts[section.name] = _context(section, left)
    return Dialplan(contexts, variables)


def _context(section: Section, left: list[str]) -> Context:
    made = Context(section.name)
    last: Exten | None = None
    priority = 0
    for line in section.lines:
        if line.key == "include":
            name, comma, _ = line.value.partition(",")
            made.includes.append(name.strip())
            if comma:
                left.append(f"{line.place}: {name} is included at all times, not only at those")
        elif line.key not in ("exten", "same"):
            left.append(f"{line.place}: {line.key} => {line.value} is not carried over")
        else:
            name, written = (last.name if last else "", line.value)
            if line.key == "exten":
                name, _, written = line.value.partition(",")
            name = re.sub(r"[ -]", "", name) if name.strip().startswith("_") and "[" not in name else name.strip()
            last = made.extens.setdefault(name, Exten(name, line.place))
            priority = _add(last, line.place, written, priority, left)
    return made


def _add(exten: Exten, place: str, written: str, before: int, left: list[str]) -> int:
    """Adds one priority of an extension and tells which it was."""
    found = re.fullmatch(r"\s*(\d{1,5}|n|s|hint)(?:\+(\d{1,4}))?(?:\(([^)]*)\))?\s*,\s*(.*)", written, re.DOTALL)
    if not found or "/" in exten.name or not exten.name:
        left.append(f"{place}: {exten.name or 'an extension without a name'}, {written!r} is not understood")
        return before
    if found[1] == "hint":
        exten.hint = found[4].split(",")[0]
        return before
    relative = {"n": before + int(found[2] or 1), "s": before}
    priority = relative.get(found[1]) or int(found[1]) if found[1] not in relative else relative[found[1]]
    app, args = application(found[4])
    exten.steps[priority] = Step(place, app, args)
    if found[3]:
        exten.labels[found[3].strip()] = priority
    return priority


def application(text: str) -> tuple[str, str]:
    """`Dial(PJSIP/101,20)` as its name in small letters and its arguments."""
    name, bracket, rest = text.strip().partition("(")
    args = rest.rpartition(")")[0] if bracket and ")" in rest else rest
    return name.strip().lower(), args.strip()


def split(text: str, separator: str = ",") -> list[str]:
    """Arguments: separators within brackets or quotes do not part them."""
    made, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == '"'
        if not quoted:
            depth += (sign in "([{") - (sign in ")]}")
        if sign == separator and depth <= 0 and not quoted:
            made.append("")
        else:
            made[-1] += sign
    return [each.strip().strip('"') for each in made]
