"""What a call does in a menu: one question and what is keyed in. A menu that asks again is gone through once more.

How often the caller gave no answer or a wrong one is noted in the call, and so is the menu that she came from: coming
back goes in behind the entrance, as in the platform.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Move, Step, goes, hears

from .model import Choice, Ivr, Reaction, Turn

FAILED, MENU, BACK = "ivr.failed", "ivr.menu", "ivr.back."
"""Notes in the call: failed attempts, the menu that it is in, and where `back` leads from each menu."""
INSIDE = "ivr.inside"
"""The menu whose question was asked already: it is asked again without going in anew."""


def trace(menus: dict[str, Ivr], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    menu = menus.get(ref.name) if ref.kind == "ivr" else None
    if menu is None:
        return None
    path, name = ("ivr", ref.name), ref.name
    here = _enters(call, name)
    asked = hears(here, scope, menu.prompt, (*path, "prompt"))
    extensions = _extensions(menu, scope)
    most = max(map(len, extensions), default=1)
    key = around.key((*menu.keys, *extensions), most)
    if key in menu.keys:
        where = (*path, "keys", key)
        return _chosen(name, menu.keys[key], [asked, Step(f"presses {key}", where)], where, scope, here)
    if key in extensions:
        keyed = Step(f"keys in {key}", (*path, "dial"))
        return goes(here, [asked, keyed], extensions[key], (*path, "dial", "extensions"))
    if key:
        wrong = Step(f"{'presses' if len(key) == 1 else 'keys in'} {key}", (*path, "keys"), "none of the choices")
        return _react(menu, menu.invalid, "invalid", [asked, wrong], path, scope, here)
    silent = Step("presses nothing", (*path, "timeout"), f"for {menu.timeout} s")
    return _react(menu, menu.no_input, "no_input", [asked, silent], path, scope, here)


def _enters(call: Call, name: str) -> Call:
    if call.mark(INSIDE) == name:
        return call.marked(INSIDE, "")
    came = call.mark(MENU)
    if came and came != name:
        call = call.marked(BACK + name, came)
    return call.marked(FAILED, "0").marked(MENU, name)


def _extensions(menu: Ivr, scope: Scope) -> dict[str, Ref]:
    """What is keyed in for each extension that can be reached from here → the extension's destination."""
    if menu.dial is None:
        return {}
    before = menu.dial.after or ""
    return {f"{before}{each}": ref for each, ref in scope.extensions.items() if menu.dial.allows(each)}


def _chosen(name: str, choice: Choice, steps: list[Step], path: Path, scope: Scope, call: Call) -> Move:
    if choice.prompt:
        steps.append(hears(call, scope, choice.prompt, (*path, "prompt")))
    if choice.language:
        steps.append(Step(f"hears {choice.language} from here on", (*path, "language")))
        call = replace(call, language=choice.language)
    if choice.destination:
        return goes(call, steps, choice.destination, (*path, "destination"))
    above = call.mark(BACK + name)
    if choice.turn is Turn.BACK and above:
        back = call.marked(FAILED, "0").marked(MENU, above)
        return _asks_again(above, back, steps, path, f"goes back to ivr:{above}")
    why = "there is no menu that the caller came from" if choice.turn is Turn.BACK else ""
    return _asks_again(name, call, steps, path, "the menu is heard again", why)


def _react(
    menu: Ivr, reaction: Reaction, key: str, steps: Iterable[Step], path: Path, scope: Scope, call: Call
) -> Move:
    where, done, name = (*path, key), list(steps), str(path[-1])
    if reaction.prompt:
        done.append(hears(call, scope, reaction.prompt, (*where, "prompt")))
    if reaction.destination:
        return goes(call, done, reaction.destination, (*where, "destination"))
    failed = int(call.mark(FAILED)) + 1
    count = f"attempt {failed} of {menu.attempts}"
    if failed >= menu.attempts:
        return goes(call, done, menu.exhausted, (*path, "exhausted"), count)
    return _asks_again(name, call.marked(FAILED, str(failed)), done, (*path, "attempts"), "is asked again", count)


def _asks_again(name: str, call: Call, steps: list[Step], path: Path, what: str, why: str = "") -> Move:
    again = (*steps, Step(what, path, why))
    return Move(again, call.marked(INSIDE, name), Ref("ivr", name), within=True)
