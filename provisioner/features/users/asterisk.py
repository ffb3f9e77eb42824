"""Users in Asterisk: who calls (`identity`), whom a call rings (`ring`, `user`), and personal mailboxes (`voicemail`).

Users have no endpoint here: the edge rings their telephones. Each is one extension of these contexts with what is her
own; what is the same for many is written once, as a pattern that goes on at the priority where her own lines end. A
core node reads fifty thousand users at each reload, so each line of theirs counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.records import record
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import activities, messages, naming, owners
from provisioner.targets.asterisk.notices import notice
from provisioner.targets.asterisk.objects import AsteriskObject, Mailbox, Notice, Route, Sound, Step, Steps, Waiting
from provisioner.targets.asterisk.people import House, Person
from provisioner.targets.asterisk.playing import heard
from provisioner.targets.asterisk.text import literal

from . import engaged, facts, mobile, off, pin, reached, recorded
from .model import Incoming, User, account, password, ways
from .model import Mailbox as UserMailbox

BUSY = '"${DIALSTATUS}" = "BUSY" | "${HANGUPCAUSE}" = "21"'
"""Every telephone was busy, or the call was declined by hand (486, 600, 603)."""

UNREACHABLE = '${REGEX("^(0|16|17|21)$" ${HANGUPCAUSE})} = 0'
"""The edge knows no telephone of hers, or none answered it (480, 404, 408, 5xx). Ringing in vain gives cause 0."""

CONDITIONS = {"busy": BUSY, "unreachable": UNREACHABLE}
"""When a forwarding rule holds after her telephones rang in vain; `no_answer` holds where no other does."""

ANY_USER = "_[a-z][a-z0-9]!"
"""Every user's name. Two letters at least: a single `h` is Asterisk's own."""

EACH = "${EXTEN}"
"""Whoever is called, in steps that stand once for all."""

GREETING = spoken(
    sv="Den du söker kan inte svara just nu. Lämna ett meddelande efter tonen.",
    en="The person you are calling cannot answer right now. Please leave a message after the tone.",
)


def lower(users: dict[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    for name, user in users.items():
        yield _identity(name, user, scope)
        yield _person(name, user, scope)
    if users:
        yield House(scope.domain, scope.time_zone, scope.language, scope.call_log_days, ("users",))
        yield Route(naming.context(scope.slug, "identity"), ANY_USER, (Step("Return"),), ("users",), first=3)
    yield from reached.lower(users, scope)
    yield from mobile.lower(users, scope)
    yield from engaged.lower(users, scope)
    yield from recorded.lower(users, scope)
    yield from pin.lower(users, scope)
    yield from _destinations(users, scope)
    for name, user in users.items():
        if user.account:
            yield _at_edge(name, user.account, scope)
        if user.incoming is Incoming.NUMBER:
            nothing = (Step("NoOp", source=("users", name, "incoming")),)
            yield Route(naming.context(scope.slug, naming.NUMBER_ALONE), name, nothing, ("users", name))
    say = Steps(scope.slug)
    yield Route(
        naming.context(scope.slug, "ring"),
        ANY_USER,
        (*say.dial_user(EACH, scope.domain), Step("Hangup", "${HANGUPCAUSE}")),
        ("users",),
    )
    with_mailbox = {name: user for name, user in users.items() if user.voicemail}
    for name, user in with_mailbox.items():
        yield from _mailbox(name, user, scope)
    if with_mailbox:
        yield _own_mailbox(scope)
        yield from off.lower(scope)
        yield from owners.sounds(scope.language)
    if any(user.voicemail and not user.voicemail.greeting for user in with_mailbox.values()):
        yield _usual_mailbox(scope, any_told=any(map(told, with_mailbox.values())))
        yield from (Sound(recipe, ("users",)) for recipe in GREETING.values())


def _person(name: str, user: User, scope: Scope) -> Person:
    """What the node's services for programs of users know of her."""
    logins = (account(name, user, device) for device in user.telephones)
    return Person(
        name,
        user.name,
        user.extension,
        {each: password(scope.slug, each) for each in logins},
        mailbox=bool(user.voicemail),
        mobile=next((device for device in user.devices if device not in user.telephones), ""),
        favourites=tuple(map(str, user.favourites)),
        email=user.email or "",
        keep=(user.voicemail.retention or 0) if user.voicemail else 0,
        transcribe=(user.voicemail.transcribe or "") if user.voicemail else "",
        source=("users", name),
    )


