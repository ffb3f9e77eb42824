"""Shared mailboxes in Asterisk: a context that takes messages, and one that lets members listen without a PIN.

The edge has proved who calls, so membership is asked by name. A member who dials the box's own extension wants to
listen; when the same member gets here on any other way (a colleague who does not answer, a menu), she leaves a message
like everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Mailbox, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import SharedMailbox

LISTEN = "*98"

GREETING = spoken(
    sv="Vi kan inte svara just nu. Lämna ett meddelande efter tonen.",
    en="We cannot answer right now. Please leave a message after the tone.",
)


def lower(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[AsteriskObject]:
    for name, box in boxes.items():
        yield _mailbox(name, box, scope)
        yield _leave(name, box, scope)
        yield _listen(name, box, scope)
        if box.extension:
            listen = Step("Goto", f"{_listening(name, scope)},s,1")
            service = naming.context(scope.slug, "service")
            yield Route(service, f"{LISTEN}{box.extension}", (listen,), ("voicemail", name))
    if any(not box.greeting for box in boxes.values()):
        yield from (Sound(recipe, ("voicemail",)) for recipe in GREETING.values())


def _listening(name: str, scope: Scope) -> str:
    return naming.context(scope.slug, "listen", name)


def _mailbox(name: str, box: SharedMailbox, scope: Scope) -> Mailbox:
    return Mailbox(
        context=scope.slug,
        box=name,
        full_name=box.title or name,
        email=box.email or "",
        # A message may be about anybody's health or money: the mail tells of it and does not carry it.
        options=(("attach", "no"), ("maxsecs", str(box.max_length))),
        source=("voicemail", name),
    )


def _leave(name: str, box: SharedMailbox, scope: Scope) -> Route:
    ref, path, say = Ref("voicemail", name), ("voicemail", name), Steps(scope.slug)
    sounds = scope.sounds[box.greeting.name] if box.greeting else GREETING
    context, extension = naming.destination(scope.slug, ref)
    return Route(
        context,
        extension,
        (
            say.enter(ref, path),
            *_members_listen(name, box, scope),
            say.answer(path),
            Step("Playback", heard(sounds, scope.language), source=(*path, "greeting")),
            Step("VoiceMail", f"{naming.mailbox(scope.slug, name)},s", source=path),
            Step("Hangup", source=path),
        ),
        path,
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
        Step("GotoIf", f"{_is_member(box)}?member", source=(*path, "members")),
        Step("Hangup", "21", source=path),
        Step("VoiceMailMain", f"{naming.mailbox(scope.slug, name)},s", "member", path),
        Step("Hangup", source=path),
    )
    return Route(_listening(name, scope), "s", steps, path)
