"""What is asked before a user's telephones ring: her block list, and the activity that she has set.

`<slug>.activity,asked` is a subroutine with her name. It answers nothing where her telephones ring, `away` where the
call goes on as if nobody answered, else the place where it goes on; what is to be said to the caller it has said by
then. In order: whom she blocked does not reach her; an activity whose time is over, or that the file no longer knows,
is none; a VIP rings through, and so does everybody for some hours after the tenant called for help; then her own rule
for the activity, else the tenant's. All of this comes before `always`: what she set herself beats what the file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import activities, callers, clock, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import lists
from .model import OwnActivity, User

REFUSED = spoken(sv="Ditt samtal tas inte emot på det här numret.", en="Your call is not accepted at this number.")
SOURCE: Path = ("users",)


def asks(users: Mapping[str, User], scope: Scope) -> bool:
    """Whether anything is asked at all."""
    return has_activities(scope) or any(user.blocked for user in users.values())


def has_activities(scope: Scope) -> bool:
    return bool(scope.names.get("activity"))


def question(called: str, slug: str) -> tuple[Step, ...]:
    """The steps before a user's own."""
    return (
        Step("Gosub", f"{activities.context(slug)},asked,1({called})"),
        Step("GotoIf", '$["${GOSUB_RETVAL}" != ""]?${GOSUB_RETVAL}'),
    )


def lower(users: Mapping[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    if not asks(users, scope):
        return
    context = activities.context(scope.slug)
    listing = {name: user for name, user in users.items() if user.blocked or user.vip}
    yield Route(context, "asked", tuple(_asked(users, scope)), SOURCE)
    yield callers.subroutine(context, "caller", scope.slug, SOURCE)
    for name, user in listing.items():
        yield _lists(name, user, scope)
    if any(user.blocked for user in users.values()):
        yield from (Sound(recipe, SOURCE) for recipe in REFUSED.values())
    for name, user in users.items():
        for activity, rule in user.activities.items():
            yield _own(name, activity, rule, scope)


def _asked(users: Mapping[str, User], scope: Scope) -> Iterator[Step]:
    context = activities.context(scope.slug)
    known, blocks = naming.context(context, "callers"), any(user.blocked for user in users.values())
    yield Step("Gosub", f"{context},caller,1")
    # Everybody from outside gets through while a rescuer may call back; a colleague is no stranger, and may be a VIP.
    yield Step("Set", 'LOCAL(listed)=${IF($[${GOSUB_RETVAL} & "${PBX_TRUNK}" != ""]?vip:)}')
    if blocks or any(user.vip for user in users.values()):
        yield Step("GotoIf", f'$["${{listed}}" = "vip" | ${{DIALPLAN_EXISTS({known},${{ARG1}},1)}} = 0]?known')
        yield Step("Gosub", f"{known},${{ARG1}},1")
        yield Step("Set", "LOCAL(listed)=${GOSUB_RETVAL}")
    if blocks:
        yield Step("GotoIf", '$["${listed}" = "blocked"]?refused')
    yield Step("NoOp", label="known")
    if has_activities(scope):
        yield from _activity(scope)
    yield Step("Return", label="ring")
    if blocks:
        yield from Steps(scope.slug).before_answer(label="refused")
        yield Step("Playback", f"{heard(REFUSED, scope.language)},noanswer")
        yield Step("Hangup", "21")


def _activity(scope: Scope) -> Iterator[Step]:
    family, context = naming.database_family(scope.slug), activities.context(scope.slug)
    own, usual = naming.context(context, "own"), naming.context(context, "of")
    her_rule = f"{own},{activities.own('${ARG1}', '${doing}')},1"
    yield Step("Set", f"LOCAL(kept)=${{DB({family}/{activities.key('${ARG1}')})}}")
    yield Step("Set", "LOCAL(doing)=${CUT(kept,:,1)}")
    yield Step("GotoIf", '$["${doing}" = "" | "${listed}" = "vip"]?ring')
    yield Step("Set", clock.now(scope.slug))
    yield Step("Set", "LOCAL(until)=0${CUT(kept,:,2)}")
    yield Step("GotoIf", "$[${until} > 0 & ${PBX_AT} >= ${until}]?ring")
    yield Step("GotoIf", f"$[${{DIALPLAN_EXISTS({usual},${{doing}},1)}} = 0]?ring")
    # Two who send their calls to each other: the second time round the caller is let go on.
    yield Step("GotoIf", '$[${REGEX(" ${ARG1} " ${PBX_AWAY} )} = 1]?round')
    yield Step("Set", f"LOCAL(recorded)=${{DB({family}/{activities.message_key('${ARG1}', '${doing}')})}}")
    yield Step("GosubIf", f"${{DIALPLAN_EXISTS({her_rule})}}?{her_rule}(${{ARG1}}):{usual},${{doing}},1(${{ARG1}})")
    yield Step("Set", "LOCAL(to)=${GOSUB_RETVAL}")
    yield Step("GotoIf", f'$["${{to}}" = "{activities.RINGS}"]?ring')
    yield Step("Set", "PBX_AWAY=${PBX_AWAY} ${ARG1} ")
    yield Step("CELGenUserEvent", "rule,activity ${ARG1} ${doing}")
    yield Step("GosubIf", f"$[${{until}} > 0]?{context},back,1(${{until}})")
    yield Step("Return", "${to}")
    box = naming.mailbox(scope.slug, "${ARG1}")
    mailbox, _ = naming.destination(scope.slug, Ref("voicemail", "any"))
    hangup = ",".join(naming.destination(scope.slug, Ref("hangup", "unavailable")))
    yield Step("Return", f"${{IF(${{VM_INFO({box},exists)}}?{mailbox},${{ARG1}}:{hangup})}},1", "round")


def _lists(name: str, user: User, scope: Scope) -> Route:
    """Answers `blocked`, `vip` or nothing."""
    path = ("users", name)
    steps: list[Step] = []
    if blocked := lists.patterns(user.blocked, scope):
        steps.append(Step("ExecIf", f"{callers.one_of(blocked)}?Return(blocked)", source=(*path, "blocked")))
    numbers = lists.patterns(user.vip, scope)
    colleagues = "|".join(each.name for each in user.vip if isinstance(each, Ref) and each.kind == "user")
    if numbers:
        steps.append(Step("ExecIf", f"{callers.one_of(numbers)}?Return(vip)", source=(*path, "vip")))
    if colleagues:
        asked = f'${{REGEX("^({colleagues})$" ${{PBX_USER}})}}'
        steps.append(Step("ExecIf", f"{asked}?Return(vip)", source=(*path, "vip")))
    steps.append(Step("Return", source=path))
    return Route(activities.context(scope.slug, "callers"), name, tuple(steps), path)


def _own(name: str, activity: str, rule: OwnActivity, scope: Scope) -> Route:
    """Her own rule: what is not said in it is as the tenant's."""
    path = ("users", name, "activities", activity)
    if rule.rings:
        steps = [Step("Return", activities.RINGS, source=path)]
    else:
        said = heard(scope.sounds[rule.prompt.name], scope.language) if rule.prompt else ""
        usual = f"{activities.context(scope.slug, 'of')},{activity},1(${{ARG1}},{said},{activities.AWAY})"
        to = ",".join((*naming.destination(scope.slug, rule.destination), "1")) if rule.destination else None
        steps = [Step("Gosub", usual, source=path), Step("Return", to or "${GOSUB_RETVAL}", source=path)]
    return Route(activities.context(scope.slug, "own"), activities.own(name, activity), tuple(steps), path)
