"""Asking a caller for a PIN, shared by the rooms that let somebody in by one.

The PIN stands in the table of mailboxes, where secrets may stand; nothing leads into the box that keeps it. Typing
nothing is never right, whatever the table holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.records import record
from provisioner.core.source import Path
from provisioner.core.spoken import spoken

from . import naming
from .objects import AsteriskObject, Mailbox, Sound, Step
from .playing import heard

PLEASE = spoken(sv="Slå koden och avsluta med fyrkant.", en="Please enter the PIN, followed by the hash key.")
WRONG = spoken(sv="Fel kod.", en="That PIN is wrong.")
DIGITS, ATTEMPTS = 12, 3


def objects(box: str, secret: str, scope: Scope, source: Path) -> Iterator[AsteriskObject]:
    """What `ask` needs: the box that keeps the PIN of the handle `secret`, and what is said."""
    yield from (Sound(recipe, source) for sounds in (PLEASE, WRONG) for recipe in sounds.values())
    yield Mailbox(scope.slug, box, "PIN", pin_secret=secret)


def ask(box: str, scope: Scope, source: Path) -> Iterator[Step]:
    """Goes on where the PIN is right; ends the call after the last attempt."""
    typed, kept = "${FILTER(0-9,${PBX_TYPED})}", f"${{VM_INFO({naming.mailbox(scope.slug, box)},password)}}"
    yield Step("Set", "PBX_TRIES=0", source=source)
    yield Step("Read", f"PBX_TYPED,{heard(PLEASE, scope.language)},{DIGITS},,1,8", "ask", source)
    yield Step("GotoIf", f'$["{typed}" != "" & "{typed}" = "{kept}"]?right', source=source)
    yield Step("Playback", heard(WRONG, scope.language), source=source)
    yield Step("Set", "PBX_TRIES=$[${PBX_TRIES} + 1]", source=source)
    yield Step("GotoIf", f"$[${{PBX_TRIES}} < {ATTEMPTS}]?ask", source=source)
    yield Step("Hangup", "21", source=source)
    yield Step("NoOp", "", "right", source)


@record
class Doors:
    """What PINs may open, and how nobody finds one by trying, however many calls she makes at once."""

    entry: str
    """The AstDB entry that counts wrong PINs in a row, over calls: `<count>:<when the last one was typed>`."""
    opens: Mapping[str, str]
    """What a right PIN opens → what stands for that PIN in the dialplan."""
    most: int
    """Wrong PINs in a row until nothing opens."""
    locked_for: int
    """Seconds from the last one until it does again."""
    locked: Mapping[str, Recipe]
    """What is said then."""
    event: str
    """What the channel event log says of it."""
    at_once: int = ATTEMPTS
    """Attempts of one call."""


def kept(slug: str, box: str) -> str:
    """What stands for the PIN that a box of `objects` keeps."""
    return f"${{VM_INFO({naming.mailbox(slug, box)},password)}}"


def guarded(doors: Doors, scope: Scope) -> Iterator[Step]:
    """A subroutine: returns the name of what the typed PIN opens, or nothing once it has said why not."""
    typed, entry = "${FILTER(0-9,${PBX_TYPED})}", doors.entry
    counted = (Step("Set", f"LOCAL(wrong)=${{DB({entry})}}"), Step("Set", "LOCAL(count)=0${CUT(wrong,:,1)}"))
    yield Step("Set", "LOCAL(tries)=0")
    first, *rest = counted
    yield Step(first.application, first.arguments, "again")
    yield from rest
    yield Step("GotoIf", f"$[${{count}} < {doors.most}]?open")
    yield Step("GotoIf", f"$[${{EPOCH}} < 0${{CUT(wrong,:,2)}} + {doors.locked_for}]?locked")
    yield Step("Set", f"PBX_WAS=${{DB_DELETE({entry})}}")
    yield Step("Read", f"PBX_TYPED,{heard(PLEASE, scope.language)},{DIGITS},,1,8", "open")
    # Counted anew: who calls several times at once has no more attempts than with one call.
    yield from counted
    yield Step("GotoIf", f"$[${{count}} >= {doors.most}]?locked")
    for door, pin in doors.opens.items():
        yield Step("GotoIf", f'$["{typed}" != "" & "{typed}" = "{pin}"]?{door}')
    yield Step("Set", "LOCAL(count)=$[${count} + 1]")
    yield Step("Set", f"DB({entry})=${{count}}:${{EPOCH}}")
    yield Step("GotoIf", f"$[${{count}} >= {doors.most}]?locked")
    yield Step("Playback", heard(WRONG, scope.language))
    yield Step("Set", "LOCAL(tries)=$[${tries} + 1]")
    yield Step("GotoIf", f"$[${{tries}} < {doors.at_once}]?again")
    yield Step("Return")
    yield Step("CELGenUserEvent", f"rule,{doors.event}", "locked")
    yield Step("Playback", heard(doors.locked, scope.language))
    yield Step("Return")
    for door in doors.opens:
        yield Step("Set", f"PBX_WAS=${{DB_DELETE({entry})}}", door)
        yield Step("Return", door)
