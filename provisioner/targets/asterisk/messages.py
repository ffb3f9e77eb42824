"""How a caller leaves a message in a mailbox, shared or personal, and who is told of it.

The notice is sent by a hang-up handler, because most callers end a message by hanging up, and only where Asterisk says
that a message was kept: a short one is not. Asterisk's own mails are not used, for they need a mail server on the core.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core import lights
from provisioner.core.notices import Words
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import naming
from .notices import notify
from .objects import Lamp, Route, Step, Steps

WRITTEN = {
    "sv": "Nedskrivet av en maskin, med fel:",
    "en": "Written down by a machine, with mistakes:",
}
"""What a mail says before the message as text, by language."""
KEPT = '"${VMSTATUS}" = "SUCCESS"'


def notice_name(box: str) -> str:
    return f"voicemail.{box}"


def greeting(slug: str, box: str, *, keys: bool) -> tuple[str, str, str]:
    """How a greeting is played: the application, the variable of its outcome, and what follows the sound's name.

    Where there are keys, only those break the greeting off; any other is as if it had not been pressed.
    """
    if not keys:
        return "Playback", "PLAYBACKSTATUS", ""
    return "Background", "BACKGROUNDSTATUS", f",m,,{_keys(slug, box)}"


def keys(slug: str, box: str, chosen: Mapping[str, Ref], path: Path) -> Iterator[Route]:
    """Where each key leads while the greeting is played."""
    for key, ref in chosen.items():
        # Asterisk reads a star at the beginning of an extension as it stands.
        yield Route(_keys(slug, box), key, (Steps(slug).goto(ref, (*path, "keys", key)),), (*path, "keys", key))


def _keys(slug: str, box: str) -> str:
    return naming.context(slug, "greeting", box)


def take(slug: str, box: str, path: Path, *, told: bool) -> tuple[Step, ...]:
    """Takes a message and ends the call. `told` says whether the box may have an `afterwards`; it may be `${EXTEN}`."""
    # Asterisk writes down, and reads out, a number that its caller withholds.
    nobody = Step("ExecIf", '$["${CALLERID(num-pres):0:6}" = "prohib"]?Set(CALLERID(all)=)', source=path)
    leave = Step("VoiceMail", f"{naming.mailbox(slug, box)},s", source=path)
    return (*([_follow_up(slug, box, path)] if told else []), nobody, leave, Step("Hangup", source=path))


def listen(slug: str, box: str, path: Path, *, label: str = "", lamp: bool = False) -> tuple[Step, ...]:
    """Lets a member hear the messages without a PIN, and ends the call."""
    first = Step("NoOp", label=label, source=path)
    main = Step("VoiceMailMain", f"{naming.mailbox(slug, box)},s", "" if lamp else label, path)
    return (*([first, _follow_up(slug, box, path)] if lamp else []), main, Step("Hangup", source=path))


def _follow_up(slug: str, box: str, path: Path) -> Step:
    """Sees to it that `afterwards` is done at the end of the call, where the box has one."""
    context = naming.context(slug, "told")
    push = f"Set(CHANNEL(hangup_handler_push)={context},{box},1)"
    return Step("ExecIf", f"${{DIALPLAN_EXISTS({context},{box},1)}}?{push}", source=path)


def afterwards(slug: str, box: str, path: Path, *, told: bool, lamp: bool = False) -> Route:
    """What follows a call to the box: who is `told` of a kept message, by the notice `notice_name(box)`, and its lamp.

    The lamp follows the folder each time, so that it is true whoever listens where. Asterisk's own device states for
    mailboxes are not used: after a restart they know nothing of mailboxes in a table, until something changes.
    """
    tell = notify(slug, notice_name(box), path, when=KEPT, file="${VM_MESSAGEFILE}.wav")
    waiting = f"$[${{VMCOUNT({naming.mailbox(slug, box)})}} > 0]"
    state = f"${{IF({waiting}?{Lamp.LIT.value}:{Lamp.DARK.value})}}"
    shine = Step("Set", f"DEVICE_STATE({naming.light(lights.of_mailbox(slug, box))})={state}", source=path)
    steps = (*([tell] if told else []), *([shine] if lamp else []), Step("Return", source=path))
    return Route(naming.context(slug, "told"), box, steps, path)


def words(title: str, how: Mapping[str, str]) -> dict[str, Words]:
    """What is told of a new message in the mailbox that people call `title`; `how` says how to listen, by language."""
    return {
        "sv": Words(
            f"Nytt meddelande i {title} från {{caller}}",
            f"Ett nytt röstmeddelande har lämnats i {title}.\n\nFrån: {{caller}}\nTid: {{time}}\n\n{how['sv']}",
            f"Nytt meddelande i {title} från {{caller}}, {{time}}.",
        ),
        "en": Words(
            f"New message in {title} from {{caller}}",
            f"A new voice message was left in {title}.\n\nFrom: {{caller}}\nTime: {{time}}\n\n{how['en']}",
            f"New message in {title} from {{caller}}, {{time}}.",
        ),
    }