def _at_edge(name: str, account: str, scope: Scope) -> Route:
    """Her telephones registered under the name of their logins; takes the place of those of her own name."""
    path = ("users", name, "account")
    steps = (
        Step("GotoIf", '$["${PBX_RINGS}" = "mobile"]?done', source=path),
        Step("Set", f"PBX_ALSO=PJSIP/${{PBX_EDGE}}/sip:{account}@{scope.domain}${{PBX_ALSO}}", source=path),
        Step("Set", "PBX_RINGS=mobile", source=path),
        Step("Return", label="done", source=path),
    )
    return Route(naming.context(scope.slug, naming.AT_EDGE), name, steps, path)


def _identity(name: str, user: User, scope: Scope) -> Route:
    """What the platform asks for each call that the user makes."""
    path = ("users", name)
    shown, presentation = outside(name, user.caller_id, scope)
    variables = {
        "__PBX_USER": name,
        "__PBX_CLASS": str(facts.permission(user, scope).level),
        "__PBX_SITE": user.site.name if user.site else scope.first_site,
        "__PBX_OUT_NUMBER": shown,
        "__PBX_OUT_PRESENTATION": presentation,
        "CALLERID(num)": user.extension,
        "CHANNEL(language)": user.language or scope.language,
    }
    steps = (
        Step("MSet", ",".join(f"{variable}={value}" for variable, value in variables.items()), source=path),
        # By itself: words of people, which may hold what separates MSet's own.
        Step("Set", f"CALLERID(name)={literal(user.name)}", source=(*path, "name")),
        *_by_device(name, user, scope),
    )
    return Route(naming.context(scope.slug, "identity"), name, steps, path)


@record
class _Onward:
    """What becomes of a call to a user, in a form that users may have in common."""

    ring_time: int | None
    """How long her telephones ring; None where nothing does."""
    rules: tuple[tuple[Path, Ref], ...]
    """Where her forwarding rules lead, each by its place below `forwarding`, in the order that they are asked in; the
    last one asks nothing."""
    waits: int | None
    """How many seconds callers who find her on a call wait for her; None where they do not."""
    away: tuple[Path, Ref] | None
    """The rule of calls that something asked before did not let ring; None where nothing is asked."""


def outside(name: str, caller_id: str, scope: Scope) -> tuple[str, str]:
    """The number that leaves the platform with a call, and whether it may be shown (Asterisk's presentation)."""
    number = {
        "direct": scope.direct_numbers.get(name, scope.main_number),
        "mobile": scope.mobile_numbers.get(name, scope.main_number),
        "main": scope.main_number,
        "withheld": scope.main_number,
    }.get(caller_id, caller_id)
    return number, "prohib" if caller_id == "withheld" else "allowed"


def _by_device(name: str, user: User, scope: Scope) -> Iterator[Step]:
    """What differs where she calls with one of her telephones; the edge says which one it is."""
    usual = outside(name, user.caller_id, scope)
    differ = [
        (device, outside(name, what.caller_id, scope))
        for device, what in user.telephones.items()
        if what.caller_id and outside(name, what.caller_id, scope) != usual
    ]
    for device, (number, presentation) in differ:
        shown = f"MSet(__PBX_OUT_NUMBER={number},__PBX_OUT_PRESENTATION={presentation})"
        path = ("users", name, "devices", device, "caller_id")
        yield Step("ExecIf", f'$["${{PBX_DEVICE}}" = "{device}"]?{shown}', source=path)
    if differ:
        yield Step("Return", source=("users", name))


