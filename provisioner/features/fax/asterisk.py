"""A fax mailbox in Asterisk: a context that receives pages, and what is told at the end of the call.

The sender hangs up as soon as the last page is confirmed, so a hang-up handler tells, of a failed fax too: it carries
the pages that came. T.38 is offered as soon as it answers; where the sender's side refuses, pages travel as sound (T.30
over G.711). The edge hands UDPTL on as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.notices import Words
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.notices import notice, notify
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step, Steps
from provisioner.targets.asterisk.text import literal

from .model import FaxMailbox

SPOOL = "/var/spool/asterisk/pbx-fax"
RECEIVED = '"${FAXSTATUS}" = "SUCCESS"'


def lower(boxes: dict[str, FaxMailbox], scope: Scope) -> Iterator[AsteriskObject]:
    for name, box in boxes.items():
        yield _receive(name, box, scope)
        yield _afterwards(name, scope)
        for suffix, words in (("", _received(box.title or name)), (".failed", _failed(box.title or name))):
            yield notice(
                f"fax.{name}{suffix}", words, scope, mail=box.mail, sms=box.sms, attach=True, source=("fax", name)
            )


def _receive(name: str, box: FaxMailbox, scope: Scope) -> Route:
    ref, path, say = Ref("fax", name), ("fax", name), Steps(scope.slug)
    context, extension = naming.destination(scope.slug, ref)
    file = f"{SPOOL}/{scope.slug}.{name}.${{FILTER(a-z0-9.\\x2d,${{CHANNEL(uniqueid)}})}}.tif"
    steps = (
        say.enter(ref, path),
        Step("Set", f"PBX_FAX={file}", source=path),
        Step("Set", f"CHANNEL(hangup_handler_push)={naming.context(scope.slug, 'faxed')},{name},1", source=path),
        say.answer(path),
        Step("Set", f"FAXOPT(localstationid)={scope.main_number}", source=path),
        Step("Set", f"FAXOPT(headerinfo)={literal(box.title or name)}", source=path),
        Step("ReceiveFAX", "${PBX_FAX},f", source=path),
        Step("Hangup", source=path),
    )
    return Route(context, extension, steps, path)


def _afterwards(name: str, scope: Scope) -> Route:
    path = ("fax", name)
    known = {
        "pages": "${IF($[${LEN(${FAXPAGES})} > 0]?${FAXPAGES}:0)}",
        "station": "${REMOTESTATIONID:0:40}",
        "error": "${FAXERROR:0:80}",
        "file": "${PBX_FAX}",
    }
    steps = (
        notify(scope.slug, f"fax.{name}", path, when=RECEIVED, **known),
        notify(scope.slug, f"fax.{name}.failed", path, when=f"!({RECEIVED})", **known),
        Step("Return", source=path),
    )
    return Route(naming.context(scope.slug, "faxed"), name, steps, path)


def _received(title: str) -> dict[str, Words]:
    return {
        "sv": Words(
            f"Fax till {title} från {{caller}}, sidor: {{pages}}",
            f"Ett fax har kommit till {title}.\n\nFrån: {{caller}}\nAvsändarens märkning: {{station}}\n"
            "Mottagna sidor: {pages}\nTid: {time}",
            f"Fax till {title} från {{caller}}, sidor: {{pages}}, {{time}}.",
        ),
        "en": Words(
            f"Fax to {title} from {{caller}}, pages: {{pages}}",
            f"A fax has come to {title}.\n\nFrom: {{caller}}\nSender's own mark: {{station}}\n"
            "Received pages: {pages}\nTime: {time}",
            f"Fax to {title} from {{caller}}, pages: {{pages}}, {{time}}.",
        ),
    }


def _failed(title: str) -> dict[str, Words]:
    return {
        "sv": Words(
            f"Fax till {title} från {{caller}} kom inte fram",
            f"Ett fax till {title} kom inte fram helt. De sidor som kom är bifogade.\n\nFrån: {{caller}}\n"
            "Avsändarens märkning: {station}\nMottagna sidor: {pages}\nOrsak: {error}\nTid: {time}",
            f"Fax till {title} från {{caller}} kom inte fram, {{time}}.",
        ),
        "en": Words(
            f"Fax to {title} from {{caller}} failed",
            f"A fax to {title} did not come through whole. The pages that came are attached.\n\nFrom: {{caller}}\n"
            "Sender's own mark: {station}\nReceived pages: {pages}\nReason: {error}\nTime: {time}",
            f"Fax to {title} from {{caller}} failed, {{time}}.",
        ),
    }
