"""Notices: mails and text messages that tell somebody of a call, as rooms word them.

A room words a notice once for each language; the compiler picks the tenant's, and the core node fills in what only the
call knows. Not for how a notice travels: that is the provider's relay and gateway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field

from .languages import best
from .model import E164, Email, Model
from .records import record

PLACE = re.compile(r"\{([a-z_]+)\}")
"""Where a text takes something that the call knows: `{caller}`."""


@record
class Words:
    """What a notice says in one language. `{caller}`, `{time}` and the notice's own places are filled at the call."""

    subject: str
    mail: str
    """The mail's text; lines may be broken."""
    sms: str
    """At most about 160 signs, so that it is one message."""

    @property
    def places(self) -> frozenset[str]:
        return frozenset(PLACE.findall(f"{self.subject} {self.mail} {self.sms}"))


def chosen(words: Mapping[str, Words], language: str) -> Words:
    """The words in a language, or the first where there are none in it."""
    tag = best(words, language)
    return words[min(words) if tag is None else tag]


class Recipients(Model):
    """Who is told. Each gets a message of their own and does not see the others."""

    mail: list[Email] = Field(default_factory=list)
    """Mail addresses."""
    sms: list[E164] = Field(default_factory=list)
    """Mobile numbers that get a text message."""

    def __bool__(self) -> bool:
        return bool(self.mail or self.sms)
