"""Looking: specification, last applied and live compared, for `pbx drift`. Ports only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from provisioner.core.artifacts import Line
from provisioner.core.drift import Drift, Live

from . import deploy, laid, sides
from .deploy import Tools
from .drift import Comparison
from .prepared import Prepared
from .recorded import moved_since
from .run import compiled
from .sides import Words


@dataclass(frozen=True)
class Look:
    """What came of it: differences on machines, and what waits in the folder."""

    environment: str
    drift: tuple[Drift, ...]
    pending: tuple[Words, ...]
    """What the folder says otherwise than the last apply: no drift, the next apply makes it so."""
    never: tuple[str, ...]
    """Tenants that were never applied to the end, and are not looked at."""
    unsure: Mapping[str, str]
    """Stacks that are not looked at → why."""
    waiting: tuple[str, ...]
    """Stacks that the next apply changes."""


def look(root: Path, prepared: Prepared, tools: Tools, live: Live, only: frozenset[str] = frozenset()) -> Look:
    """Asks all machines once; changes nothing."""
    outputs = cache(tools.engine.outputs)
    names = tools.engine.stacks()
    state = laid.state(prepared.site, names, outputs, tools.bundles, tools.secrets, tools.roles_digest, only)

    @cache
    def lines(tenant: str) -> dict[tuple[str, str], tuple[Line, ...]]:
        """By digest and path, as the folder says it now: where that is another bundle, nothing of it is known."""
        if not tenant or tenant not in {each.slug for each in prepared.tenants}:
            return {}
        ((_, bundles),) = compiled(root, frozenset([tenant]))
        return {(bundle.digest, file.path): file.lines for bundle in bundles for file in bundle.files}

    def sources(tenant: str, digest: str, file: str) -> Sequence[Line]:
        return lines(tenant).get((digest, file), ())

    drift = Comparison(state.applied, tools.bundles.text, sources).of(live.look(state.applied))
    wanted = deploy.stacks(prepared, tools)
    moved, leaving = moved_since(wanted, tools.engine, outputs), deploy.gone(prepared, tools.engine)
    renamed = deploy.renamed(prepared, tools.engine)
    changed = deploy.changes(prepared, moved, leaving, renamed, outputs)
    words = sides.words(changed, prepared.provider, renamed_tenants=renamed.told())
    pending = tuple(each for each in words if each.sentences)
    moved += leaving
    return Look(prepared.site.environment, drift, pending, state.never, state.unsure, tuple(moved))
