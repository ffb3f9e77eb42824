"""Heirs: tenants that have another name now, and the stacks that stand under their earlier ones.

The stack of the new name is made beside the old one, which goes when the new one is live: every resource is called by
the slug, so there is nothing in state that could stay (decision 0038). To words and brakes both are one tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.core import record
from provisioner.core.deployment import Outputs, tenant_stack
from provisioner.core.errors import UsageError
from provisioner.provider import Placement

from . import load
from .describe import Sentence
from .moved import renamed_tenant
from .sides import Document, Sides, applied

Former = Mapping[str, Iterable[str]]
"""Slug → what the tenant was called; of those alone that had another name."""


@dataclass(frozen=True, slots=True)
class Heir:
    """A tenant that goes on under another name."""

    old: str
    new: str


@dataclass(frozen=True)
class Heirs:
    """Those of one environment; `files` is the file of each tenant that had another name, by its slug."""

    environment: str
    found: tuple[Heir, ...]
    files: Mapping[str, Document]

    @property
    def stacks(self) -> tuple[str, ...]:
        """Those under earlier names."""
        return tuple(tenant_stack(self.environment, each.old) for each in self.found)

    @property
    def former(self) -> dict[str, str]:
        """Slug → the earlier name."""
        return {each.new: each.old for each in self.found}

    def under_new_names(self, changed: Sides, outputs: Outputs) -> Sides:
        """The sides, with one entry for a tenant under both names."""
        sides = dict(changed)
        for each in self.found:
            before, _ = sides.pop(each.old, (None, None))
            new = tenant_stack(self.environment, each.new)
            mine = sides[each.new][0] if each.new in sides else applied(new, outputs)
            sides[each.new] = (mine or before, self.files[each.new])
        return sides

    def told(self) -> dict[str, tuple[Sentence, ...]]:
        """Slug → what a plan says of its other name."""
        return {each.new: tuple(renamed_tenant(each.old, each.new, self.files[each.new] or {})) for each in self.found}

    def stay_at_home(self, homes: Placement, outputs: Outputs, *, clustered: bool) -> None:
        """Raises UsageError where a tenant would get another name and another core node at once, or is in a cluster:
        what its users live with follows the name on one node, and by playbooks."""
        for each in self.found if clustered else ():
            raise UsageError(
                f"{each.old} is {each.new} now, and in a cluster what its users live with would not follow",
                f"call the tenant {each.old} again where it is in a cluster",
            )
        for each in self.found:
            old = outputs(tenant_stack(self.environment, each.old)).get("core", {}).get("node")
            if old and old != (new := homes.home(each.new)):
                raise UsageError(
                    f"{each.old} is {each.new} now, and would move from {old} to {new} at once: what its users live "
                    "with would not follow",
                    f"let {each.new} live on {old} first (`placement` in provider.yaml), apply, then move it",
                )


def heirs(environment: str, records: Mapping[str, str], former: Former, stacks: Callable[[], Iterable[str]]) -> Heirs:
    """Of those of whom a stack is there under an earlier name; `records` are packed files by slug."""
    there = frozenset(stacks()) if former else frozenset()
    found = [(old, slug) for slug, names in former.items() for old in names if tenant_stack(environment, old) in there]
    return Heirs(
        environment,
        tuple(Heir(old, slug) for old, slug in found),
        {slug: record.unpack(records[slug]) for _, slug in found},
    )


def one_of_a_name(root: Path, former: Former) -> None:
    """Raises UsageError where another tenant has an earlier name of one of these: M205, which a narrowed run misses."""
    for slug, names in former.items():
        for name in names:
            if load.files_of(root, name):
                raise UsageError(
                    f"{slug} was {name}, and there is a tenant {name}, whose mailboxes and numbers it would take",
                    f"take the move from tenant:{name} out of {slug}'s file once it is applied everywhere",
                )
