"""Pick-up in Asterisk: a leg that rings a user's telephones bears her name, and whoever may takes it by that.

`<slug>.pickup` knows the members: each one's steps look at the telephones of all who share a group with her. `0` says
that she may not, `1` that nothing rings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming, pickup
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import facts
from .model import PickupGroup

SOURCE = ("pickup_groups",)
DENIED = spoken(
    sv="Du får inte ta det här samtalet.",
    en="You may not take this call.",
)
NOTHING = spoken(
    sv="Det finns inget samtal att ta.",
    en="There is no call to take.",
)
MAY_NOT, NO_CALL = "0", "1"


def lower(groups: dict[str, PickupGroup], scope: Scope) -> Iterator[AsteriskObject]:
    partners = {name: others for name, others in facts.partners(groups).items() if others}
    if not partners:
        return
    here, service = naming.context(scope.slug, "pickup"), naming.context(scope.slug, "service")
    code = scope.code(facts.SERVICE.name)
    extensions = {ref: extension for extension, ref in scope.extensions.items()}
    denied = Step("Goto", f"{here},{MAY_NOT},1")
    own = Step("GotoIf", f"${{DIALPLAN_EXISTS({here},${{PBX_USER}},1)}}?{here},${{PBX_USER}},1")
    yield Route(service, code, (own, denied), SOURCE)
    for name, others in partners.items():
        yield Route(here, name, _takes(others, scope), SOURCE)
        if extension := extensions.get(Ref("user", name)):
            may = Step("GotoIf", f'${{REGEX("^({"|".join(others)})$" ${{PBX_USER}})}}?take')
            take, *after = _takes((name,), scope)
            labelled = Step(take.application, take.arguments, "take")
            yield Route(service, code + extension, (may, denied, labelled, *after), SOURCE)
    for extension, sounds, cause in ((MAY_NOT, DENIED, "21"), (NO_CALL, NOTHING, "19")):
        yield Route(here, extension, tuple(_says(sounds, cause, scope)), SOURCE)
        yield from (Sound(recipe, SOURCE) for recipe in sounds.values())


def _takes(users: tuple[str, ...], scope: Scope) -> tuple[Step, ...]:
    """Nothing comes after a call that was taken: the leg that dialled the code is gone then."""
    return (
        Step("Gosub", pickup.arguments(scope.slug, users)),
        Step("Goto", f"{naming.context(scope.slug, 'pickup')},{NO_CALL},1"),
    )


def _says(sounds: Mapping[str, Recipe], cause: str, scope: Scope) -> Iterator[Step]:
    yield from Steps(scope.slug).before_answer()
    yield Step("Playback", f"{heard(sounds, scope.language)},noanswer")
    yield Step("Hangup", cause)
