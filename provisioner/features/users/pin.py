"""A user's PIN, with which she proves who she is where her telephone does not: at a shared one, or from outside.

`<slug>.pin,ask` is a subroutine with her name. It answers `right` where she typed it; else it has said why not. Six
wrong ones in a row, over calls, lock the PIN for an hour: nobody finds six digits by trying. The PIN stands where all
stand (`targets/asterisk/pins.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming, pins
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step

from .facts import pin_secret
from .model import User

SOURCE: Path = ("users",)
MOST, LOCKED_FOR = 6, 3600
"""Wrong PINs until it is locked, and seconds that it is."""
LOCKED = spoken(
    sv="Koden är spärrad. Försök igen om en timme.",
    en="This PIN is locked. Please try again in an hour.",
)


def lower(users: Mapping[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    having = [name for name in users if name in scope.pin_users]
    for name in having:
        yield from pins.objects(f"pin.{name}", pin_secret(scope.slug, name), scope, ("users", name))
    if having:
        yield Route(naming.context(scope.slug, naming.PIN), "ask", tuple(_ask(scope)), SOURCE)
        yield from (Sound(recipe, SOURCE) for recipe in LOCKED.values())


def _ask(scope: Scope) -> Iterator[Step]:
    doors = pins.Doors(
        entry=f"{naming.database_family(scope.slug)}/pin-wrong-${{ARG1}}",
        opens={"right": pins.kept(scope.slug, "pin.${ARG1}")},
        most=MOST,
        locked_for=LOCKED_FOR,
        locked=LOCKED,
        event="pin-locked ${ARG1}",
    )
    return pins.guarded(doors, scope)