def _destinations(users: Mapping[str, User], scope: Scope) -> Iterator[Route]:
    """The users as destinations. The ways that most of them share stand once, behind the line that names each. Where
    colleagues' calls go other ways, these stand in a context of their own."""
    asks = reached.asks(users, scope)
    shared = {
        name: None if user.forwarding.split else _onward(name, user, EACH, scope, asks=asks)
        for name, user in users.items()
    }
    usual = _most_frequent(filter(None, shared.values()))
    for name, user in users.items():
        ref, path = Ref("user", name), ("users", name)
        context, extension = naming.destination(scope.slug, ref)
        enter, own = Steps(scope.slug).enter(ref, path), list[Step]()
        if user.forwarding.split:
            inside = naming.context(scope.slug, naming.FOR_COLLEAGUES)
            own.append(Step("GotoIf", f'$["${{PBX_TRUNK}}" = ""]?{inside},{name},1', source=(*path, "forwarding")))
            chosen = _onward(name, user, name, scope, asks=asks, inside=True)
            yield Route(inside, name, tuple(_ways(name, chosen, scope, path)), path)
        if shared[name] is None or shared[name] != usual:
            own.extend(_ways(name, _onward(name, user, name, scope, asks=asks), scope, path))
        yield Route(context, extension, (enter, *own), path)
    if usual:
        steps = tuple(_ways(EACH, usual, scope, ("users",)))
        yield Route(naming.context(scope.slug, "user"), ANY_USER, steps, ("users",), first=2)


def _onward(name: str, user: User, called: str, scope: Scope, *, asks: bool, inside: bool = False) -> _Onward:
    """`called` stands for her in what is made of it: her name, or `EACH`. `inside` is for calls of colleagues."""
    chosen, own = ways(name, user, inside=inside), Ref("voicemail", name)

    def goes(rule: str, ref: Ref) -> tuple[Path, Ref]:
        where, _ = user.forwarding.rule(rule, inside=inside)
        return where, Ref("voicemail", called) if ref == own else ref

    away = goes("no_answer", chosen.no_answer) if asks else None
    if chosen.always:
        return _Onward(None, (goes("always", chosen.always),), None, away)
    # Where she shares a telephone, something may ring though she has none of her own.
    if not user.devices and name not in scope.desk_users:
        return _Onward(None, (goes("unreachable", chosen.unreachable),), None, away)
    asked = (("busy", chosen.busy), ("unreachable", chosen.unreachable))
    rules = [goes(rule, ref) for rule, ref in asked if ref != chosen.no_answer]
    waits = user.waiting.timeout if user.waiting else None
    return _Onward(user.ring_time, (*rules, goes("no_answer", chosen.no_answer)), waits, away)


def _most_frequent(onward: Iterable[_Onward]) -> _Onward | None:
    """What at least two users share; of equals the one that reads first, so that their order does not matter."""
    counted = Counter(onward)
    times = max(counted.values(), default=0)
    return min((each for each, count in counted.items() if count == times), key=repr) if times > 1 else None


def _ways(called: str, onward: _Onward, scope: Scope, path: Path) -> Iterator[Step]:
    """Forwarding rules, her telephones, and where unanswered calls go; `called` is her name or `EACH`. Where something
    is asked before them, calls that are not to ring go on at the label `away`."""
    say = Steps(scope.slug)
    if onward.away:
        yield from reached.question(called, scope.slug)
    if onward.waits is not None:
        yield engaged.in_line(called, scope)
    if onward.ring_time is not None:
        yield from say.dial_user(called, scope.domain, path, ring_time=onward.ring_time)
    if onward.waits is not None:
        yield from engaged.wait(called, onward.waits, scope)
    *asked, (rule, ref) = onward.rules
    for each, to in asked:
        yield say.goto_if(CONDITIONS[str(each[-1])], to, _rule(path, each))
    last = (rule, ref) == onward.away
    yield say.goto(ref, _rule(path, rule), label=activities.AWAY if last else "")
    if onward.away and not last:
        rule, ref = onward.away
        yield say.goto(ref, _rule(path, rule), label=activities.AWAY)


