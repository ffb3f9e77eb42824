"""What a provider sells. The tenant file only names plans (in `users`) and add-ons (in `add_ons`)."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from pydantic import Field

from provisioner.core.capabilities import Capability
from provisioner.core.model import Model, Name, Text


class Offer(Model):
    """Something with a monthly price."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    price: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    """For a month, in advance, in the catalogue's currency: for each user of a plan, once for a base or an add-on."""
    features: frozenset[Capability] = frozenset()
    """What it covers."""


class Catalogue(Model):
    """The plans and add-ons of a provider. What none of them names is for sale nowhere and so included in all."""

    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """ISO 4217."""
    base: Offer = Offer()
    """What every tenant has."""
    plans: dict[Name, Offer] = Field(default_factory=dict)
    """One for each user. Where the provider sells none, users may name any."""
    add_ons: dict[Name, Offer] = Field(default_factory=dict)
    """For a tenant as a whole."""

    @cached_property
    def sold(self) -> frozenset[Capability]:
        """Everything that some plan or add-on names."""
        offers = (*self.plans.values(), *self.add_ons.values())
        return frozenset().union(*(offer.features for offer in offers)) - self.base.features

    def cheapest(self, offers: dict[str, Offer], needed: frozenset[Capability]) -> str:
        """The name of the cheapest offer that covers all that is needed, or an empty string."""
        able = [(offer.price, name) for name, offer in offers.items() if needed <= offer.features]
        return min(able)[1] if able else ""
