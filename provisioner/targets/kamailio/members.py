"""The lights of the members of queues and ring groups, for both rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.core import lights
from provisioner.core.codes import for_another
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .objects import Light


def watched(
    of: Ref, extension: str | None, codes: Iterable[str], members: Iterable[tuple[Ref, Path]], scope: Scope
) -> Iterator[Light]:
    """A light for each member who has an extension, under every code that may be dialled for her: `*22910*101`."""
    if not extension:
        return
    own = {ref: each for each, ref in scope.extensions.items()}
    known = [(member, source) for member, source in members if member in own]
    for code in codes:
        for member, source in known:
            light = lights.of_member(scope.slug, of, member.name)
            yield Light(code + for_another(extension, own[member]), light, scope.slug, source)
