"""A folder of an Asterisk's configuration as a company: `extensions.conf`, `queues.conf`, `voicemail.conf`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from provisioner.pipeline.importing.company import Company, Line, international

from . import conf, dialplan, tenant
from .apps import APPS
from .dialplan import At, Dialplan
from .tenant import EXTENSION
from .walk import Here, Walk

KINDS = {
    "announcements": "announcement", "ivr": "ivr", "queues": "queue",
    "ring_groups": "ring_group", "schedules": "schedule",
}  # fmt: skip
WITH_EXTENSION = {
    "ring_group": "ring_groups", "queue": "queues", "ivr": "ivr", "announcement": "announcements",
    "conference": "conferences", "voicemail": "voicemail",
}  # fmt: skip
SPECIAL = ("s", "i", "t", "h", "o", "a", "e")


def company(content: conf.Content, country: str, plan: str, sound: Callable[[str], str]) -> Company:
    """Follows every public number and every extension. `plan` is that of all users."""
    made, names = Company(), tenant.Names()
    held = dialplan.read(conf.read(content, "extensions.conf", made.left), made.left)
    boxes = tenant.boxes(conf.read(content, "voicemail.conf", made.left))
    queues = conf.read(content, "queues.conf", made.left)
    who = tenant.staff(held, boxes, made, plan, names)
    walk = Walk(held, who, names, made, country, queues, boxes, sound, APPS)
    for at, place in _beginnings(held):
        _begin(walk, at, place)
    for user, at in who.own.items():  # those whom a pattern stands for
        if not who.people[user].forwarding:
            walk.goes(Here(At(at.context, at.digits)))
    joined(made)
    _only_what_there_is(made)
    for (kind, name), refs in walk.things.items():
        alike = [each for each in refs if each.partition(":")[2] in made.sections.get("queues", {})]
        if kind == "queue" and len(alike) > 1:
            said = f"{name} has several ways out, so it became {', '.join(alike)}: two lines of callers"
            made.left.append(f"{queues[name].place}: {said}")
    made.left = [*dict.fromkeys(made.left), *_unused(walk)]
    made.settle()
    return made


def _only_what_there_is(made: Company) -> None:
    """Takes out of menus the extensions that nothing became of."""
    there = {each.extension for each in made.people}
    there |= {each.fields.get("extension", "") for entries in made.sections.values() for each in entries.values()}
    for name, menu in made.sections.get("ivr", {}).items():
        dial = menu.fields.get("dial", {}).get("extensions", [])
        kept = [each for each in dial if each in there]
        if lost := [each for each in dial if each not in there]:
            made.left.append(
                f"{menu.place}: {', '.join(lost)} cannot be keyed in at ivr:{name}, for nothing has them here"
            )
            menu.fields["dial"] = {"extensions": kept}
        if dial and not kept:
            del menu.fields["dial"]


def joined(made: Company) -> None:
    """Makes one of things that say the same and come of the same line: calls reached it in different ways."""
    while renamed := _alike(made):
        for section, name in renamed:
            del made.sections[section][name]
        refs = {f"{KINDS[section]}:{name}": f"{KINDS[section]}:{other}" for (section, name), other in renamed.items()}
        for entries in made.sections.values():
            for each in entries.values():
                each.fields = _renamed(each.fields, refs)
        for person in made.people:
            person.forwarding = _renamed(person.forwarding, refs)
        for line in made.lines:
            line.destination = refs.get(line.destination, line.destination)


def _alike(made: Company) -> dict[tuple[str, str], str]:
    first: dict[str, str] = {}
    renamed = {}
    for section, entries in made.sections.items():
        for name, each in entries.items() if section in KINDS else ():
            known = first.setdefault(json.dumps([section, each.place, each.fields]), name)
            if known != name:
                renamed[section, name] = known
    return renamed


def _renamed(value: Any, refs: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(each, refs) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, refs) for each in value]
    return refs.get(value, value) if isinstance(value, str) else value


def _beginnings(plan: Dialplan) -> Iterator[tuple[At, str]]:
    """What can be called, as the file has it: extensions first, for their things bear the better names."""
    found = [
        (At(name, digits), each.place)
        for name, context in plan.contexts.items()
        for digits, each in context.extens.items()
        if re.fullmatch(r"\+?[0-9]{2,}", digits)
    ]
    return iter(sorted(found, key=lambda each: not EXTENSION.fullmatch(each[0].digits)))


def _begin(walk: Walk, at: At, place: str) -> None:
    if not walk.plan.step(at):
        return
    if not EXTENSION.fullmatch(at.digits):
        if number := international(at.digits, walk.country):
            walk.made.add(Line(number, walk.goes(Here(at)), place), at.digits)
        else:
            walk.tell(place, f"{at.digits} is neither an extension nor a public number")
        return
    ref = walk.goes(Here(at))
    kind, _, name = ref.partition(":")
    if kind == "user" and walk.who.people[name].extension == at.digits:
        return
    thing = walk.made.sections.get(WITH_EXTENSION.get(kind, ""), {}).get(name)
    if walk.who.of_extension(at.digits):
        walk.tell(place, f"{at.digits} is a user's extension in another context, so what it does here is left out")
    elif thing and "extension" not in thing.fields:
        thing.fields["extension"] = at.digits
    elif not thing or thing.fields["extension"] != at.digits:
        walk.tell(place, f"extension {at.digits} leads to {ref}, which it cannot be the extension of")


def _unused(walk: Walk) -> Iterator[str]:
    """What no call comes by from a number or an extension, by the first line of each extension."""
    for context in walk.plan.contexts.values():
        for exten in context.extens.values():
            missed = [each.place for each in exten.steps.values() if each.place not in walk.used]
            if missed and exten.name != "h":
                yield f"{missed[0]}: {_why(exten.name)} ({context.name}, {exten.name})"


def _why(name: str) -> str:
    if name.startswith("_"):
        return "a pattern: calls out are the platform's, by its trunks and the users' plans"
    if not name.isalnum() and name not in SPECIAL:
        return "a phone code: `pbx codes` lists those that there are"
    return "no number and no extension leads here"
