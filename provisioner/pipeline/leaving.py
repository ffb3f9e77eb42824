"""Leaving: tenants are taken away whole. What their users have is exported first, and nothing of it stays on a machine.

An export comes before anything is removed, and a tenant whose export fails is not touched. What is still to be taken
away stands in a note until it is gone, so that a run that was cut off can be repeated by the tenant's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from provisioner.core.deployment import Outcome, tenant_stack
from provisioner.core.errors import PbxError
from provisioner.core.ports.belongings import Belongings
from provisioner.provider import Provider

from . import deploy, sides
from .auditing import Permit
from .deploy import Applied, Tools


@dataclass(frozen=True)
class Exported:
    """What was copied of one tenant."""

    tenant: str
    folder: Path
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Left:
    """What came of it."""

    applied: Applied
    exported: tuple[Exported, ...] = ()
    forgotten: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tenant → machines on which its users had left something."""


@dataclass(frozen=True)
class Notes:
    """Tenants that were begun and are not gone yet: slug → SIP domain."""

    file: Path

    def read(self) -> dict[str, str]:
        if not self.file.is_file():
            return {}
        found: dict[str, str] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def write(self, notes: Mapping[str, str]) -> None:
        if not notes:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(dict(notes)), encoding="utf-8")
        fresh.replace(self.file)


def leave(
    stacks: Sequence[str],
    provider: Provider,
    environment: str,
    tools: Tools,
    belongings: Belongings,
    notes: Notes,
    permit: Permit,
    exports: Path | None,
) -> Left:
    """Takes stacks away, and of tenants everything; nothing is exported where `exports` is None.

    Raises PbxError where an export fails: then nothing was removed. What fails later stands in the outcomes.
    """
    outputs = tools.engine.outputs
    waiting = notes.read()
    for stack in stacks:
        slug = stack.partition(sides.TENANT)[2]
        if slug and (document := sides.applied(stack, outputs)):
            waiting[slug] = str(document["domain"])
    wanted = {slug for slug in waiting if tenant_stack(environment, slug) in stacks}
    exported = tuple(_export(slug, belongings, exports) for slug in sorted(wanted) if exports)
    notes.write(waiting)
    applied = deploy.destroy(stacks, provider, environment, tools, permit)
    failed = {each.stack for each in applied.outcomes if each.error}
    forgotten: dict[str, tuple[str, ...]] = {}
    outcomes = list(applied.outcomes)
    for slug in sorted(wanted):
        if tenant_stack(environment, slug) in failed:
            continue
        try:
            forgotten[slug] = belongings.forget(slug, waiting[slug])
            del waiting[slug]
            notes.write(waiting)
        except PbxError as error:
            outcomes = [_unfinished(each, slug, environment, error) for each in outcomes]
    return Left(replace(applied, outcomes=tuple(outcomes)), exported, forgotten)


def _export(slug: str, belongings: Belongings, exports: Path) -> Exported:
    folder = exports / f"{slug}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    return Exported(slug, folder, belongings.export(slug, str(folder)))


def _unfinished(outcome: Outcome, slug: str, environment: str, error: PbxError) -> Outcome:
    if outcome.stack != tenant_stack(environment, slug):
        return outcome
    remedy = f"{error.remedy}; then `pbx destroy {slug} --env {environment}` again"
    return replace(outcome, skipped=False, error=PbxError(f"{slug} left something behind: {error.message}", remedy))
