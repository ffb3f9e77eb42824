"""Prepared: a folder that is compiled and kept, on its way to stacks."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.site import Site
from provisioner.provider import Provider


@dataclass(frozen=True, slots=True)
class Built:
    """A tenant as compiled: the digests of its bundles, and its file packed for state."""

    slug: str
    core: str
    edge: str
    devices: str
    book: str
    chat: str
    video: str
    """These four are empty where no telephone sets itself up, where there is no contact book, no chat, and no video."""
    record: str
    formerly: tuple[str, ...] = ()
    """What the tenant was called."""


@dataclass(frozen=True)
class Prepared:
    """Everything that is compiled and kept; which stacks follow depends on the secrets at that moment."""

    provider: Provider
    site: Site
    tenants: tuple[Built, ...]
    """Sorted by slug."""
    whole: bool
    """Whether these are all tenants of the folder, so that others are no longer wanted."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The tenants that it is narrowed to; empty for all."""
        return () if self.whole else tuple(each.slug for each in self.tenants)

    @property
    def held(self) -> tuple[str, ...]:
        """The tenants that nobody else may work at meanwhile, under earlier names too; empty for all."""
        return () if self.whole else (*self.targets, *(name for each in self.tenants for name in each.formerly))

    @property
    def former(self) -> dict[str, tuple[str, ...]]:
        """What each tenant was called that had another name."""
        return {each.slug: each.formerly for each in self.tenants if each.formerly}

    @property
    def records(self) -> dict[str, str]:
        """The file of each tenant, packed."""
        return {each.slug: each.record for each in self.tenants}
