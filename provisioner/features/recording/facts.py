"""What other rooms may know of recording."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, RecordingOfUsers, Scope

from .model import Recording


def contribute(section: Recording | None, scope: Scope, _: Files) -> Scope:
    if section is None:
        return scope
    announcement = section.announcement.name if section.announcement else ""
    return replace(scope, recording=RecordingOfUsers(section.told, announcement, section.internal))
