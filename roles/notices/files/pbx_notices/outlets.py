"""How a message leaves: by a mail relay, or by a gateway for text messages.

`Refused` means that this message will never be taken; every other error means later.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from pathlib import Path
from typing import Any

from .words import PLACE, Message

SECONDS = 30

TYPES = {".wav": ("audio", "x-wav"), ".pdf": ("application", "pdf"), ".tif": ("image", "tiff")}


class Refused(Exception):
    """The other side will not take this message, now or later."""


class LaterForThis(Exception):
    """The other side takes messages, but not this one yet."""


class Later(Exception):
    """The other side cannot take anything now."""


def mail(message: Message, carried: Path | None, relay: dict[str, Any], node: str) -> None:
    connect = smtplib.SMTP_SSL if relay["tls"] == "tls" else smtplib.SMTP
    more = {"context": ssl.create_default_context()} if relay["tls"] == "tls" else {}
    try:
        with connect(relay["host"], relay["port"], local_hostname=node, timeout=SECONDS, **more) as session:
            if relay["tls"] == "starttls":
                session.starttls(context=ssl.create_default_context())
            if relay["user"]:
                session.login(relay["user"], relay["password"])
            session.send_message(letter(message, carried, relay["from"], node), relay["from"], [message.to])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[message.to]
        raise _judged(code, said) from None
    except smtplib.SMTPDataError as error:
        raise _judged(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPAuthenticationError as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise Later(f"the relay refuses the log-in of {relay['user']}: {error.smtp_code} {said[:200]}") from None
    except smtplib.SMTPNotSupportedError as error:
        raise Later(f"the relay does not offer what provider.yaml wants: {error}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Later(_short(error)) from None


def _judged(code: int, said: bytes | str) -> Exception:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Refused(f"{code} {text[:200]}") if 500 <= code < 600 else LaterForThis(f"{code} {text[:200]}")


def letter(message: Message, carried: Path | None, sender: str, node: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = formataddr((message.sender, sender))
    made["To"] = message.to
    made["Subject"] = message.subject
    made["Date"] = formatdate(message.at, localtime=False)
    made["Message-ID"] = f"<{message.name}@{node}.{sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    if message.reply_to:
        made["Reply-To"] = message.reply_to
    made.set_content(message.text + "\n")
    if message.calendar:
        made.add_alternative(message.calendar, subtype="calendar", params={"method": message.method})
    if carried and carried.exists():
        kind, subtype = TYPES.get(carried.suffix, ("application", "octet-stream"))
        made.add_attachment(
            carried.read_bytes(), maintype=kind, subtype=subtype, filename=f"{message.tenant}{carried.suffix}"
        )
    return made


LATER_CODES = {401, 403, 407, 408, 409, 425, 429}
"""Answers that are about us or the moment, and not about the message."""


def sms(message: Message, _: Path | None, gateway: dict[str, Any], _node: str) -> None:
    places = {
        "to": message.to, "from": gateway["from"], "text": message.text, "id": message.name, "token": gateway["token"],
    }  # fmt: skip
    headers = {
        name: _filled(value, places)
        for name, value in gateway["headers"].items()
        if gateway["token"] or "{token}" not in value
    }
    body = json.dumps({key: _filled(value, places) for key, value in gateway["body"].items()}).encode()
    request = urllib.request.Request(
        gateway["url"], body, {"Content-Type": "application/json", **headers}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoWayRound())
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            answer.read(1 << 16)
    except urllib.error.HTTPError as error:
        said = f"{error.code} {error.read(200).decode(errors='replace')}"
        if 400 <= error.code < 500 and error.code not in LATER_CODES:
            raise Refused(said) from None
        raise Later(said) from None
    except (OSError, ValueError) as error:
        raise Later(_short(error)) from None


class _NoWayRound(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key somewhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _filled(text: str, places: dict[str, str]) -> str:
    return PLACE.sub(lambda found: places.get(found[1], found[0]), text)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


CARRIERS = {"mail": mail, "sms": sms}
