"""Users in Asterisk: who calls (`identity`), whom a call rings (`ring`, `user.<name>`), and personal mailboxes.

Users have no endpoint here: the edge rings their telephones. What is the same for all is written once: the extension
that rings (`ring`), the one that takes messages (`mailbox`) and the one that opens the own mailbox (`*98`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Mailbox, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard
from provisioner.targets.asterisk.text import literal

from .model import CallPermission, User, ways

CLASSES = {permission: str(number) for number, permission in enumerate(CallPermission)}
"""How the dialplan compares permissions: 0 for internal up to 4 for premium."""

BUSY = '"${DIALSTATUS}" = "BUSY" | "${HANGUPCAUSE}" = "21"'
"""Every telephone was busy, or the call was declined by hand (486, 600, 603)."""

UNREACHABLE = '${REGEX("^(0|16|17|21)$" ${HANGUPCAUSE})} = 0'
"""The edge knows no telephone of hers, or none answered it (480, 404, 408, 5xx). Ringing in vain gives cause 0."""

ANY_USER = "_[a-z][a-z0-9]!"
"""Every user's name. Two letters at least: a single `h` is Asterisk's own."""

OWN_MAILBOX = "*98"

GREETING = spoken(
    sv="Den du söker kan inte svara just nu. Lämna ett meddelande efter tonen.",
    en="The person you are calling cannot answer right now. Please leave a message after the tone.",
)


def lower(users: dict[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    say = Steps(scope.slug)
    for name, user in users.items():
        yield _identity(name, user, scope)
        yield _user(name, user, scope)
    yield Route(
        naming.context(scope.slug, "ring"),
        ANY_USER,
        (*say.dial_user("${EXTEN}", scope.domain), Step("Hangup", "${HANGUPCAUSE}")),
        ("users",),
    )
    with_mailbox = {name: user for name, user in users.items() if user.voicemail}
    for name, user in with_mailbox.items():
        yield from _mailbox(name, user, scope)
    if with_mailbox:
        yield _own_mailbox(scope)
    if any(user.voicemail and not user.voicemail.greeting for user in with_mailbox.values()):
        yield _usual_mailbox(scope)
        yield from (Sound(recipe, ("users",)) for recipe in GREETING.values())


def _identity(name: str, user: User, scope: Scope) -> Route:
    """What the platform asks for each call that the user makes."""
    path = ("users", name)
    shown = {
        "direct": scope.direct_numbers.get(name, scope.main_number),
        "main": scope.main_number,
        "withheld": scope.main_number,
    }.get(user.caller_id, user.caller_id)
    facts = {
        "__PBX_USER": name,
        "__PBX_CLASS": CLASSES[user.call_permission],
        "__PBX_SITE": user.site.name if user.site else scope.first_site,
        "__PBX_OUT_NUMBER": shown,
        "__PBX_OUT_PRESENTATION": "prohib" if user.caller_id == "withheld" else "allowed",
    }
    steps = (
        Step("MSet", ",".join(f"{variable}={value}" for variable, value in facts.items()), source=path),
        Step("Set", f"CALLERID(name)={literal(user.name)}", source=(*path, "name")),
        Step("Set", f"CALLERID(num)={user.extension}", source=(*path, "extension")),
        Step("Set", f"CHANNEL(language)={user.language or scope.language}", source=path),
        Step("Return"),
    )
    return Route(naming.context(scope.slug, "identity"), name, steps, path)


def _user(name: str, user: User, scope: Scope) -> Route:
    """The destination: forwarding rules, her telephones, and where unanswered calls go."""
    ref, path = Ref("user", name), ("users", name)
    context, extension = naming.destination(scope.slug, ref)
    return Route(context, extension, (Steps(scope.slug).enter(ref, path), *_ways(name, user, scope)), path)


def _ways(name: str, user: User, scope: Scope) -> Iterator[Step]:
    chosen, say = ways(name, user), Steps(scope.slug)
    path = ("users", name, "forwarding")
    if chosen.always:
        yield say.goto(chosen.always, (*path, "always"))
        return
    if user.devices:
        yield from say.dial_user(name, scope.domain, ("users", name), ring_time=user.ring_time)
        if chosen.busy != chosen.no_answer:
            yield say.goto_if(BUSY, chosen.busy, (*path, "busy"))
        if chosen.unreachable != chosen.no_answer:
            yield say.goto_if(UNREACHABLE, chosen.unreachable, (*path, "unreachable"))
        yield say.goto(chosen.no_answer, (*path, "no_answer"))
    else:
        yield say.goto(chosen.unreachable, (*path, "unreachable"))


def _mailbox(name: str, user: User, scope: Scope) -> Iterator[AsteriskObject]:
    assert user.voicemail
    ref, path = Ref("voicemail", name), ("users", name, "voicemail")
    yield Mailbox(
        context=scope.slug,
        box=name,
        full_name=user.name,
        email=user.email if user.email and user.voicemail.email_notice else "",
        # A message may be about anybody's health or money: the mail tells of it and does not carry it.
        options=(("attach", "no"), ("maxsecs", str(user.voicemail.max_length))),
        source=path,
    )
    context, extension = naming.destination(scope.slug, ref)
    greeting = user.voicemail.greeting
    if greeting:
        leave = _leave(name, scope.sounds[greeting.name], scope, path)
    else:
        leave = (Step("Goto", f"{naming.context(scope.slug, 'mailbox')},{name},1", source=path),)
    yield Route(context, extension, (Steps(scope.slug).enter(ref, path), *leave), path)


def _usual_mailbox(scope: Scope) -> Route:
    """Where callers of all mailboxes without a greeting of the file leave their message."""
    steps = _leave("${EXTEN}", GREETING, scope, ("users",))
    return Route(naming.context(scope.slug, "mailbox"), ANY_USER, steps, ("users",))


def _leave(box: str, sounds: Mapping[str, Recipe], scope: Scope, path: Path) -> tuple[Step, ...]:
    return (
        Steps(scope.slug).answer(path),
        # What she recorded herself wins; it is hers and not the file's.
        Step("Playback", naming.own_greeting(scope.slug, box), source=path),
        Step("ExecIf", f'$["${{PLAYBACKSTATUS}}" = "FAILED"]?Playback({heard(sounds, scope.language)})', source=path),
        Step("VoiceMail", f"{naming.mailbox(scope.slug, box)},s", source=path),
        Step("Hangup", source=path),
    )


def _own_mailbox(scope: Scope) -> Route:
    box = naming.mailbox(scope.slug, "${PBX_USER}")
    steps = (
        Step("GotoIf", f"${{VM_INFO({box},exists)}}?open"),
        Step("Hangup", "21"),
        Step("VoiceMailMain", f"{box},s", "open"),
        Step("Hangup"),
    )
    return Route(naming.context(scope.slug, "service"), OWN_MAILBOX, steps, ("users",))
