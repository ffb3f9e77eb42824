"""Where callers go on from a directory."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import Directory

FLOWS = (Flow(("letters",), "by name", crowd=True), Flow(("exhausted",), "attempts used up"))


def implied(directories: dict[str, Directory], scope: Scope) -> Iterator[tuple[Path, Ref]]:
    """Everybody who may be asked for by name."""
    for name in directories:
        for user in scope.listed:
            yield ("directories", name, "letters"), Ref("user", user)
