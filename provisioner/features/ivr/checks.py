"""Findings of menus alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.languages import best
from provisioner.core.source import Path

from .model import Choice, Dial, Ivr, Turn, holds

I101 = Rule(
    code="I101",
    title="Attempts that cannot be used up",
    why="No answer and a wrong answer both lead away at once, so `attempts` and `exhausted` never count; whoever wrote "
    "them expects callers there.",
    remedy="Take the destination away from `no_input` or `invalid`, so that the menu asks again.",
    bad="no_input: {destination: queue:info}\ninvalid: {destination: queue:info}\nexhausted: voicemail:info",
    good="no_input: {prompt: no-input}\ninvalid: {prompt: invalid}\nexhausted: voicemail:info",
    severity=Severity.NOTE,
    source="R2",
)
I102 = Rule(
    code="I102",
    title="Key that leads nowhere, or two ways",
    why="Nobody could say where the caller goes who presses it.",
    remedy="Give the key either a `destination` or a `turn`.",
    bad='"1": {prompt: connecting}',
    good='"1": {prompt: connecting, destination: "user:anna"}',
    source="R2",
)
I103 = Rule(
    code="I103",
    title="Menu without a way out",
    why="Every key repeats the menu or goes back: a caller reaches nobody, whatever she presses.",
    remedy="Lead at least one key somewhere.",
    bad='keys: {"1": repeat, "*": back}',
    good='keys: {"1": "user:anna", "*": back}',
    source="R2",
)
I104 = Rule(
    code="I104",
    title="Key that begins an extension",
    why="The key would no longer count at once: the menu had to wait for what the caller wants.",
    remedy="Use another key, narrow the range, or have a key pressed before extensions (`dial.after`).",
    bad='keys: {"1": "user:anna"}\ndial: {extensions: [100-199]}',
    good='keys: {"1": "user:anna"}\ndial: {extensions: [100-199], after: "*"}',
    source="R2",
)
I105 = Rule(
    code="I105",
    title="Range without an extension",
    why="Nothing of the tenant has an extension there; whoever wrote it expects that callers reach somebody.",
    remedy="Correct the range, or take it out.",
    bad="# extensions 101 to 105\ndial: {extensions: [200-299]}",
    good="# extensions 101 to 105\ndial: {extensions: [100-199]}",
    source="R2",
)
I106 = Rule(
    code="I106",
    title="Language that the menu's callers cannot hear",
    why="The key changes the language, and no prompt of the tenant speaks it: the caller hears the tenant's own.",
    remedy="Add the language to the prompts, or take it away from the key.",
    bad='"2": {language: fi, turn: repeat}',
    good='"2": {language: en, turn: repeat}',
    severity=Severity.WARNING,
    source="R2",
)
I107 = Rule(
    code="I107",
    title="Way back from a menu that nothing leads to",
    why="`back` goes to the menu that the caller came from; no menu leads here, so the key can only repeat.",
    remedy="Lead a key of another menu here, or write `repeat`.",
    bad='# no menu leads to more\nmore: {keys: {"*": back, "1": "user:anna"}, …}',
    good='main: {keys: {"9": "ivr:more"}, …}\nmore: {keys: {"*": back, "1": "user:anna"}, …}',
    severity=Severity.WARNING,
    source="R2",
)
RULES = (I101, I102, I103, I104, I105, I106, I107)


def check(menus: dict[str, Ivr], scope: Scope) -> Iterator[Finding]:
    below = _below(scope)
    for name, menu in menus.items():
        path: Path = ("ivr", name)
        if menu.no_input.destination and menu.invalid.destination:
            found = f"{menu.exhausted} is never reached: the menu {name} asks only once"
            yield I101.at((*path, "exhausted"), found, expected="a reaction without destination")
        for key, choice in menu.keys.items():
            yield from _key(key, choice, name in below, scope, (*path, "keys", key))
        if all(choice.turn and not choice.destination for choice in menu.keys.values()) and not menu.dial:
            yield I103.at((*path, "keys"), f"no key of {name} leads out of it", expected="a key with a destination")
        if menu.dial:
            yield from _dial(menu, menu.dial, scope, path)


def _below(scope: Scope) -> set[str]:
    """Menus that another menu may lead to, straight or by something between that is not known here."""
    places = [(path, ref.name) for path, ref in scope.references if ref.kind == "ivr" and path[0] != "numbers"]
    return {name for path, name in places if path[:2] != ("ivr", name)}


def _key(key: str, choice: Choice, below: bool, scope: Scope, path: Path) -> Iterator[Finding]:
    if (choice.destination is None) == (choice.turn is None):
        found = "both a destination and a turn" if choice.turn else "neither a destination nor a turn"
        yield I102.at(path, f"key {key} has {found}", expected="one of the two")
    spoken = sorted({scope.language, *(tag for each in scope.sounds.values() for tag in each if tag)})
    if choice.language and best(spoken, choice.language) is None:
        yield I106.at((*path, "language"), f"nothing is said in {choice.language}", expected=" or ".join(spoken))
    if choice.turn is Turn.BACK and not below:
        yield I107.at(path, f"no other menu leads here, so key {key} has nowhere to go back", expected="repeat")


def _dial(menu: Ivr, dial: Dial, scope: Scope, path: Path) -> Iterator[Finding]:
    for index, stretch in enumerate(dial.extensions):
        if not any(holds(stretch, each) for each in scope.extensions):
            listed = ", ".join(sorted(scope.extensions)[:8]) or "none"
            found = f"no extension lies in {stretch}"
            yield I105.at((*path, "dial", "extensions", index), found, expected=f"some of {listed}")
    for key in menu.keys:
        if key in dial.begins:
            what = "is pressed before extensions" if dial.after else "begins extensions that may be dialled"
            yield I104.at((*path, "keys", key), f"key {key} {what}", expected="another key, or `after`", on_key=True)
