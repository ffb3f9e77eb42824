"""What a provider sells. The tenant file only names plans (in `users`) and add-ons (in `add_ons`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from provisioner.core.capabilities import Capability
from provisioner.core.model import Model, Name, Seconds, Text
from provisioner.core.periods import Period
from provisioner.core.permissions import CallPermission
from provisioner.core.storage import Gigabytes
from provisioner.core.week import Hours, WeekDays

Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]

NumberClass = Literal["main", "direct", "mobile", "other", "international"]
"""What a number costs by: its kind, or `international` where it is of another country than the tenant."""


class Offer(Model):
    """Something with a monthly price."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    price: Price = Decimal(0)
    """For a month, in advance, in the catalogue's currency: for each user of a plan, once for a base or an add-on, for
    each that was bought of a counted add-on."""
    features: frozenset[Capability] = frozenset()
    """What it covers."""


class Plan(Offer):
    """What one user may have."""

    includes: Name | None = None
    """Another plan, all of which this one covers too."""
    call_permission: CallPermission | None = None
    """Whom its users may call at most, and those who say nothing themselves. Where it is not given they may call as
    they say, `mobile` where they say nothing, and `international` and `premium` are features to be covered."""
    storage: Gigabytes | None = None
    """Gigabytes of files in chat for each of its users, 0 for none. Where it is not given as in the plan that it
    includes, and where that says nothing, as `chat` of provider.yaml does."""


class Mediation(StrEnum):
    """What an attendant did for the caller."""

    MESSAGE = "message"
    """She answered, and took a message or gave information."""
    CONNECTED = "connected"
    """She connected the caller."""


class Length(StrEnum):
    """How long an attendant was busy with the call."""

    INCLUDED = "included"
    """No longer than the price covers."""
    LONGER = "longer"


class Tariff(Model):
    """What an answered call costs. What is not said does not matter; a call costs by the first tariff that fits it."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    price: Price
    """In the catalogue's currency."""
    weekly: dict[WeekDays, Hours] | None = None
    """Calls that are answered in these hours of the week, by the tenant's clock."""
    mediation: Mediation | None = None
    """Calls for whose callers she did this."""
    length: Length | None = None
    """Calls that took her so long, from her answer until she was free again."""


class Answered(Model):
    """Calls that people of the provider's answer for the tenant, paid one by one beside the month."""

    included: Seconds = Field(default=45, ge=1, le=3600)
    """How much of somebody's time the price of a call covers."""
    tariffs: dict[Name, Tariff] = Field(min_length=1)
    """By time of week, by what was done for the caller, by length; a call costs by the first that fits it."""


class Extra(Offer):
    """What a tenant may buy beside the base."""

    counted: bool = False
    """Whether it is bought by number, each covering one use of each of its features; otherwise it covers all uses."""
    answered: Answered | None = None
    """What each answered call costs, where somebody answers for the tenant."""


class Rate(Model):
    """What a call to the public network costs."""

    start: Price = Decimal(0)
    """For each answered call."""
    minute: Price = Decimal(0)
    """For each minute, counted by the second."""


class Catalogue(Model):
    """The plans and add-ons of a provider. What none of them names is for sale nowhere and so included in all."""

    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """ISO 4217."""
    base: Offer = Offer()
    """What every tenant has."""
    plans: dict[Name, Plan] = Field(default_factory=dict)
    """One for each user. Where the provider sells none, users may name any."""
    add_ons: dict[Name, Extra] = Field(default_factory=dict)
    """For a tenant as a whole."""
    numbers: dict[NumberClass, Price] = Field(default_factory=dict)
    """What a public number costs for a month, by its class; nothing where the class is not named."""
    calls: dict[Literal["national", "mobile", "international", "premium"], Rate] = Field(default_factory=dict)
    """What calls to the public network cost, by the permission that they need; nothing where it is not named."""

    @cached_property
    def covered(self) -> Mapping[str, frozenset[Capability]]:
        """plan → everything that it covers, with the plans that it includes."""
        return {name: frozenset().union(*(each.features for each in self._chain(name))) for name in self.plans}

    def _chain(self, name: str | None) -> Iterator[Plan]:
        """The plan and those that it includes, each once."""
        seen = set()
        while name in self.plans and name not in seen:
            seen.add(name)
            yield self.plans[name]
            name = self.plans[name].includes

    def storage(self, plan: str) -> int | None:
        """Gigabytes of files in chat that the plan or one that it includes says, or None."""
        return next((each.storage for each in self._chain(plan) if each.storage is not None), None)

    @cached_property
    def rates(self) -> Mapping[str, tuple[Decimal, Decimal]]:
        """class of a call that costs anything → the price of its start and of a minute."""
        return {name: (each.start, each.minute) for name, each in self.calls.items() if each.start or each.minute}

    @cached_property
    def permissions(self) -> Mapping[str, CallPermission]:
        """plan that says so → whom its users may call; a plan does not take that from those that it includes."""
        return {name: each.call_permission for name, each in self.plans.items() if each.call_permission}

    @cached_property
    def sold(self) -> frozenset[Capability]:
        """Everything that some plan or add-on names."""
        offers = (*self.plans.values(), *self.add_ons.values())
        return frozenset().union(*(offer.features for offer in offers)) - self.base.features

    def covers(self, plan: str, capability: Capability) -> bool:
        """Whether whoever is on the plan has it, add-ons left out; an unknown plan covers what every tenant has."""
        return capability not in self.sold or capability in self.covered.get(plan, frozenset())

    def cheapest_plan(self, needed: frozenset[Capability]) -> str:
        """The name of the cheapest plan that covers all that is needed, or an empty string."""
        able = [(plan.price, name) for name, plan in self.plans.items() if needed <= self.covered[name]]
        return min(able)[1] if able else ""

    def cheapest_add_on(self, needed: Capability) -> str:
        """The name of the cheapest add-on that covers it, or an empty string."""
        able = [(offer.price, name) for name, offer in self.add_ons.items() if needed in offer.features]
        return min(able)[1] if able else ""


class AddOn(Period):
    """An add-on that the tenant has bought; `{}` for one as usual."""

    count: int = Field(default=1, ge=1, le=10_000)
    """How many of a counted add-on."""