def _rule(path: Path, rule: Path) -> Path:
    """Where a user's rule stands; what many users share has no such place."""
    return (*path, "forwarding", *rule) if len(path) > 1 else path


def _mailbox(name: str, user: User, scope: Scope) -> Iterator[AsteriskObject]:
    assert user.voicemail
    ref, path = Ref("voicemail", name), ("users", name, "voicemail")
    yield Mailbox(
        context=scope.slug,
        box=name,
        full_name=user.name,
        options=(("attach", "no"), ("maxsecs", str(user.voicemail.max_length))),
        source=path,
    )
    yield Waiting(name, name, scope.code("voicemail"), path)
    if told(user):
        yield messages.afterwards(scope.slug, name, path, told=True)
        yield _notice(name, user, user.voicemail, scope)
    context, extension = naming.destination(scope.slug, ref)
    greeting, keys = user.voicemail.greeting, user.voicemail.keys
    yield from messages.keys(scope.slug, name, keys, path)
    sounds = scope.sounds[greeting.name] if greeting else GREETING
    own = greeting or keys
    leave = _leave(name, sounds, scope, path, any_told=told(user), keys=bool(keys)) if own else ()
    yield Route(context, extension, (Steps(scope.slug).enter(ref, path), *leave), path)


def told(user: User) -> bool:
    """Whether somebody is told of the user's messages."""
    return bool(user.voicemail and (user.voicemail.email_notice or user.voicemail.sms_notice))


def _notice(name: str, user: User, box: UserMailbox, scope: Scope) -> Notice:
    mail, mobile = scope.addresses.get(name, ("", ""))
    code = scope.code("voicemail")
    how = {"sv": f"Ring {code} för att lyssna.", "en": f"Dial {code} to listen."}
    return notice(
        messages.notice_name(name),
        messages.words(user.name, how),
        scope,
        language=user.language or "",
        mail=[mail] if box.email_notice and mail else (),
        sms=[mobile] if box.sms_notice and mobile else (),
        attach=box.audio,
        written=messages.WRITTEN if box.transcribe else None,
        source=("users", name, "voicemail"),
    )


def _usual_mailbox(scope: Scope, *, any_told: bool) -> Route:
    """Where callers of all mailboxes without a greeting of the file leave their message."""
    steps = _leave(EACH, GREETING, scope, ("users",), any_told=any_told)
    return Route(naming.context(scope.slug, "voicemail"), ANY_USER, steps, ("users",), first=2)


def _leave(
    box: str, sounds: Mapping[str, Recipe], scope: Scope, path: Path, *, any_told: bool, keys: bool = False
) -> tuple[Step, ...]:
    play, status, more = messages.greeting(scope.slug, box, keys=keys)
    return (
        off.passes(box, scope, path),
        Steps(scope.slug).answer(path),
        # What she recorded herself wins; it is hers and not the file's.
        Step(play, f"{naming.own_greeting(scope.slug, box)}{more}", source=path),
        Step("ExecIf", f'$["${{{status}}}" = "FAILED"]?{play}({heard(sounds, scope.language)}{more})', source=path),
        *messages.take(scope.slug, box, path, told=any_told),
    )


def _own_mailbox(scope: Scope) -> Route:
    box = naming.mailbox(scope.slug, "${PBX_USER}")
    steps = (
        *owners.listens(scope.language),
        Step("GotoIf", f"${{VM_INFO({box},exists)}}?open"),
        Step("Hangup", "21"),
        Step("VoiceMailMain", f"{box},s", "open"),
        Step("Hangup"),
    )
    return Route(naming.context(scope.slug, "service"), scope.code("voicemail"), steps, ("users",))
