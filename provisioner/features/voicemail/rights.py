"""Who may listen to a shared mailbox."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from .model import SharedMailbox


def rights(boxes: dict[str, SharedMailbox], _: Scope) -> Iterator[Right]:
    for name, box in boxes.items():
        for user in box.members:
            yield Right(user.name, f"listen to the mailbox {name}")
