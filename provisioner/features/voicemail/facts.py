"""What other rooms may know of the tenant's shared mailboxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.core.capabilities import Capability
from provisioner.core.codes import Claim
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.holdings import Holding, entries

from .model import SharedMailbox


def contribute(boxes: dict[str, SharedMailbox], scope: Scope, _: Files) -> Scope:
    return replace(scope, uses=scope.uses + tuple(_uses(boxes)))


def _uses(boxes: dict[str, SharedMailbox]) -> Iterator[Use]:
    for name, box in boxes.items():
        yield Use(Capability.SHARED_VOICEMAIL, ("voicemail", name))
        if box.transcribe:
            yield Use(Capability.TRANSCRIPTION, ("voicemail", name, "transcribe"))


def code(box: SharedMailbox, scope: Scope) -> str:
    """What members dial to listen, and keys watch; empty where nothing opens the box."""
    return scope.code("voicemail") + box.extension if box.extension else ""


def codes(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[Claim]:
    """Members listen by the code of all mailboxes with the shared one's extension behind it."""
    for name, box in boxes.items():
        if box.extension:
            title = f"hears the messages in the shared mailbox {name}, as a member"
            yield Claim(scope.code("voicemail"), title, ("voicemail", name), "voicemail", (box.extension,))


def holds(section: Any) -> Iterator[tuple[Holding, str]]:
    """Shared mailboxes; of the section as written."""
    for name in entries(section):
        yield Holding.MAILBOXES, f"shared {name}"
