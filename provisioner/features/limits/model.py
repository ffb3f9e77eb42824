"""What a tenant file says of how many calls there may be and what they may cost."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from provisioner.core.model import Model, Name, Seconds
from provisioner.core.notices import Recipients
from provisioner.core.permissions import CallPermission

Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
"""Money in the currency of the provider's catalogue."""

Count = Annotated[int, Field(ge=1, le=10_000)]


class Watched(StrEnum):
    """Classes of calls that a fraud stop counts and stops."""

    MOBILE = "mobile"
    INTERNATIONAL = "international"
    PREMIUM = "premium"

    @property
    def level(self) -> int:
        return CallPermission(self.value).level


class Spending(Model):
    """What calls to the public network may cost in a day, by the prices of the catalogue."""

    daily: Amount
    """Once calls have cost this much, none that costs anything begins before the next day of the tenant's time zone."""
    warn_at: int = Field(default=80, ge=1, le=100)
    """At how many per cent of `daily` those at `notify` are told a first time; a second time at `daily`."""
    cut_off: Amount | None = None
    """Once calls have cost this much, calls that are up end; half as much again as `daily` where it is not given."""

    @property
    def end(self) -> Decimal:
        """The amount at which calls that are up end."""
        return self.cut_off if self.cut_off is not None else self.daily * Decimal("1.5")


class UserLimits(Model):
    """What holds for calls that one user dials to the public network."""

    outgoing: Count | None = None
    """How many she may have at once."""
    spend: Spending | None = None
    """What they may cost in a day."""


class FraudStop(Model):
    """Dear calls in a rush stop calls of their classes for the whole tenant, until somebody lifts it: `pbx limits`."""

    calls: int = Field(ge=1, le=100)
    """How many calls may begin within the time; the next one is stopped, and all after it."""
    within: Seconds = Field(ge=10, le=86_400)
    """The time in which they are counted: the last ten minutes, say, at any moment."""
    classes: list[Watched] = Field(default=[Watched.INTERNATIONAL, Watched.PREMIUM], min_length=1, max_length=3)
    """Which calls are counted and stopped."""


class Limits(Model):
    """Limits of the tenant's calls with the public network; none where nothing is given. Calls for help pass all."""

    calls: Count | None = None
    """How many there may be at once, in and out together."""
    incoming: Count | None = None
    """How many may come in at once."""
    outgoing: Count | None = None
    """How many may go out at once, those that are sent on and mobile telephones that ring along among them."""
    spend: Spending | None = None
    """What they may cost in a day."""
    each_user: UserLimits | None = None
    """What holds for every user that `users` says nothing of."""
    users: dict[Name, UserLimits] = Field(default_factory=dict)
    """What holds for some users instead of `each_user`; `{}` for no limit."""
    fraud_stop: FraudStop | None = None
    notify: Recipients = Recipients()
    """Who is told of money spent and of dear calls stopped."""

    def of(self, user: str) -> UserLimits:
        """What holds for a user."""
        return self.users[user] if user in self.users else self.each_user or UserLimits()

    @property
    def all_users(self) -> tuple[UserLimits, ...]:
        return (*([self.each_user] if self.each_user else ()), *self.users.values())

    @property
    def incoming_limited(self) -> bool:
        return bool(self.calls or self.incoming)

    @property
    def any_spending(self) -> bool:
        return bool(self.spend or any(each.spend for each in self.all_users))

    @property
    def outgoing_limited(self) -> bool:
        """Whether anything is asked before a call goes out."""
        return bool(self.outgoing_counted or self.fraud_stop or self.any_spending)

    @property
    def outgoing_of_users(self) -> bool:
        """Whether calls that go out are counted for some user."""
        return any(each.outgoing for each in self.all_users)

    @property
    def outgoing_counted(self) -> bool:
        """Whether calls that go out are counted, so that one may find no line free."""
        return bool(self.calls or self.outgoing or self.outgoing_of_users)
