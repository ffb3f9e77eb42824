"""How users set their activity by phone, and record what callers hear in it.

`*24` and nothing, or the number of `available`: available again. `*24*3`: the activity with the number 3; `*24*3*1300`
until one o'clock, today or tomorrow, whichever comes next; `*24*7*08150800` until the fifteenth of August at eight. A
hash at the end, as some telephones send it, says nothing. What was set is said back, in the words that colleagues see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import activities, clock, naming
from provisioner.targets.asterisk.modules import RECORDED_PROMPTS
from provisioner.targets.asterisk.objects import LAST_WORDS, AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Fields, Known

NO_SUCH = spoken(sv="Den aktiviteten finns inte.", en="There is no such activity.")
NO_TIME = spoken(sv="Den tiden finns inte.", en="There is no such time.")
SPEAK = spoken(
    sv="Tala efter tonen och avsluta med fyrkant.", en="Please speak after the tone, and end with the hash key."
)
KEPT = spoken(sv="Meddelandet är sparat.", en="The message is saved.")
ERASED = spoken(sv="Meddelandet är borttaget.", en="The message is erased.")
SAID = (NO_SUCH, NO_TIME, SPEAK, KEPT, ERASED)
LONGEST = 60
"""Seconds of a message: it comes before whatever the caller called for."""

SECTION: Path = ("activities",)


def lower(every: Mapping[str, Known], section: Mapping[str, Fields], scope: Scope) -> Iterator[AsteriskObject]:
    here, service = activities.context(scope.slug, "set"), naming.context(scope.slug, "service")
    for code, goal in ((scope.code("activity"), "keep"), (scope.code("activity-message"), "record")):
        start = (
            Step("Set", f"PBX_KEYS=${{FILTER(0-9*,${{PBX_DIALLED:{len(code) + 1}}})}}"),
            Step("Goto", f"{here},{goal},1"),
        )
        yield Route(service, code, start, SECTION)
        yield Route(service, f"_{code}*X!", start, SECTION)
    for name, activity in every.items():
        path = (*SECTION, name) if name in section else SECTION
        titles = activity.titles(scope.language)
        if activity.number is not None:
            steps = (
                Step("Set", f"PBX_TITLE={heard(titles, scope.language)}", source=path),
                Step("Return", name, source=path),
            )
            yield Route(activities.context(scope.slug, "number"), str(activity.number), steps, path)
            yield from (Sound(recipe, path) for recipe in titles.values())
    yield Route(here, "which", tuple(_which(scope)), SECTION)
    yield Route(here, "keep", tuple(_keep(every, scope)), SECTION)
    yield Route(here, "when", tuple(_when(scope)), SECTION)
    yield Route(here, "record", tuple(_record(scope)), SECTION)
    yield Route(here, "recorded", tuple(_recorded(scope)), SECTION)
    yield from (Sound(recipe, SECTION) for sentence in SAID for recipe in sentence.values())


def _which(scope: Scope) -> Iterator[Step]:
    """Answers the name of the activity whose number was keyed, and leaves its title in PBX_TITLE; ends where none."""
    numbers = activities.context(scope.slug, "number")
    yield Steps(scope.slug).answer()
    yield Step("Set", "LOCAL(number)=${CUT(PBX_KEYS,*,1)}")
    yield Step("GotoIf", f"$[0${{DIALPLAN_EXISTS({numbers},${{number}},1)}} = 0]?unknown")
    yield Step("Gosub", f"{numbers},${{number}},1")
    yield Step("Return", "${GOSUB_RETVAL}")
    yield Step("Playback", heard(NO_SUCH, scope.language), "unknown")
    yield Step("Hangup", "1")


def _keep(every: Mapping[str, Known], scope: Scope) -> Iterator[Step]:
    here, family = activities.context(scope.slug, "set"), naming.database_family(scope.slug)
    entry = f"{family}/{activities.key('${PBX_USER}')}"
    available = every[activities.AVAILABLE].number
    yield Step("ExecIf", f'$["${{PBX_KEYS}}" = ""]?Set(PBX_KEYS={available})')
    yield Step("Gosub", f"{here},which,1")
    yield Step("Set", "PBX_ACTIVITY=${GOSUB_RETVAL}")
    yield Step("Gosub", f"{here},when,1(${{CUT(PBX_KEYS,*,2)}})")
    yield Step("Set", "PBX_UNTIL=${GOSUB_RETVAL}")
    yield Step("GotoIf", f'$["${{PBX_ACTIVITY}}" = "{activities.AVAILABLE}"]?clear')
    yield Step("Set", f"DB({entry})=${{PBX_ACTIVITY}}:${{PBX_UNTIL}}:{activities.BY_PHONE}:")
    yield Step("Goto", "tell")
    yield Step("ExecIf", f"${{DB_EXISTS({entry})}}?Set(PBX_ENDED=${{DB_DELETE({entry})}})", "clear")
    yield Step("Set", "PBX_UNTIL=0")
    yield Step("CELGenUserEvent", "activity,${PBX_USER} ${PBX_ACTIVITY} ${PBX_UNTIL}", "tell")
    yield Step("Playback", "${PBX_TITLE}")
    back = f"{activities.context(scope.slug)},back,1(${{PBX_UNTIL}})"
    yield Step("GosubIf", f"$[${{PBX_UNTIL}} > 0]?{back}")
    yield LAST_WORDS
    yield Step("Hangup")


def _when(scope: Scope) -> Iterator[Step]:
    """Answers the second that is meant by what was keyed, 0 for nothing; ends where it is no time."""
    zone = scope.time_zone
    yield Step("Set", clock.now(scope.slug))
    yield Step("ExecIf", '$["${ARG1}" = ""]?Return(0)')
    yield Step("GotoIf", "$[${LEN(${ARG1})} = 8]?date")
    yield Step("GotoIf", "$[${LEN(${ARG1})} != 4]?none")
    yield Step("Set", f"LOCAL(day)={_shown('${PBX_AT}', zone, '%Y%m%d')}")
    yield Step("Set", f"LOCAL(meant)=0{_read('${day}${ARG1}', zone)}")
    yield Step("GotoIf", "$[${meant} = 0]?none")
    yield Step("ExecIf", "$[${meant} > ${PBX_AT}]?Return(${meant:1})")
    # Half a day past noon is tomorrow, also where the clocks change in between.
    yield Step("Set", f"LOCAL(noon)={_read('${day}1200', zone)}")
    yield Step("Set", f"LOCAL(day)={_shown('$[${noon} + 86400]', zone, '%Y%m%d')}")
    yield Step("Return", _read("${day}${ARG1}", zone))
    yield Step("Set", f"LOCAL(year)={_shown('${PBX_AT}', zone, '%Y')}", "date")
    yield Step("Set", f"LOCAL(meant)=0{_read('${year}${ARG1}', zone)}")
    yield Step("GotoIf", "$[${meant} = 0]?none")
    yield Step("ExecIf", "$[${meant} > ${PBX_AT}]?Return(${meant:1})")
    yield Step("Return", _read("$[${year} + 1]${ARG1}", zone))
    yield Step("Playback", heard(NO_TIME, scope.language), "none")
    yield Step("Hangup", "1")


def _shown(instant: str, zone: str, form: str) -> str:
    return f"${{STRFTIME({instant},{zone},{form})}}"


def _read(text: str, zone: str) -> str:
    return f"${{STRPTIME({text},{zone},%Y%m%d%H%M)}}"


def _record(scope: Scope) -> Iterator[Step]:
    here, family = activities.context(scope.slug, "set"), naming.database_family(scope.slug)
    entry = f"{family}/{activities.message_key('${PBX_USER}', '${PBX_ACTIVITY}')}"
    aside = f"{activities.MESSAGES}/{scope.slug}/.new/${{CHANNEL(uniqueid)}}"
    yield Step("Gosub", f"{here},which,1")
    yield Step("Set", "PBX_ACTIVITY=${GOSUB_RETVAL}")
    yield Step("Playback", "${PBX_TITLE}")
    yield Step("GotoIf", '$["${CUT(PBX_KEYS,*,2)}" = "0"]?erase')
    yield Step("Playback", heard(SPEAK, scope.language))
    yield Step("Set", f"PBX_ASIDE={aside}")
    # Most people end a message by hanging up.
    yield Step("Set", f"CHANNEL(hangup_handler_push)={here},recorded,1")
    yield Step("Record", "${PBX_ASIDE}.wav,3," + f"{LONGEST},k")
    yield Step("Set", "CHANNEL(hangup_handler_pop)=")
    yield Step("Gosub", f"{here},recorded,1")
    yield Step("GotoIf", '$["${PBX_DONE}" != "yes"]?erase')
    yield Step("Playback", activities.message(scope.slug, "${PBX_USER}", "${PBX_ACTIVITY}"))
    yield Step("Playback", heard(KEPT, scope.language))
    yield Step("Hangup")
    yield Step("ExecIf", f"${{DB_EXISTS({entry})}}?Set(PBX_ENDED=${{DB_DELETE({entry})}})", "erase")
    yield Step("Playback", heard(ERASED, scope.language))
    yield Step("Hangup")


def _recorded(scope: Scope) -> Iterator[Step]:
    """Keeps what was said; where nobody said anything, callers hear what they heard before."""
    entry = f"{naming.database_family(scope.slug)}/{activities.message_key('${PBX_USER}', '${PBX_ACTIVITY}')}"
    file = activities.message(scope.slug, "${PBX_USER}", "${PBX_ACTIVITY}")
    yield Step("Set", "PBX_DONE=no")
    yield Step("AGI", f"{RECORDED_PROMPTS},level,${{PBX_ASIDE}}.wav")
    yield Step("GotoIf", '$["${PBX_DONE}" != "yes"]?nothing')
    yield Step("AGI", f"{RECORDED_PROMPTS},keep,${{PBX_ASIDE}}.wav,{file}.wav")
    yield Step("ExecIf", f'$["${{PBX_DONE}}" = "yes"]?Set(DB({entry})=1)')
    yield Step("Return")
    yield Step("AGI", f"{RECORDED_PROMPTS},drop,${{PBX_ASIDE}}.wav", "nothing")
    yield Step("Set", "PBX_DONE=no")
    yield Step("Return")
