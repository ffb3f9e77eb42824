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
from provisioner.targets.asterisk.playing import heard

from .facts import pin_secret
from .model import User

SOURCE: Path = ("users",)
MOST, LOCKED_FOR, AT_ONCE = 6, 3600, 3
"""Wrong PINs until it is locked, seconds that it is, and attempts of one call."""
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
    entry = f"{naming.database_family(scope.slug)}/pin-wrong-${{ARG1}}"
    typed = "${FILTER(0-9,${PBX_TYPED})}"
    kept = f"${{VM_INFO({naming.mailbox(scope.slug, 'pin.${ARG1}')},password)}}"
    counted = (
        Step("Set", f"LOCAL(wrong)=${{DB({entry})}}"),
        Step("Set", "LOCAL(count)=0${CUT(wrong,:,1)}"),
    )
    yield Step("Set", "LOCAL(tries)=0")
    first, *rest = counted
    yield Step(first.application, first.arguments, "again")
    yield from rest
    yield Step("GotoIf", f"$[${{count}} < {MOST}]?open")
    yield Step("GotoIf", f"$[${{EPOCH}} < 0${{CUT(wrong,:,2)}} + {LOCKED_FOR}]?locked")
    yield Step("Set", f"PBX_WAS=${{DB_DELETE({entry})}}")
    yield Step("Read", f"PBX_TYPED,{heard(pins.PLEASE, scope.language)},{pins.DIGITS},,1,8", "open")
    # Counted anew: who calls several times at once has no more attempts than with one call.
    yield from counted
    yield Step("GotoIf", f"$[${{count}} >= {MOST}]?locked")
    yield Step("GotoIf", f'$["{typed}" != "" & "{typed}" = "{kept}"]?right')
    yield Step("Set", "LOCAL(count)=$[${count} + 1]")
    yield Step("Set", f"DB({entry})=${{count}}:${{EPOCH}}")
    yield Step("GotoIf", f"$[${{count}} >= {MOST}]?locked")
    yield Step("Playback", heard(pins.WRONG, scope.language))
    yield Step("Set", "LOCAL(tries)=$[${tries} + 1]")
    yield Step("GotoIf", f"$[${{tries}} < {AT_ONCE}]?again")
    yield Step("Return")
    yield Step("CELGenUserEvent", "rule,pin-locked ${ARG1}", "locked")
    yield Step("Playback", heard(LOCKED, scope.language))
    yield Step("Return")
    yield Step("Set", f"PBX_WAS=${{DB_DELETE({entry})}}", "right")
    yield Step("Return", "right")
