"""notices.json of one tenant, and the dialplan step that sends a notice (see docs/decisions/0005-notices.md).

A step writes one line into the queue log, which Asterisk does before the call goes on. The line names the tenant, the
notice and what the call knows; who is told and in which words stands in the tenant's file, so no address and no text
passes through the dialplan. `pbx-notices` on the core node reads both and sends, also when relay or gateway were away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.notices import Words, chosen
from provisioner.core.secrets import defuse
from provisioner.core.source import Path

from .extensions import Clash
from .objects import AsteriskObject, Notice, Step

PATH = "notices.json"

QUEUE = "pbx.notices"
"""What stands in the queue log where other lines name their queue. No tenant's queue: a slug never has `pbx.`."""

CALLER = '${IF($["${CALLERID(num-pres):0:6}" = "prohib"]?:${FILTER(0-9+*#,${CALLERID(num):0:40})})}'
"""The caller's number; empty where it is withheld or unknown."""


def notice(
    name: str,
    words: Mapping[str, Words],
    scope: Scope,
    *,
    language: str = "",
    mail: Iterable[str] = (),
    sms: Iterable[str] = (),
    attach: bool = False,
    written: Mapping[str, str] | None = None,
    source: Path | None = None,
) -> Notice:
    """A notice of the tenant: `name` as `voicemail.info`, unique there; `words` by language.

    `language` is that of who is told, the tenant's where it is empty. `attach` lets a mail carry the file that
    `notify` names as `file`. Where that is a message in a mailbox and `written` is given (by language), a mail waits
    for the message as text and says it after these words.
    """
    language = language or scope.language
    return Notice(
        name=name,
        words=chosen(words, language),
        sender=scope.name,
        language=language,
        time_zone=scope.time_zone,
        mail=tuple(dict.fromkeys(mail)),
        sms=tuple(dict.fromkeys(sms)),
        attach=attach,
        written=written[best(written, language) or "en"] if written else "",
        source=source,
    )


def notify(slug: str, name: str, source: Path | None = None, *, when: str = "", label: str = "", **places: str) -> Step:
    """Sends the notice: `notify(slug, "ivr.main.callback", number="${PBX_NUMBER}")`. The call goes on.

    `places` fill those of the notice's words beside `caller` and `time`; `caller` may be given too, where another
    number than the call's is meant. Values are evaluated once, at the call. `file` names a file to attach, where the
    notice has `attach`. With `when`, an expression, only where it holds.
    """
    known = {"caller": CALLER, **places}
    pairs = "&".join(f"{place}=${{URIENCODE({value})}}" for place, value in sorted(known.items()))
    line = f"{QUEUE},${{CHANNEL(uniqueid)}},{slug},{name},{pairs}"
    if when:
        return Step("ExecIf", f"$[{when}]?QueueLog({line})", label, source)
    return Step("QueueLog", line, label, source)


def write(objects: Iterable[AsteriskObject]) -> TextFile | None:
    """The tenant's notices by name, or nothing where it has none."""
    notices: dict[str, Notice] = {}
    for each in objects:
        if isinstance(each, Notice) and (other := notices.setdefault(each.name, each)) is not each:
            raise Clash(f"notice {each.name}", other.source, each.source)
    if not notices:
        return None
    lines, last = [Line("{")], len(notices)
    for count, name in enumerate(sorted(notices), start=1):
        text = defuse(json.dumps(_facts(notices[name]), ensure_ascii=False))
        comma = "," if count < last else ""
        lines.append(Line(f"  {json.dumps(name)}: {text}{comma}", notices[name].source))
    lines.append(Line("}"))
    return TextFile(PATH, tuple(lines))


def _facts(each: Notice) -> dict[str, object]:
    """In order of their names."""
    written = {"written": each.written} if each.written else {}
    return {
        "attach": each.attach,
        "language": each.language,
        "mail": each.mail,
        "sender": each.sender,
        "sms": each.sms,
        "subject": each.words.subject,
        "text": each.words.mail,
        "text_sms": each.words.sms,
        "time_zone": each.time_zone,
        **written,
    }
