"""The invoice basis: what a tenant uses in a month, and what that costs by the provider's catalogue.

Pure: the same file, catalogue, month and calls give the same lines. Money is Decimal throughout; each line is rounded
by itself, half up, so that the sum of the lines is the sum on the invoice. Users and the base are for whole months, in
advance; numbers and add-ons for the days of the month that they are active, both ends included. Calls that attendants
of another company answer stand by their tariffs, without a count where no log of calls is at hand. Not an invoice: no
tax, no discount, nothing that was agreed with one customer alone.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from provisioner.core.numbering import CallClass, call_class, calling_code, plan_of
from provisioner.core.periods import Period
from provisioner.features.plans.model import AddOn, Catalogue, NumberClass, Offer, Rate
from provisioner.features.users.model import account
from provisioner.tenant import Tenant

from .metering import Call

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    last: date

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @property
    def days(self) -> int:
        return self.last.day

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tenant's basis for a month."""

    tenant: str
    month: str
    kind: str
    """`base`, `user`, `add_on`, `answered`, `number` or `calls`."""
    item: str
    """The user, the number, or the name of the add-on; empty for the base."""
    offer: str
    """What is charged: the name of the plan, add-on or tariff, the class of the number or of the calls."""
    title: str
    quantity: int | None
    """How many users, numbers, or of a counted add-on; of calls how many were answered; None where
    nobody has counted those that attendants answered."""
    price: Decimal
    """For one, by its `unit`; zero for calls, which have a start and a minute."""
    days: int
    """Of the month; for calls the whole of it."""
    of_days: int
    seconds: int
    """How long the calls lasted together."""
    amount: Decimal
    currency: str
    unit: str = "month"
    """What the price is for: a whole `month`, or a `call`."""
    included: int = 0
    """Of an answered call: the seconds that its price covers."""


def of_tenant(
    slug: str,
    tenant: Tenant,
    catalogue: Catalogue,
    month: Month,
    calls: Iterable[Call] = (),
    answered: Mapping[tuple[str, str], int] | None = None,
) -> tuple[Line, ...]:
    """The lines of one tenant: base, users, add-ons with their tariffs, numbers, calls, in the order of the file.

    `answered` is how many calls attendants answered by add-on and tariff, or None where nobody has counted them.
    """
    return tuple(_Basis(slug, tenant, catalogue, month, answered).lines(calls))


def total(lines: Iterable[Line]) -> Decimal:
    """The sum in the catalogue's currency, to the cent."""
    return sum((line.amount for line in lines), Decimal(0)).quantize(CENT)


def standing(tenant: Tenant, catalogue: Catalogue) -> dict[str, Decimal]:
    """What each part of a tenant costs in a month in which all of it is active, without calls."""
    costs = {"the base": catalogue.base.price}
    for user, what in tenant.users.items():
        plan = catalogue.plans.get(what.plan)
        costs[f"user {user}"] = plan.price if plan else Decimal(0)
    for name, bought in tenant.add_ons.items():
        offer = catalogue.add_ons.get(name)
        costs[f"add-on {name}"] = offer.price * bought.count if offer else Decimal(0)
    for number in tenant.numbers:
        costs[number] = catalogue.numbers.get(number_class(number, tenant), Decimal(0))
    return costs


def number_class(number: str, tenant: Tenant) -> NumberClass:
    """What a number costs by."""
    plan = plan_of(tenant.country)
    if plan and calling_code(number) not in ("", plan.calling_code):
        return "international"
    return tenant.numbers[number].kind.value


