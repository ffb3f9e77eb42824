"""The call-back that keeps a caller's place (row Q6), in Asterisk.

Who presses the key leaves the queue, says by which number she can be reached, and may hang up. A channel of nobody's
(`Local/…@<slug>.queue.<name>.back`) goes on waiting with her QUEUE_PRIO, so at her place. When a member takes it, the
other half of that channel calls her (`<slug>.callback`), and the member hears what comes of it. Where she does not
answer, or the member gives up first, a new channel stands at her place after a pause; after the last attempt, or when
her time is over, that is written into the queue log and told to those who want to know.

What is promised stands in AstDB, `pbx/<slug>/call-back/<id>`, but not while she is being called: the node makes the
channels anew after a restart. The queue log tells each step by the id of the promise: a caller and the channels that
stand for her are one call. The record reads `queue&QUEUE_PRIO&number&shown number&until&attempts made&not before`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.notices import Words
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import asking, naming, notices
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step
from provisioner.targets.asterisk.playing import heard, heard_by_all

from . import members
from .model import Queue

ROOM = "queues"
SOURCE = ("queues",)
LAST_TRIES = 3

AT = spoken(sv="Vi ringer upp dig på nummer", en="We will call you back on number")
RIGHT = spoken(
    sv="Tryck 1 om det stämmer, eller 2 för ett annat nummer. Annars väntar du kvar i kön.",
    en="Press 1 if that is right, or 2 for another number. Otherwise you keep waiting in the queue.",
)
KEY_IN = spoken(
    sv="Slå ditt telefonnummer med riktnummer och avsluta med fyrkant.",
    en="Please key in your telephone number with its area code, and end with the hash key.",
)
PROMISED = spoken(
    sv="Tack. Du behåller din plats i kön, och vi ringer dig när det är din tur. Du kan lägga på.",
    en="Thank you. You keep your place in the queue, and we will call you when it is your turn. You may hang up.",
)
CALLING = spoken(sv="Återuppringning. Vi ringer upp kunden nu.", en="This is a call-back. We are calling the customer.")
NO_ANSWER = spoken(sv="Kunden svarar inte.", en="The customer does not answer.")

SENTENCES = (AT, RIGHT, KEY_IN, PROMISED, CALLING, NO_ANSWER)


def keys(slug: str, name: str) -> str:
    """The context of the keys that end the waiting."""
    return naming.context(slug, "queue", name, "keys")


def lower(queues: Mapping[str, Queue], scope: Scope) -> Iterator[AsteriskObject]:
    offered = {name: queue for name, queue in queues.items() if queue.call_back}
    for name, queue in offered.items():
        yield _key(name, queue, scope)
        yield _waits(name, queue, scope)
        yield _ended(name, queue, scope)
        yield from _lost(name, queue, scope)
    if not offered:
        return
    home = naming.context(scope.slug, "callback")
    yield Route(home, "s", tuple(_ask(home, scope)), SOURCE)
    # Who hangs up here has pressed the key, so for Asterisk she left the queue and did not give up.
    yield Route(home, "left", (_log("${PBX_QUEUE}", "CALLBACKLEFT", scope), Step("Return")), SOURCE)
    yield Route(home, "_X.", tuple(_connect(scope)), SOURCE)
    yield Route(naming.context(scope.slug, "calledback"), "s", tuple(_taken(scope)), SOURCE)
    yield from asking.routes(ROOM, scope, SOURCE)
    for sentence in SENTENCES:
        yield from (Sound(recipe, SOURCE) for recipe in sentence.values())


def _record(scope: Scope, call: str) -> str:
    return f"{naming.database_family(scope.slug)}/call-back/{call}"


def _key(name: str, queue: Queue, scope: Scope) -> Route:
    assert queue.call_back
    path, abroad = ("queues", name, "call_back"), queue.call_back.abroad
    steps = (
        *([Step("StopMixMonitor")] if queue.recording else ()),
        Step("ExecIf", '$["${PBX_LANGUAGE}" != ""]?Set(CHANNEL(language)=${PBX_LANGUAGE})'),
        Step("Set", f"PBX_QUEUE={name}"),
        Step("Set", f"PBX_KEPT={queue.call_back.wait}"),
        Step(
            "Set", f"PBX_MOST={asking.Kind.INTERNATIONAL if abroad else asking.Kind.MOBILE}", source=(*path, "abroad")
        ),
        Step("Goto", f"{naming.context(scope.slug, 'callback')},s,1"),
    )
    return Route(keys(scope.slug, name), queue.call_back.key, steps, path)


def _ask(home: str, scope: Scope) -> Iterator[Step]:
    """Asks for the number, and back to the queue where nothing comes of it."""
    slug, fits = scope.slug, asking.fits("${PBX_MOST}")
    told = asking.told(slug, ROOM, "${PBX_KEYED}")
    yield Step("Set", f"CHANNEL(hangup_handler_push)={home},left,1")
    yield Step("MSet", "PBX_TRIES=0,PBX_KIND=0,PBX_KEYED=")
    yield Step("Set", f"PBX_KEYED={notices.CALLER}")
    yield Step("GosubIf", f'$["${{PBX_KEYED:0:1}}" = "+"]?{told}')
    yield Step("GotoIf", f"$[{fits}]?:ask")
    yield Step("Set", f"PBX_SAID={_said(AT, scope)}", label="confirm")
    yield Step("Gosub", f"{asking.context(slug, ROOM)},say,1")
    yield Step("Read", f"PBX_PRESSED,${{PBX_SAID}}&{_said(RIGHT, scope)},1,,1,6")
    yield Step("GotoIf", '$["${PBX_PRESSED}" = "1"]?promise')
    yield Step("GotoIf", '$["${PBX_PRESSED}" = "2"]?ask')
    yield Step("Set", "CHANNEL(hangup_handler_pop)=", label="wait")
    yield Step("Goto", f"{slug}.queue.${{PBX_QUEUE}},s,wait")
    yield Step("Set", "PBX_TRIES=$[${PBX_TRIES} + 1]", label="ask")
    yield Step("GotoIf", f"$[${{PBX_TRIES}} > {LAST_TRIES}]?wait")
    yield Step("Read", f"PBX_KEYED,{_said(KEY_IN, scope)},{asking.LONGEST},,1,8")
    yield Step("GotoIf", '$["${PBX_KEYED}" = ""]?wait')
    yield Step("Set", "PBX_KIND=0")
    # A star is no digit of a number; with it the number is not the one that was meant.
    yield Step("GosubIf", f'$["${{FILTER(0-9,${{PBX_KEYED}})}}" = "${{PBX_KEYED}}"]?{told}')
    yield Step("GotoIf", f"$[{fits}]?confirm")
    yield Step("Playback", heard(asking.NOT_CALLABLE, scope.language))
    yield Step("Goto", "ask")
    yield from _promise(home, scope)


def _promise(home: str, scope: Scope) -> Iterator[Step]:
    """Written down before it is said, so that who hangs up early is called too."""
    shown = f"${{IF($[${{DIALPLAN_EXISTS({scope.slug}.numbers,${{PBX_DIALLED}},1)}} = 1]?${{PBX_DIALLED}}:)}}"
    facts = f"${{PBX_QUEUE}}&${{QUEUE_PRIO}}&${{PBX_NUMBER}}&{shown}&$[${{EPOCH}} + ${{PBX_KEPT}}]"
    yield Step("Set", "CHANNEL(hangup_handler_pop)=", label="promise")
    yield Step("Set", "PBX_PROMISE=${EPOCH}.${RAND(100000,999999)}")
    yield Step("Set", f"DB({_record(scope, '${PBX_PROMISE}')})={facts}")
    yield _log("${PBX_QUEUE}", "CALLBACK", scope, "${PBX_NUMBER}|${PBX_PROMISE}")
    yield _stand(f"{scope.slug}.queue.${{PBX_QUEUE}}.back", home, "${PBX_PROMISE}")
    yield Step("Playback", _said(PROMISED, scope))
    yield Step("Hangup")


def _stand(waiting: str, home: str, promise: str) -> Step:
    """Makes the channel that stands in the queue for somebody."""
    return Step("Originate", f"Local/{promise}@{waiting}/n,exten,{home},{promise},1,30,a")


def _back(name: str, scope: Scope) -> str:
    return naming.context(scope.slug, "queue", name, "back")


def _waits(name: str, queue: Queue, scope: Scope) -> Route:
    """The half that stands in the queue. While no member is there, it looks again every half minute."""
    record, queue_name = _record(scope, "${EXTEN}"), naming.queue(scope.slug, name)
    wait, pause = "$[${CUT(PBX_RECORD,&,5)} - ${EPOCH}]", "$[0${CUT(PBX_RECORD,&,7)} - ${EPOCH}]"
    steps = (
        Step("Set", f"PBX_RECORD=${{DB({record})}}"),
        Step("GotoIf", '$["${PBX_RECORD}" = ""]?gone'),
        Step("Answer"),
        Step("Set", "__PBX_CALL_BACK=${EXTEN}"),
        Step("Set", "CALLERID(num)=${CUT(PBX_RECORD,&,3)}"),
        Step("Set", f"CHANNEL(language)={scope.language}"),
        *([members.recorded(name, scope)] if queue.recording else ()),
        _log(name, "CALLBACKWAITS", scope, _told("${EXTEN}")),
        Step("ExecIf", f"$[{pause} > 0]?Wait({pause})"),
        Step("GotoIf", f"$[{wait} < 1]?end", label="again"),
        Step("Set", "QUEUE_PRIO=${CUT(PBX_RECORD,&,2)}"),
        Step("Queue", f"{queue_name},C,,,{wait},,{naming.context(scope.slug, 'calledback')}"),
        Step("GotoIf", '$["${QUEUESTATUS}" = "TIMEOUT"]?end'),
        Step("Wait", "30"),
        Step("Goto", "again"),
        Step("Set", f"PBX_RECORD=${{DB_DELETE({record})}}", label="end"),
        Step("Gosub", "lost,1(${EXTEN})"),
        Step("Hangup", label="gone"),
    )
    return Route(_back(name, scope), "_X.", steps, ("queues", name, "call_back"))


def _ended(name: str, queue: Queue, scope: Scope) -> Route:
    """The call to her is over, for whatever reason; ARG1 is the promise. Whom nobody reached is called again."""
    assert queue.call_back
    path: Path = ("queues", name, "call_back")
    kept = "&".join(f"${{CUT(PBX_RECORD,&,{field})}}" for field in range(1, 6))
    steps = (
        Step("GotoIf", '$["${DIALSTATUS}" = "ANSWER"]?done'),
        Step("Set", "LOCAL(made)=$[0${CUT(PBX_RECORD,&,6)} + 1]"),
        Step("GotoIf", f"$[${{made}} >= {queue.call_back.attempts}]?last", source=(*path, "attempts")),
        Step(
            "Set",
            f"DB({_record(scope, '${ARG1}')})={kept}&${{made}}&$[${{EPOCH}} + {queue.call_back.pause}]",
            source=(*path, "pause"),
        ),
        _log(name, "CALLBACKAGAIN", scope, _told("${ARG1}")),
        _stand(_back(name, scope), naming.context(scope.slug, "callback"), "${ARG1}"),
        Step("Return"),
        Step("Gosub", "lost,1(${ARG1})", label="last"),
        Step("Return", label="done"),
    )
    return Route(_back(name, scope), "ended", steps, path)


def _lost(name: str, queue: Queue, scope: Scope) -> Iterator[AsteriskObject]:
    """She was promised a call and nobody reached her; ARG1 is the promise."""
    assert queue.call_back
    told, where = queue.call_back.notify, ("queues", name, "call_back", "notify")
    steps = [_log(name, "CALLBACKFAILED", scope, _told("${ARG1}"))]
    if told:
        notice, number = f"queue.{name}.call_back", "${CUT(PBX_RECORD,&,3)}"
        words = unreached(queue.title or name)
        yield notices.notice(notice, words, scope, mail=told.mail, sms=told.sms, source=where)
        steps.append(notices.notify(scope.slug, notice, where, caller=number))
    yield Route(_back(name, scope), "lost", (*steps, Step("Return")), ("queues", name, "call_back"))


def _log(name: str, event: str, scope: Scope, facts: str = "") -> Step:
    told = f"{naming.queue(scope.slug, name)},${{UNIQUEID}},NONE,{event}"
    return Step("QueueLog", f"{told},{facts}" if facts else told)


def _told(promise: str) -> str:
    """Number and promise, by which the figures find the call."""
    return f"${{CUT(PBX_RECORD,&,3)}}|{promise}"


def unreached(title: str) -> Mapping[str, Words]:
    """What those are told who want to know; `caller` is the number that was promised a call."""
    return {
        "sv": Words(
            subject=f"Nåddes inte: {{caller}} ({title})",
            mail=f"{title}: {{caller}} bad om att bli uppringd men nåddes inte.\nSenast {{time}}.\n",
            sms=f"{title}: {{caller}} bad om att bli uppringd men nåddes inte ({{time}})",
        ),
        "en": Words(
            subject=f"Not reached: {{caller}} ({title})",
            mail=f"{title}: {{caller}} asked to be called back and was not reached.\nLast at {{time}}.\n",
            sms=f"{title}: {{caller}} asked to be called back and was not reached ({{time}})",
        ),
    }


def _taken(scope: Scope) -> Iterator[Step]:
    """On the member's telephone: the other half may call now."""
    taken = f"{naming.database_family(scope.slug)}/called-back/${{PBX_CALL_BACK}}"
    yield Step("Set", f"DB({taken})=${{EPOCH}}")
    # The member's channel was made by Asterisk and has no language of a caller's.
    yield Step("Playback", heard_by_all(CALLING, scope.language))
    yield Step("Return")


