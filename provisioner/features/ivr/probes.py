"""A menu as its caller meets it: its prompt, each key, silence, wrong keys, and attempts used up."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.probes import Hears, IsAnswered, Presses, Step, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import NOTICE, WORDS, Caller, Visit, Way

from .model import Ivr, Turn

KEYS = "0123456789*#"


def visit(menus: dict[str, Ivr], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    menu = menus.get(ref.name) if ref.kind == "ivr" else None
    if menu is None:
        return None
    asked = Hears(caller.line, caller.hears(scope.sounds[menu.prompt.name], scope.language))
    ways = (
        *_keys(menu, scope, caller, asked),
        _silent(menu, scope, caller, asked),
        *_wrong(menu, scope, caller, asked),
    )
    return Visit(arrival=(asked,), ways=ways, rows=("R2",))


def _keys(menu: Ivr, scope: Scope, caller: Caller, asked: Hears) -> Iterator[Way]:
    """The first key is pressed after the prompt, the others while it is played: both must work."""
    into_the_prompt = _into_the_prompt(caller)
    for index, (key, choice) in enumerate(menu.keys.items()):
        told = choice.prompt and Hears(caller.line, caller.hears(scope.sounds[choice.prompt.name], scope.language))
        # What `back` leads to hangs on where the caller came from, which nobody knows here.
        again = choice.turn is Turn.REPEAT and not choice.language
        yield Way(
            id=f"key-{WORDS.get(key, key)}",
            title=f"key {key}",
            before=into_the_prompt if index and not again else None,
            steps=(Presses(caller.line, key), *([told] if told else []), *([asked] if again else [])),
            to=choice.destination,
            language=choice.language or "",
        )


def _into_the_prompt(caller: Caller) -> tuple[Step, ...]:
    return (IsAnswered(caller.line), Waits(1.0))


def _silent(menu: Ivr, scope: Scope, caller: Caller, asked: Hears) -> Way:
    """No key: the reaction, and then the menu again where the attempts allow it."""
    reaction, steps = menu.no_input, list[Step]()
    wait = menu.timeout + NOTICE
    if reaction.prompt:
        sound = caller.hears(scope.sounds[reaction.prompt.name], scope.language)
        steps.append(Hears(caller.line, sound, within=wait))
    to = reaction.destination or (menu.exhausted if menu.attempts == 1 else None)
    if to is None:
        steps.append(Hears(caller.line, asked.sound, within=asked.within + wait))
    return Way(id="no-key", title="no key", steps=tuple(steps), to=to, seconds=2 * wait)


def _wrong(menu: Ivr, scope: Scope, caller: Caller, asked: Hears) -> Iterator[Way]:
    # A key that begins an extension is no wrong one yet.
    waits = menu.dial.begins if menu.dial else frozenset()
    key = next((each for each in KEYS if each not in menu.keys and each not in waits), "")
    if not key:
        return
    reaction, tries = menu.invalid, list[Step]()
    press = Presses(caller.line, key)
    told = (
        (Hears(caller.line, caller.hears(scope.sounds[reaction.prompt.name], scope.language)),)
        if reaction.prompt
        else ()
    )
    if reaction.destination:
        steps, title = (press, *told), f"wrong key {key}"
        yield Way(id="wrong-key", title=title, before=_into_the_prompt(caller), steps=steps, to=reaction.destination)
        return
    for attempt in range(menu.attempts):
        # Without a sentence of its own, only the menu that asks again shows that the key was noticed.
        again = told or ((asked,) if attempt + 1 < menu.attempts else ())
        tries += [press, *again]
    yield Way(
        id="used-up",
        title=f"wrong key {key}, {menu.attempts} times",
        before=_into_the_prompt(caller),
        steps=tuple(tries),
        to=menu.exhausted,
        seconds=20.0 * menu.attempts,
    )
