"""Canary: a few tenants first; the rest only where those are as wanted and a check of them is passed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from provisioner.core.deployment import Ended, Engine, Outcome, Stack
from provisioner.core.errors import PbxError, VerificationRed

from .sides import TENANT

Check = Callable[[tuple[str, ...]], PbxError | None]
"""Takes slugs of tenants that were applied; returns what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Canary:
    count: int
    """Tenants that come first."""
    check: Check


def apply(
    engine: Engine,
    wanted: Sequence[Stack],
    moved: Collection[str],
    canary: Canary | None,
    ended: Ended,
    again: frozenset[str] = frozenset(),
) -> tuple[Outcome, ...]:
    """What came of each stack, in their order. `moved` names the stacks that something is to be done to, `again` those
    of them that are recorded as they are wanted."""
    chosen = [each.name for each in wanted if each.name in moved and TENANT in each.name]
    if canary is None or not chosen:
        return engine.apply(wanted, ended, again)
    early, late = chosen[: canary.count], chosen[canary.count :]
    ahead, behind = [each for each in wanted if each.name not in late], [each for each in wanted if each.name in late]
    found = {each.stack: each for each in engine.apply(ahead, ended, again)}
    error = _failed(found.values()) or canary.check(tuple(each.partition(TENANT)[2] for each in early))
    if error is None:
        found |= {each.stack: each for each in engine.apply(behind, ended, again)}
    else:
        found |= {name: Outcome(name, error=_not_begun(error), begun=False) for name in late}
        for name in late:
            ended(found[name])
        if not late and not found[early[-1]].error:  # nobody is left whose outcome could say it
            found[early[-1]] = replace(found[early[-1]], error=error)
    return tuple(found[each.name] for each in wanted)


def _failed(outcomes: Collection[Outcome]) -> PbxError | None:
    failed = [each.stack for each in outcomes if each.error]
    return PbxError(f"{failed[0]} failed", f"mend {failed[0]}, then repeat") if failed else None


def _not_begun(why: PbxError) -> PbxError:
    kind = VerificationRed if isinstance(why, VerificationRed) else PbxError
    return kind(f"not begun, because {why.message}", why.remedy)