def _connect(scope: Scope) -> Iterator[Step]:
    """The half that calls. The member hears music until the customer answers."""
    family = naming.database_family(scope.slug)
    record, taken = _record(scope, "${EXTEN}"), f"{family}/called-back/${{EXTEN}}"
    yield Step("Wait", "0.5", label="look")
    yield Step("GotoIf", f'$["${{DB({taken})}}" = ""]?look')
    yield Step("Set", f"PBX_RECORD=${{DB_DELETE({record})}}")
    yield Step("Set", f"PBX_TAKEN=${{DB_DELETE({taken})}}")
    yield Step("Set", "__PBX_OUT_NUMBER=${CUT(PBX_RECORD,&,4)}")
    yield Step("Set", f"CHANNEL(language)={scope.language}")
    number, queue = "${CUT(PBX_RECORD,&,3)}", "${CUT(PBX_RECORD,&,1)}"
    # At the very end, so that a member who gives up early does not lose the caller's place.
    ended = f"{scope.slug}.queue.{queue}.back,ended,1(${{EXTEN}})"
    yield Step("Set", f"CHANNEL(hangup_handler_push)={ended}")
    yield Step("Dial", f"Local/{number}@{naming.context(scope.slug, 'number')}/n,45,m")
    yield Step("ExecIf", f'$["${{DIALSTATUS}}" != "ANSWER"]?Playback({_said(NO_ANSWER, scope)})')
    yield Step("Hangup")


def _said(sentence: Mapping[str, Recipe], scope: Scope) -> str:
    return heard(sentence, scope.language)
