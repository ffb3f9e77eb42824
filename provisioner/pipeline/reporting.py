"""Reporting: everything that a page about a tenant, or about the provider, tells, gathered from what others know.

Pure but for the port of revisions. Nothing here has a language or a look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.findings import Located
from provisioner.core.ports.revisions import Revision, Revisions
from provisioner.core.refs import Ref
from provisioner.features.plans.model import Catalogue
from provisioner.features.schedules import year as years
from provisioner.provider import Block, Provider
from provisioner.tenant import Tenant

from . import comparing, invoicing, reach, versions
from .comparison import Comparison, Part, Row
from .load import Document
from .probing.junit import Suite
from .validate import Specification

MOST_COMMITS = 12
"""Of a tenant's history that are told."""
TOLD = (Part.CHANGES, Part.RIGHTS, Part.COST)
"""What is told of each."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the page was made from."""

    revision: Revision | None
    """The last commit; None where the folder is not in Git."""
    changed: bool = False
    """Whether a file of the page's says something else than the commit."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the tenant's file, and what it meant."""

    revision: Revision
    rows: tuple[Row, ...] | None
    """None for the first commit of all, which is compared with nothing."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A line of what a month costs in which all of a tenant is active."""

    kind: str
    """`base`, `plan`, `add_on` or `number`."""
    title: str
    count: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.count


@dataclass(frozen=True, slots=True)
class ScheduleYear:
    name: str
    title: str
    zone: str
    days: tuple[years.Day, ...]


class Past:
    """What commits of tenants' files meant; each commit is compared once, however many tenants it touches.

    `only` names the tenants that will be asked for, all where it is empty.
    """

    def __init__(self, revisions: Revisions, year: int, only: frozenset[str] = frozenset()) -> None:
        self._revisions, self._year, self._only = revisions, year, only
        self._compared: dict[str, Comparison | None] = {}

    def of(self, slug: str) -> Iterator[Commit]:
        """The last commits that touch the tenant's file, newest first."""
        paths = [f"{versions.TENANTS}/{slug}{suffix}" for suffix in ("", *versions.SUFFIXES)]
        for each in self._revisions.touching(paths, MOST_COMMITS):
            found = self._of(each)
            tenants = (tenant for tenant in found.tenants if tenant.slug == slug) if found else ()
            rows = tuple(row for tenant in tenants for part in TOLD for row in tenant.of(part))
            yield Commit(each, rows if found else None)

    def last(self) -> tuple[Revision, ...]:
        """The last commits of the folder, newest first."""
        return tuple(self._revisions.touching(["."], MOST_COMMITS))

    def _of(self, revision: Revision) -> Comparison | None:
        """None where there is nothing to compare the commit with."""
        if revision.commit not in self._compared:
            before = self._revisions.parent(revision)
            self._compared[revision.commit] = (
                comparing.compare(self._revisions, before, revision, self._year, self._only) if before else None
            )
        return self._compared[revision.commit]


@dataclass(frozen=True)
class Around:
    """What is known beside the folder's files as they are."""

    year: int
    past: Past | None = None
    """None where the folder is not in Git, or nobody asks for it."""
    head: Revision | None = None
    """The commit that the folder is at."""
    changed: Sequence[str] = ()
    """Files of the folder that say something else than that commit."""
    applies: Sequence[Mapping[str, Any]] = ()
    """Of all tenants, newest first, as the record has them."""
    verified: Mapping[str, Suite] = field(default_factory=dict)


@dataclass(frozen=True)
class TenantReport:
    document: Document
    tenant: Tenant
    scope: Scope
    year: int
    stamp: Stamp
    findings: tuple[Located, ...]
    charges: tuple[Charge, ...]
    currency: str
    reach: Mapping[str, reach.Days]
    """number → what its callers come to on each day of the year."""
    schedules: tuple[ScheduleYear, ...]
    commits: tuple[Commit, ...]
    applies: tuple[Mapping[str, Any], ...]
    verified: Suite | None

    @property
    def slug(self) -> str:
        return self.document.slug

    @property
    def total(self) -> Decimal:
        return sum((each.amount for each in self.charges), Decimal(0))

    @property
    def direct(self) -> Mapping[str, list[str]]:
        """user → the numbers whose callers she answers first."""
        found: dict[str, list[str]] = {}
        for number, what in self.tenant.numbers.items():
            if isinstance(what.destination, Ref) and what.destination.kind == "user":
                found.setdefault(what.destination.name, []).append(number)
        return found


