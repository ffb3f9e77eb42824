"""Asking a caller for a PIN, shared by the rooms that let users change something by phone.

The PIN stands in the table of mailboxes, where secrets may stand; nothing leads into the box that keeps it. Typing
nothing is never right, whatever the table holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
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
