"""Where callers go on from a voice attendant."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import VoiceAttendant

FLOWS = (
    Flow(("choices", "*"), "asks for {1}"),
    Flow(("people",), "asks by name", crowd=True),
    Flow(("keys", "*"), "key {1}"),
    Flow(("otherwise",), "not understood"),
)


def implied(attendants: dict[str, VoiceAttendant], scope: Scope) -> Iterator[tuple[Path, Ref]]:
    """Everybody who may be asked for by name."""
    for name, attendant in attendants.items():
        for user in scope.listed if attendant.people else ():
            yield ("voice_attendants", name, "people"), Ref("user", user)