@dataclass(frozen=True)
class ProviderReport:
    document: Document
    provider: Provider
    stamp: Stamp
    tenants: tuple[TenantReport, ...]
    findings: tuple[Located, ...]
    commits: tuple[Revision, ...]
    """That touch the folder, newest first."""
    applies: tuple[Mapping[str, Any], ...]

    @property
    def total(self) -> Decimal:
        return sum((each.total for each in self.tenants), Decimal(0))

    def used(self, block: Block) -> list[str]:
        """The numbers of a block that tenants have."""
        return [number for each in self.tenants for number in each.tenant.numbers if block.holds(number)]


def _stamp(around: Around, slug: str) -> Stamp:
    """Of a tenant's page, or of the provider's where the slug is empty, which shows all tenants."""
    told = [each for each in around.changed if each == versions.PROVIDER or versions.slug_of(each)]
    mine = (not slug or each == versions.PROVIDER or versions.slug_of(each) == slug for each in told)
    return Stamp(around.head, any(mine))


def of_tenant(specification: Specification, slug: str, around: Around) -> TenantReport:
    """Everything about one tenant that could be understood."""
    tenant, scope = specification.tenants[slug], specification.scopes[slug]
    document = next(each for each in specification.folder.tenants if each.slug == slug)
    files = {document.show(each) for each in document.files}
    catalogue = specification.provider.catalogue if specification.provider else Catalogue()
    known = versions.Version(slug, document.data, tenant, scope)
    reached = reach.Reach(known, reach.days_of(around.year))
    return TenantReport(
        document,
        tenant,
        scope,
        around.year,
        _stamp(around, slug),
        tuple(each for each in specification.findings if each.span.file in files),
        tuple(charges(tenant, catalogue)),
        catalogue.currency or "",
        {number: reached.of(number) for number in tenant.numbers},
        tuple(_schedules(tenant, scope, around.year)),
        tuple(around.past.of(slug)) if around.past else (),
        tuple(each for each in around.applies if each["tenant"] == slug),
        around.verified.get(slug),
    )


def of_provider(specification: Specification, around: Around, tenants: Iterable[TenantReport]) -> ProviderReport:
    """Raises ValueError where the provider's file cannot be understood."""
    if specification.provider is None:
        raise ValueError("no provider")
    document = specification.folder.provider
    return ProviderReport(
        document,
        specification.provider,
        _stamp(around, ""),
        tuple(tenants),
        tuple(each for each in specification.findings if each.span.file == document.show(document.files[0])),
        around.past.last() if around.past else (),
        tuple(around.applies),
    )


def charges(tenant: Tenant, catalogue: Catalogue) -> Iterator[Charge]:
    """By plan, add-on and class of number, in the catalogue's order; their sum is that of `invoicing.standing`."""
    yield Charge("base", catalogue.base.title or "", 1, catalogue.base.price)
    plans = [each.plan for each in tenant.users.values()]
    for name, plan in catalogue.plans.items():
        if name in plans:
            yield Charge("plan", plan.title or name, plans.count(name), plan.price)
    for name, bought in tenant.add_ons.items():
        if offer := catalogue.add_ons.get(name):
            yield Charge("add_on", offer.title or name, bought.count, offer.price)
    classes = [invoicing.number_class(number, tenant) for number in tenant.numbers]
    for kind in dict.fromkeys(classes):
        yield Charge("number", kind, classes.count(kind), catalogue.numbers.get(kind, Decimal(0)))


def _schedules(tenant: Tenant, scope: Scope, year: int) -> Iterator[ScheduleYear]:
    for name, schedule in tenant.schedules.items():
        zone = ZoneInfo(schedule.time_zone or scope.time_zone)
        days = tuple(years.days(name, schedule, scope, year))
        yield ScheduleYear(name, schedule.title or "", zone.key, days)
