"""Mobile telephones of users in Asterisk: they ring along by their numbers, and who answers is asked to press a key.

`<slug>.mobile` knows the users who have one: where it does, a call to the user dials it beside her telephones
(`Steps.dial_user`). By a phone code she chooses which of them ring, and that is hers: no apply changes it.

`<slug>.mobiles` knows whose a public number is. A call that comes in from it shows her name, and whichever way the core
calls it, by a forwarding or as a member of a group, her line rings until it is answered and she is on a call from then
on: queues ring somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.codes import Service
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard, heard_by_all
from provisioner.targets.asterisk.text import literal

from .model import User

SERVICE = Service("rings", "*26", "chooses what rings: 1 all telephones, 2 all but the mobile one, 3 that alone")
SOURCE = ("users",)
TAKE = spoken(
    sv="Du har ett samtal till din anknytning. Tryck 1 för att ta emot det.",
    en="You have a call for your extension. Press 1 to take it.",
)
LATER = "mobile-later"
"""The tenant's context of mobile telephones that do not ring at once."""
ALONE = "mobile"
"""What is kept of a user whose mobile telephone rings alone."""
CHOICES = {
    "1": ("", spoken(sv="Alla dina telefoner ringer.", en="All your telephones ring.")),
    "2": ("fixed", spoken(sv="Din mobiltelefon ringer inte.", en="Your mobile telephone does not ring.")),
    "3": (ALONE, spoken(sv="Bara din mobiltelefon ringer.", en="Only your mobile telephone rings.")),
}
"""Key → what is kept, and what she hears."""


def lower(users: Mapping[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    having = {name: user for name, user in users.items() if user.mobiles}
    if not having:
        return
    for name, user in having.items():
        yield _rings(name, user, scope)
        yield from _later(name, user, scope)
        for number in user.mobiles:
            yield Route(naming.context(scope.slug, "mobiles"), number, tuple(_hers(name, user, scope)), ("users", name))
    # A channel that Asterisk made itself has no language of a caller's.
    takes = Steps(scope.slug).takes_by_key(heard_by_all(TAKE, scope.language))
    yield Route(naming.context(scope.slug, "mobile-taken"), "s", takes, SOURCE)
    yield from (Sound(recipe, SOURCE) for recipe in TAKE.values())
    for digit, (kept, words) in CHOICES.items():
        yield Route(
            naming.context(scope.slug, "service"), scope.code(SERVICE.name) + digit, _choice(kept, words, scope), SOURCE
        )
        yield from (Sound(recipe, SOURCE) for recipe in words.values())


def _hers(name: str, user: User, scope: Scope) -> Iterator[Step]:
    """A leg with her mobile telephone at its other end; ARG1 says whether she is its `caller` or its `callee`."""
    rings = '${IF($["${ARG1}" = "callee"]?rings:)}'
    yield Step("Gosub", f"pbx.line,enter,1({naming.line(scope.slug, name)},{rings})")
    yield Step("GotoIf", '$["${ARG1}" != "caller"]?done')
    yield Step("Set", f"CALLERID(name)={literal(user.name)}")
    yield Step("Return", label="done")


def _rings(name: str, user: User, scope: Scope) -> Route:
    path = ("users", name, "devices")
    legs = "&".join(
        f"Local/{name}.{device}@{naming.context(scope.slug, LATER)}/n"
        if what.after
        else naming.ring(scope.slug, Ref("number", str(what.number)))
        for device, what in user.mobile_devices.items()
    )
    taken, line = naming.context(scope.slug, "mobile-taken"), naming.line(scope.slug, name)
    steps = (
        # Her line is counted here, where the key is asked for: until then it rings, whoever has answered.
        Step("Set", "__PBX_ALONG=yes", source=path),
        Step("Dial", f"{legs},,b(pbx.line^enter^1({line}^rings))U({taken}^s^1)", source=path),
        Step("Hangup", "${HANGUPCAUSE}", source=path),
    )
    return Route(naming.context(scope.slug, naming.MOBILE), name, steps, path)


def _later(name: str, user: User, scope: Scope) -> Iterator[Route]:
    """Those that begin to ring when her others have rung for a while; the caller hears that it rings meanwhile."""
    chosen = f"${{DB({naming.database_family(scope.slug)}/{naming.RINGS}{name})}}"
    for device, what in user.mobile_devices.items():
        if what.after:
            path = ("users", name, "devices", device, "after")
            context, number = naming.destination(scope.slug, Ref("number", str(what.number)))
            steps = (
                Step("GotoIf", f'$["{chosen}" = "{ALONE}"]?now', source=path),
                Step("Ringing", source=path),
                Step("Wait", str(what.after), source=path),
                Step("Goto", f"{context},{number},1", "now", path),
            )
            yield Route(naming.context(scope.slug, LATER), f"{name}.{device}", steps, path)


def _choice(kept: str, words: Mapping[str, Recipe], scope: Scope) -> tuple[Step, ...]:
    key = f"{naming.database_family(scope.slug)}/{naming.RINGS}${{PBX_USER}}"
    return (
        Step("Set", f"DB({key})={kept}") if kept else Step("Set", f"PBX_WAS=${{DB_DELETE({key})}}"),
        Steps(scope.slug).answer(SOURCE),
        Step("Playback", heard(words, scope.language)),
        Step("Hangup"),
    )
