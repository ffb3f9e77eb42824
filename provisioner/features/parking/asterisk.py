"""Parking in Asterisk: whoever is parked calls a slot that rings and never answers, and is taken as by pick-up.

`<slug>.parking` holds the codes: alone it parks at the first free slot, with a slot's digit it parks there who is sent
there, and whoever dials it takes the call. The caller's own steps are in Dial meanwhile, so she may be put through by
an announced transfer too, and when Dial gives up she rings at the user who parked her. `<slug>.parking.slot` is the
slot: its channel counts as the slot's, lights the lamps while it lives and darkens them when it ends, in any way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core import lights
from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import logged, naming, pickup, transfer
from provisioner.targets.asterisk.objects import AsteriskObject, Include, Lamp, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import facts
from .model import Parking

SOURCE: Path = ("parking",)
RANK = 25
"""Behind emergency numbers and services, before extensions."""
FULL = spoken(sv="Alla parkeringsplatser är upptagna.", en="All parking slots are taken.")
EMPTY = spoken(sv="Det finns inget samtal på den platsen.", en="There is no call at that slot.")
NAMES = {"sv": "Parkerad", "en": "Parked"}
"""What a telephone shows before the caller's name when a parked call comes back."""
FREE_AGAIN = "idle"


def announcement(slot: str) -> Mapping[str, Recipe]:
    """What a user hears who parks a call by an announced transfer."""
    return spoken(sv=f"Parkerad på plats {slot}.", en=f"Parked at slot {slot}.")


def lower(parking: Parking | None, scope: Scope) -> Iterator[AsteriskObject]:
    if parking is None:
        return
    here, slots = naming.context(scope.slug, "parking"), facts.slots(parking)
    for way in ("outgoing", "transfer"):
        yield Include(naming.context(scope.slug, way), here, RANK, SOURCE)
    code = scope.code(facts.SERVICE.name)
    yield Route(here, code, tuple(_first_free(len(slots), scope)), SOURCE)
    yield Route(naming.context(here, "wait"), "s", tuple(_waits(parking, scope)), SOURCE)
    for slot in slots:
        yield Route(here, code + slot, tuple(_at(slot, scope)), SOURCE)
        yield Route(naming.context(here, "said"), slot, _says(announcement(slot), scope), SOURCE)
        yield Route(naming.context(here, "slot"), slot, tuple(_slot(slot, parking, scope)), SOURCE)
        dark = Steps(scope.slug).shine(naming.light(lights.of_slot(scope.slug, slot)), Lamp.DARK)
        yield Route(naming.context(here, "left"), slot, (dark, Step("Return")), SOURCE)
        yield from (Sound(recipe, SOURCE) for recipe in announcement(slot).values())
    for sounds in (FULL, EMPTY):
        yield from (Sound(recipe, SOURCE) for recipe in sounds.values())


def _mark(slot: str, scope: Scope) -> str:
    return f"{scope.slug}.parking.{slot}"


def _taken(slot: str, scope: Scope) -> str:
    return f"${{GROUP_COUNT({_mark(slot, scope)}@slot)}}"


_SENT = f'"${{{transfer.SENDER}}}" != ""'
"""The call was sent there by a user's telephone; otherwise it is the user herself who dialled."""


def _first_free(slots: int, scope: Scope) -> Iterator[Step]:
    slot = "${PBX_SLOT}"
    yield Step("Set", "PBX_SLOT=0")
    yield Step("Set", "PBX_SLOT=$[${PBX_SLOT} + 1]", "next")
    yield Step("GotoIf", f"$[{slot} > {slots}]?full")
    # Its own while it is told, so that nobody is told the same.
    yield Step("Set", f"GROUP(slot)={_mark(slot, scope)}")
    yield Step("GotoIf", f"$[{_taken(slot, scope)} > 1]?next")
    yield Step("GotoIf", f"$[{_SENT}]?park")
    yield Step("Answer")
    yield Step("Gosub", f"{naming.context(scope.slug, 'parking', 'said')},{slot},1")
    yield Step("Goto", f"{naming.context(scope.slug, 'parking', 'wait')},s,1", "park")
    yield Step("Set", f"GROUP(slot)={FREE_AGAIN}", "full")
    yield Step("GotoIf", f"$[{_SENT}]?{transfer.BACK},s,1")
    yield from Steps(scope.slug).before_answer()
    yield Step("Playback", f"{heard(FULL, scope.language)},noanswer")
    yield Step("Hangup", "17")


def _at(slot: str, scope: Scope) -> Iterator[Step]:
    yield Step("GotoIf", f"$[{_SENT}]?sent")
    yield Step("Pickup", f"{_mark(slot, scope)}@{pickup.MARK}")
    yield from Steps(scope.slug).before_answer()
    yield Step("Playback", f"{heard(EMPTY, scope.language)},noanswer")
    yield Step("Hangup", "19")
    yield Step("GotoIf", f"$[{_taken(slot, scope)} > 0]?{transfer.BACK},s,1", "sent")
    yield Step("Set", f"PBX_SLOT={slot}")
    yield Step("Goto", f"{naming.context(scope.slug, 'parking', 'wait')},s,1")


def _waits(parking: Parking, scope: Scope) -> Iterator[Step]:
    slot = "${PBX_SLOT}"
    name = NAMES.get(scope.language[:2], NAMES["en"])
    yield Step("Set", f"PBX_PARKER=${{IF($[{_SENT}]?${{{transfer.SENDER}}}:${{PBX_USER}})}}")
    yield Step("Set", f"GROUP(slot)={FREE_AGAIN}")
    leg = f"Local/{slot}@{naming.context(scope.slug, 'parking', 'slot')}/n"
    taken = f"b({pickup.PARKED}^s^1({_mark(slot, scope)})){logged.noted(scope.slug, '')}"
    yield Step("Dial", f"{leg},{parking.come_back},m{taken}")
    yield Step("GotoIf", '$["${DIALSTATUS}" != "NOANSWER" & "${DIALSTATUS}" != "BUSY"]?end')
    yield Step("Set", f"CALLERID(name)={name} {slot} ${{CALLERID(name)}}")
    yield Step("Goto", f"{naming.context(scope.slug, 'user')},${{PBX_PARKER}},1")
    yield Step("Hangup", label="end")


def _says(sounds: Mapping[str, Recipe], scope: Scope) -> tuple[Step, ...]:
    return Step("Playback", heard(sounds, scope.language)), Step("Return")


def _slot(slot: str, parking: Parking, scope: Scope) -> Iterator[Step]:
    yield Step("Set", f"GROUP(slot)={_mark(slot, scope)}")
    yield Step("GotoIf", f"$[{_taken(slot, scope)} > 1]?taken")
    left = naming.context(scope.slug, "parking", "left")
    yield Step("Set", f"CHANNEL(hangup_handler_push)={left},{slot},1")
    yield Steps(scope.slug).shine(naming.light(lights.of_slot(scope.slug, slot)), Lamp.LIT)
    yield Step("Ringing")
    # The caller's own Dial ends it before.
    yield Step("Wait", str(parking.come_back + 10))
    yield Step("Hangup")
    yield Step("Hangup", "17", "taken")
