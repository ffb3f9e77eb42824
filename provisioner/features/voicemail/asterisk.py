"""Shared mailboxes in Asterisk: a context that takes messages, and one that lets members listen without a PIN.

The edge has proved who calls, so membership is asked by name. A member who dials the box's own extension wants to
listen; when the same member gets here on any other way (a colleague who does not answer, a menu), she leaves a message
like everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.core.notices import Recipients
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import messages, naming, owners
from provisioner.targets.asterisk.notices import notice
from provisioner.targets.asterisk.objects import (
    AsteriskObject,
    Mailbox,
    Notice,
    Route,
    Sound,
    Step,
    Steps,
    Waiting,
)
from provisioner.targets.asterisk.people import Shared
from provisioner.targets.asterisk.playing import heard

from .facts import code
from .model import SharedMailbox

GREETING = spoken(
    sv="Vi kan inte svara just nu. Lämna ett meddelande efter tonen.",
    en="We cannot answer right now. Please leave a message after the tone.",
)


NO_WAY = {"sv": "", "en": ""}


def lower(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[AsteriskObject]:
    for name, box in boxes.items():
        yield _mailbox(name, box, scope)
        yield _entrance(name, scope)
        yield _leave(name, box, scope)
        yield from messages.keys(scope.slug, name, box.keys, ("voicemail", name))
        yield _listen(name, box, scope)
        yield _shared(name, box, scope)
        yield from (Waiting(each.name, name, code(box, scope), ("voicemail", name, "members")) for each in box.members)
        told, lamp = bool(_told(box, scope)), bool(box.extension)
        if told or lamp:
            yield messages.afterwards(scope.slug, name, ("voicemail", name), told=told, lamp=lamp)
        if told:
            yield _notice(name, box, scope)
        if box.extension:
            listen = Step("Goto", f"{_listening(name, scope)},s,1")
            service = naming.context(scope.slug, "service")
            yield Route(service, code(box, scope), (listen,), ("voicemail", name))
    if boxes:
        yield from owners.sounds(scope.language)
    if any(not box.greeting for box in boxes.values()):
        yield from (Sound(recipe, ("voicemail",)) for recipe in GREETING.values())


def _listening(name: str, scope: Scope) -> str:
    return naming.context(scope.slug, "listen", name)


def _mailbox(name: str, box: SharedMailbox, scope: Scope) -> Mailbox:
    return Mailbox(
        context=scope.slug,
        box=name,
        full_name=box.title or name,
        options=(("attach", "no"), ("maxsecs", str(box.max_length))),
        source=("voicemail", name),
    )


def _shared(name: str, box: SharedMailbox, scope: Scope) -> Shared:
    light = naming.light(lights.of_mailbox(scope.slug, name)) if box.extension else ""
    members = tuple(member.name for member in box.members)
    keep = box.retention or 0
    spoken = box.transcribe or ""
    return Shared(name, box.title or name, members, light, keep, spoken, ("voicemail", name, "members"))


def _entrance(name: str, scope: Scope) -> Route:
    """The destination stands among those of personal mailboxes; what follows has a context of its own."""
    context, extension = naming.destination(scope.slug, Ref("voicemail", name))
    return Route(context, extension, (Step("Goto", f"{_leaving(name, scope)},s,1"),), ("voicemail", name))


def _leaving(name: str, scope: Scope) -> str:
    return naming.context(scope.slug, "voicemail", name)


def _leave(name: str, box: SharedMailbox, scope: Scope) -> Route:
    ref, path, say = Ref("voicemail", name), ("voicemail", name), Steps(scope.slug)
    sounds = scope.sounds[box.greeting.name] if box.greeting else GREETING
    play, _, more = messages.greeting(scope.slug, name, keys=bool(box.keys))
    return Route(
        _leaving(name, scope),
        "s",
        (
            say.enter(ref, path),
            *_members_listen(name, box, scope),
            say.answer(path),
            Step(play, f"{heard(sounds, scope.language)}{more}", source=(*path, "greeting")),
            *messages.take(scope.slug, name, path, told=bool(_told(box, scope) or box.extension)),
        ),
        path,
    )


def _told(box: SharedMailbox, scope: Scope) -> Recipients:
    """Everybody who is told of a message."""
    members = [scope.addresses.get(member.name, ("", "")) for member in box.members] if box.notify.members else []
    return Recipients(
        mail=[*box.notify.mail, *(mail for mail, _ in members if mail)],
        sms=[*box.notify.sms, *(mobile for _, mobile in members if mobile)],
    )


def _notice(name: str, box: SharedMailbox, scope: Scope) -> Notice:
    told, dialled = _told(box, scope), code(box, scope)
    how = {"sv": f"Ring {dialled} för att lyssna.", "en": f"Dial {dialled} to listen."} if dialled else NO_WAY
    return notice(
        messages.notice_name(name),
        messages.words(box.title or name, how),
        scope,
        mail=told.mail,
        sms=told.sms,
        attach=box.notify.audio,
        written=messages.WRITTEN if box.transcribe else None,
        source=("voicemail", name, "notify"),
    )


def _members_listen(name: str, box: SharedMailbox, scope: Scope) -> Iterator[Step]:
    if box.extension:
        condition = f'"${{PBX_DIALLED}}" = "{box.extension}" & {_is_member(box)}'
        yield Step("GotoIf", f"$[{condition}]?{_listening(name, scope)},s,1", source=("voicemail", name, "extension"))


def _is_member(box: SharedMailbox) -> str:
    return f'${{REGEX("^({"|".join(member.name for member in box.members)})$" ${{PBX_USER}})}}'


def _listen(name: str, box: SharedMailbox, scope: Scope) -> Route:
    path = ("voicemail", name)
    steps = (
        Steps(scope.slug).enter(Ref("mailbox", name), path),
        *owners.listens(scope.language),
        Step("GotoIf", f"{_is_member(box)}?member", source=(*path, "members")),
        Step("Hangup", "21", source=path),
        *messages.listen(scope.slug, name, path, label="member", lamp=bool(box.extension)),
    )
    return Route(_listening(name, scope), "s", steps, path)
