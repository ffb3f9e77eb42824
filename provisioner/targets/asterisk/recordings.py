"""Recorded calls: how a step begins one, and `recording.json`, which tells the node's program whose key seals them.

A file's name says all that is known of it (`roles/asterisk/files/recordings.py` reads it): nothing else would
outlive a crash. Raw sound, because a part that was cut off needs no header to be whole. In place of the public key
stands the token of the private one; `with_recipient` puts the public one there on the way to the node.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile
from provisioner.core.source import Path

from . import naming
from .modules import SEAL
from .objects import AsteriskObject, Keeping, Step

PATH = "recording.json"
OTHER = "${FILTER(+0-9a-z,${CALLERID(num)})}"
"""Who calls, as far as a file's name may hold it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded and why. `user` is whose right it is; `number` tells the other party at the time of the call."""

    reason: str
    name: str
    user: str = ""
    number: str = OTHER
    direction: str = "in"

    def beginning(self, slug: str) -> str:
        """The file up to the time and the call."""
        words = "_".join((self.reason, self.name, self.user, self.number, self.direction))
        return f"{naming.RECORDINGS}/.open/{slug}/{words}_"


def records(slug: str, what: Recording, source: Path | None = None) -> Step:
    """Records what is said to somebody from here on, to the end of the call: neither music nor announcements."""
    return Step("MixMonitor", f"{what.beginning(slug)}${{EPOCH}}_${{UNIQUEID}}_1.sln,b,{SEAL}", source=source)


def secret(slug: str) -> str:
    """The handle of the tenant's private key."""
    return f"{secrets.SEALING}/{slug}"


def write(objects: Iterable[AsteriskObject]) -> TextFile | None:
    """Nothing where the tenant records nothing."""
    keeping = next((each for each in objects if isinstance(each, Keeping)), None)
    if keeping is None:
        return None
    text = json.dumps({"recipient": secrets.token(secret(keeping.slug)), "retention": keeping.days})
    return TextFile(PATH, (Line(text, keeping.source),))


def with_recipient(text: str, recipient: Callable[[str], str]) -> str:
    """The same file with the public key in place of the token; `recipient` resolves the handle of the private one."""
    document: dict[str, Any] = json.loads(text)
    (handle,) = secrets.handles(document["recipient"])
    return json.dumps({**document, "recipient": recipient(handle)}, sort_keys=True)
