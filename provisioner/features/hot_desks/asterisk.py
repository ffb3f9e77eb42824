"""Hot desks in Asterisk: who is logged in where, kept on the core node, and what follows for calls.

`<slug>.desks` knows the places and where each stands; `<slug>.seats` what rings there; `<slug>.guests` who may log in,
by name and by extension. The platform's `pbx.desk` asks them: a call from a place is the call of whoever is logged in
there, and calls to her ring there too. In AstDB `desk-<place>` holds her name and when it ends, and is what counts;
`guest-<user>` says at which place she is. So whoever logs in takes the place over, and is nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import clock, desks, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import facts
from .model import HotDesks

SOURCE: Path = ("hot_desks",)
WORDS: Mapping[str, Mapping[str, Recipe]] = {
    "in": spoken(sv="Du är inloggad på den här telefonen.", en="You are logged in at this telephone."),
    "out": spoken(sv="Telefonen är utloggad.", en="This telephone is logged out."),
    "not": spoken(
        sv="Det går inte att logga in på den här telefonen.", en="It is not possible to log in at this telephone."
    ),
}


def lower(section: HotDesks | None, scope: Scope) -> Iterator[AsteriskObject]:
    if section is None:
        return
    own = {ref: extension for extension, ref in scope.extensions.items()}
    for index, desk in enumerate(section.desks):
        path = (*SOURCE, "desks", index)
        site = scope.user_sites.get(desk.name, scope.first_site)
        stands = (Step("Set", f"__PBX_SITE={site}", source=path), Step("Return", source=path))
        yield Route(naming.context(scope.slug, desks.DESKS), desk.name, stands, path)
        called = scope.at_edge.get(desk.name, desk.name)
        rings = Step("Return", f"PJSIP/${{PBX_EDGE}}/sip:{called}@{scope.domain}", source=path)
        yield Route(naming.context(scope.slug, desks.SEATS), desk.name, (rings,), path)
    for index, user in enumerate(section.users):
        path = (*SOURCE, "users", index)
        guest = (Step("Set", f"PBX_GUEST={user.name}", source=path), Step("Return", source=path))
        for extension in (user.name, own.get(Ref("user", user.name), "")):
            if extension:
                yield Route(naming.context(scope.slug, desks.GUESTS), extension, guest, path)
    service, code = naming.context(scope.slug, "service"), scope.code(facts.SERVICE.name)
    yield Route(service, f"_{code}XX!", tuple(_log_in(section, scope, len(code))), SOURCE)
    yield Route(service, code, tuple(_log_out(scope)), SOURCE)
    yield from (Sound(recipe, SOURCE) for words in WORDS.values() for recipe in words.values())


def _log_in(section: HotDesks, scope: Scope, cut: int) -> Iterator[Step]:
    guests, said = naming.context(scope.slug, desks.GUESTS), f"${{EXTEN:{cut}}}"
    at, of = desks.entry(scope.slug, "${PBX_DESK}"), desks.pointer(scope.slug, "${PBX_GUEST}")
    unknown = f'"${{PBX_DESK}}" = "" | ${{DIALPLAN_EXISTS({guests},{said},1)}} = 0'
    yield Step("GotoIf", f"$[{unknown}]?not")
    yield Step("Gosub", f"{guests},{said},1")
    yield Steps(scope.slug).answer(SOURCE)
    yield Step("Gosub", f"{naming.context(scope.slug, naming.PIN)},ask,1(${{PBX_GUEST}})")
    yield Step("GotoIf", '$["${GOSUB_RETVAL}" != "right"]?end')
    yield Step("Set", f"PBX_OLD={desks.entry(scope.slug, f'${{DB({of})}}')}")
    yield Step("Set", "PBX_WHO=${DB(${PBX_OLD})}")
    yield Step("GotoIf", '$["${CUT(PBX_WHO,:,1)}" != "${PBX_GUEST}"]?free')
    yield Step("Set", "PBX_WHO=${DB_DELETE(${PBX_OLD})}")
    yield Step("Set", clock.now(scope.slug), "free")
    until = f"$[${{PBX_AT}} + {section.timeout}]"
    yield Step("Set", f"DB({at})=${{PBX_GUEST}}:{until}", source=(*SOURCE, "timeout"))
    yield Step("Set", f"DB({of})=${{PBX_DESK}}")
    yield Step("CELGenUserEvent", "rule,desk ${PBX_DESK} ${PBX_GUEST}")
    yield Step("Playback", heard(WORDS["in"], scope.language))
    yield Step("Hangup", label="end")
    yield from _cannot(scope)


def _log_out(scope: Scope) -> Iterator[Step]:
    yield Step("GotoIf", '$["${PBX_DESK}" = ""]?not')
    yield Step("Set", f"PBX_WHO=${{DB_DELETE({desks.entry(scope.slug, '${PBX_DESK}')})}}")
    yield Step("CELGenUserEvent", "rule,desk ${PBX_DESK} -")
    yield Steps(scope.slug).answer(SOURCE)
    yield Step("Playback", heard(WORDS["out"], scope.language))
    yield Step("Hangup")
    yield from _cannot(scope)


def _cannot(scope: Scope) -> Iterator[Step]:
    yield from Steps(scope.slug).before_answer(label="not")
    yield Step("Playback", f"{heard(WORDS['not'], scope.language)},noanswer")
    yield Step("Hangup", "21")
