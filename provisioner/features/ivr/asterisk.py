"""A menu in Asterisk: one context whose extensions are its keys, and the extensions that may be dialled.

No key is the beginning of another or of an extension, so a key counts at once and exactly. Silence enters `t`, a wrong
key `i`; both count one failure before anything is played, so that a caller who presses on cannot keep the menu going
for ever. Digits that begin an extension are collected up to its length, or the rest of a wrong one would count as
further wrong keys.

The way back: a menu notes at `PBX_BACK_<name>` which menu the call was in before (`PBX_MENU`). Coming back enters
behind that, so that the upper menu keeps its own way back.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Choice, Dial, Ivr, Reaction, Turn


def lower(menus: dict[str, Ivr], scope: Scope) -> Iterator[Route]:
    backs = any(choice.turn is Turn.BACK for menu in menus.values() for choice in menu.keys.values())
    for name, menu in menus.items():
        yield from _routes(name, menu, scope, backs)


def _routes(name: str, menu: Ivr, scope: Scope, backs: bool) -> Iterator[Route]:
    ref, path, say = Ref("ivr", name), ("ivr", name), Steps(scope.slug)
    context, extension = naming.destination(scope.slug, ref)
    comes = tuple(_comes(name, path)) if backs else ()
    timeout = Step("Set", f"TIMEOUT(digit)={menu.dial.digit_timeout}", source=(*path, "dial")) if menu.dial else None
    asks = (
        say.enter(ref, path),
        say.answer(path),
        *comes,
        Step("Set", "PBX_FAILED=0", label="back" if backs else "", source=path),
        *([Step("Set", f"PBX_MENU={name}", source=path)] if backs else []),
        *([timeout] if timeout else []),
        Step("Background", heard(scope.sounds[menu.prompt.name], scope.language), "ask", (*path, "prompt")),
        Step("WaitExten", str(menu.timeout), source=(*path, "timeout")),
    )
    yield Route(context, extension, asks, path)
    for key, choice in menu.keys.items():
        where = (*path, "keys", key)
        yield Route(context, key, tuple(_pressed(name, choice, scope, where)), where)
    if menu.dial:
        yield from _dialled(menu.dial, context, scope, (*path, "dial"))
    yield Route(context, "t", tuple(_react(menu, menu.no_input, scope, path, "no_input")), (*path, "no_input"))
    yield Route(context, "i", tuple(_react(menu, menu.invalid, scope, path, "invalid")), (*path, "invalid"))


def _variable(name: str) -> str:
    return f"PBX_BACK_{name.replace('-', '_')}"


def _comes(name: str, path: Path) -> Iterator[Step]:
    came = f'"${{PBX_MENU}}" != "" & "${{PBX_MENU}}" != "{name}"'
    yield Step("ExecIf", f"$[{came}]?Set({_variable(name)}=${{PBX_MENU}})", source=path)


def _pressed(name: str, choice: Choice, scope: Scope, path: Path) -> Iterator[Step]:
    if choice.prompt:
        yield Step("Playback", heard(scope.sounds[choice.prompt.name], scope.language), source=(*path, "prompt"))
    if choice.language:
        yield Step("Set", f"CHANNEL(language)={choice.language}", source=(*path, "language"))
    if choice.destination:
        yield Steps(scope.slug).goto(choice.destination, (*path, "destination"))
        return
    if choice.turn is Turn.BACK:
        above = f"${{{_variable(name)}}}"
        context = naming.context(scope.slug, "ivr", above)
        # Whoever came here straight from outside has nothing above.
        yield Step("GotoIf", f'$["{above}" != ""]?{context},s,back', source=(*path, "turn"))
    yield Step("Goto", "s,ask", source=(*path, "turn"))


def _dialled(dial: Dial, context: str, scope: Scope, path: Path) -> Iterator[Route]:
    say, before, where = Steps(scope.slug), dial.after or "", (*path, "extensions")
    reached = {each: ref for each, ref in scope.extensions.items() if dial.allows(each)}
    for extension, ref in reached.items():
        yield Route(context, f"{before}{extension}", (say.goto(ref, where),), where)
    for pattern in sorted({f"_{before}{each[0]}{'X' * (len(each) - 1)}" for each in _ends(dial)}):
        yield Route(context, pattern, (Step("Goto", "i,1", source=where),), where)


def _ends(dial: Dial) -> Iterator[str]:
    """An extension for each first digit that a range has."""
    for each in dial.extensions:
        first, _, last = each.partition("-")
        for digit in range(int(first[0]), int((last or first)[0]) + 1):
            yield f"{digit}{first[1:]}"


def _react(menu: Ivr, reaction: Reaction, scope: Scope, path: Path, key: str) -> Iterator[Step]:
    say, here = Steps(scope.slug), (*path, key)
    prompt = heard(scope.sounds[reaction.prompt.name], scope.language) if reaction.prompt else ""
    if reaction.destination:
        if prompt:
            yield Step("Playback", prompt, source=(*here, "prompt"))
        yield say.goto(reaction.destination, (*here, "destination"))
        return
    yield Step("Set", "PBX_FAILED=$[${PBX_FAILED} + 1]", source=(*path, "attempts"))
    if prompt:
        # Background: the caller may press the right key while she hears that the last one was wrong.
        yield Step("Background", prompt, source=(*here, "prompt"))
    yield say.goto_if(f"${{PBX_FAILED}} >= {menu.attempts}", menu.exhausted, (*path, "exhausted"))
    yield Step("Goto", "s,ask", source=here)
