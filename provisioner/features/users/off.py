"""Personal mailboxes that their owners turn off: calls that would end there are ended as if she had none.

She does it by a phone code, or by a program over HTTP (`roles/people`); it is hers, and no apply changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.codes import Service
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

SERVICE = Service("voicemail-switch", "*96", "turns the own mailbox off, or on again")
SOURCE: Path = ("users",)
CHOICES: Mapping[str, Mapping[str, Recipe]] = {
    "on": spoken(sv="Din röstbrevlåda är på.", en="Your mailbox is on."),
    "off": spoken(sv="Din röstbrevlåda är av.", en="Your mailbox is off."),
}
"""What she chooses, and what she hears then."""


def passes(box: str, scope: Scope, path: Path) -> Step:
    """The step before the greeting: a call to a mailbox that is off ends here."""
    kept = f"${{DB({naming.database_family(scope.slug)}/{naming.MAILBOX}{box})}}"
    return Steps(scope.slug).goto_if(f'"{kept}" = "off"', Ref("hangup", "unavailable"), path)


def lower(scope: Scope) -> Iterator[AsteriskObject]:
    entry = f"{naming.database_family(scope.slug)}/{naming.MAILBOX}${{PBX_USER}}"
    steps = (
        Step("GotoIf", f"${{VM_INFO({naming.mailbox(scope.slug, '${PBX_USER}')},exists)}}?hers"),
        Step("Hangup", "21"),
        Step("Set", f'PBX_CHOICE=${{IF($["${{DB({entry})}}" = "off"]?on:off)}}', "hers"),
        Step("Set", f"DB({entry})=${{PBX_CHOICE}}"),
        Steps(scope.slug).answer(SOURCE),
        *(
            Step("ExecIf", f'$["${{PBX_CHOICE}}" = "{choice}"]?Playback({heard(words, scope.language)})')
            for choice, words in CHOICES.items()
        ),
        Step("Hangup"),
    )
    yield Route(naming.context(scope.slug, "service"), scope.code(SERVICE.name), steps, SOURCE)
    yield from (Sound(recipe, SOURCE) for words in CHOICES.values() for recipe in words.values())
