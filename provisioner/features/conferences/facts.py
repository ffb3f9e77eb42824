"""What other rooms may know of telephone conferences, and where their PINs are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.holdings import Holding, entries

from .model import Conference


def contribute(conferences: dict[str, Conference], scope: Scope, _: Files) -> Scope:
    uses = tuple(use for name, each in conferences.items() for use in _uses(name, each))
    return replace(scope, uses=scope.uses + uses)


def _uses(name: str, conference: Conference) -> Iterator[Use]:
    path = ("conferences", name)
    yield Use(Capability.TELEPHONE_CONFERENCE, path)
    if conference.recording:
        yield Use(Capability.RECORDING, (*path, "recording"))


def pin_secret(slug: str, name: str, *, leaders: bool = False) -> str:
    """The handle of the members' or leaders' PIN; the deployment makes six digits where there are none."""
    return f"{slug}/pin/{'leaders' if leaders else 'conference'}-{name}"


def holds(section: Any) -> Iterator[tuple[Holding, str]]:
    """Conferences that are recorded; of the section as written."""
    for name, entry in entries(section).items():
        if entry.get("recording") is not None:
            yield Holding.RECORDINGS, f"conference {name}"
