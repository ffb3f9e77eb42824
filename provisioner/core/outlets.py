"""Where notices leave the platform: a mail relay and a text-message gateway. Facts only; passwords are handles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GIVEN_SECRET = "given/"
"""How the handle of a secret begins that nobody but the provider knows: it is never made up."""


@dataclass(frozen=True, slots=True)
class MailRelay:
    """A mail server that takes mail from the platform's core nodes."""

    host: str
    port: int
    tls: str
    """`starttls`, `tls` (from the first byte) or `none`."""
    sender: str
    """The address that mails come from."""
    user: str = ""
    password: str = ""
    """A handle."""


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """An HTTP service that takes one text message with each POST of a JSON object."""

    url: str
    sender: str
    token: str = ""
    """A handle."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlets:
    """What a provider has of the two; a notice that has no way out waits."""

    mail: MailRelay | None = None
    sms: SmsGateway | None = None
