"""A menu in Asterisk: one context whose extensions are its keys.

No key is the beginning of another, so a key counts at once and exactly. Silence enters `t`, a wrong key `i`; both
count one failure before anything is played, so that a caller who presses on cannot keep the menu going for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Ivr, Reaction


def lower(menus: dict[str, Ivr], scope: Scope) -> Iterator[Route]:
    for name, menu in menus.items():
        yield from _routes(name, menu, scope)


def _routes(name: str, menu: Ivr, scope: Scope) -> Iterator[Route]:
    ref, path, say = Ref("ivr", name), ("ivr", name), Steps(scope.slug)
    context, extension = naming.destination(scope.slug, ref)
    asks = (
        say.enter(ref, path),
        say.answer(path),
        Step("Set", "PBX_FAILED=0", source=path),
        Step("Background", heard(scope.sounds[menu.prompt.name], scope.language), "ask", (*path, "prompt")),
        Step("WaitExten", str(menu.timeout), source=(*path, "timeout")),
    )
    yield Route(context, extension, asks, path)
    for key, destination in menu.keys.items():
        where = (*path, "keys", key)
        yield Route(context, key, (say.goto(destination, where),), where)
    yield Route(context, "t", tuple(_react(menu, menu.no_input, scope, path, "no_input")), (*path, "no_input"))
    yield Route(context, "i", tuple(_react(menu, menu.invalid, scope, path, "invalid")), (*path, "invalid"))


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
