"""Shared mailboxes at the edge: what keys may watch to show that a message waits."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Light

from .facts import code
from .model import SharedMailbox


def lower(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[Light]:
    for name, box in boxes.items():
        if box.extension:
            yield Light(code(box, scope), lights.of_mailbox(scope.slug, name), scope.slug, ("voicemail", name))