@dataclass(frozen=True, slots=True)
class _Basis:
    slug: str
    tenant: Tenant
    catalogue: Catalogue
    month: Month
    answered: Mapping[tuple[str, str], int] | None

    def lines(self, calls: Iterable[Call]) -> Iterator[Line]:
        catalogue, tenant = self.catalogue, self.tenant
        base = catalogue.base
        yield self._line("base", "", "base", base.title or "Base", price=base.price)
        for user, what in tenant.users.items():
            plan: Offer = catalogue.plans.get(what.plan) or Offer()
            yield self._line("user", user, what.plan, plan.title or what.plan, price=plan.price)
        for name, bought in tenant.add_ons.items():
            offer: Offer = catalogue.add_ons.get(name) or Offer()
            yield from self._for_days("add_on", name, name, offer.title or name, offer.price, bought, bought.count)
            yield from self._answered(name, bought)
        for number, what_for in tenant.numbers.items():
            kind = number_class(number, tenant)
            price = catalogue.numbers.get(kind, Decimal(0))
            yield from self._for_days("number", number, kind, what_for.title or number, price, what_for)
        yield from self._calls(calls)

    def _answered(self, name: str, bought: AddOn) -> Iterator[Line]:
        """What calls cost that attendants answered: the tariffs that were used, or all where nobody has counted."""
        offer, days = self.catalogue.add_ons.get(name), bought.days(self.month.first, self.month.last)
        if offer and offer.answered and days:
            for tariff, what in offer.answered.tariffs.items():
                count = None if self.answered is None else self.answered.get((name, tariff), 0)
                if count != 0:
                    title, amount = what.title or tariff, what.price * (count or 0)
                    line = self._of("answered", name, tariff, title, count, what.price, days, 0, amount, "call")
                    yield replace(line, included=offer.answered.included)

    def _for_days(
        self, kind: str, item: str, offer: str, title: str, price: Decimal, period: Period, quantity: int = 1
    ) -> Iterator[Line]:
        days = period.days(self.month.first, self.month.last)
        if days:
            yield self._line(kind, item, offer, title, quantity=quantity, price=price, days=days)

    def _line(
        self,
        kind: str,
        item: str,
        offer: str,
        title: str,
        *,
        price: Decimal,
        quantity: int = 1,
        days: int | None = None,
    ) -> Line:
        days = days or self.month.days
        amount = price * quantity * days / self.month.days
        return self._of(kind, item, offer, title, quantity, price, days, 0, amount)

    def _calls(self, calls: Iterable[Call]) -> Iterator[Line]:
        plan, zone = plan_of(self.tenant.country), ZoneInfo(self.tenant.time_zone)
        sums: dict[tuple[str, CallClass], list[int]] = {}
        for call in calls:
            day = call.answered.astimezone(zone).date()
            if call.tenant == self.slug and plan and self.month.first <= day <= self.month.last:
                key = call.user or self._user(call.caller), call_class(call.number, plan)
                so_far = sums.setdefault(key, [0, 0])
                so_far[0] += 1
                so_far[1] += call.seconds
        for (user, kind), (count, seconds) in sorted(sums.items()):
            rate = self.catalogue.calls.get(kind) or Rate()
            amount = rate.start * count + rate.minute * seconds / 60
            title = f"Calls, {kind}"
            yield self._of("calls", user, kind, title, count, Decimal(0), self.month.days, seconds, amount, "call")

    def _user(self, caller: str) -> str:
        """Whose telephone called; empty where a caller from outside was sent on."""
        for user, what in self.tenant.users.items():
            if any(caller == account(user, what, device) for device in what.devices):
                return user
        return ""

    def _of(
        self, kind: str, item: str, offer: str, title: str, quantity: int | None, price: Decimal, days: int,
        seconds: int, amount: Decimal, unit: str = "month",
    ) -> Line:  # fmt: skip
        return Line(
            tenant=self.slug,
            month=str(self.month),
            kind=kind,
            item=item,
            offer=offer,
            title=title,
            quantity=quantity,
            price=price.quantize(CENT),
            days=days,
            of_days=self.month.days,
            seconds=seconds,
            amount=amount.quantize(CENT, ROUND_HALF_UP),
            currency=self.catalogue.currency or "",
            unit=unit,
        )
