"""What the page of the provider shows: its tenants, what it holds and what it sells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from provisioner.core.site import Role
from provisioner.environments import Environment, Lab
from provisioner.pipeline.reporting import ProviderReport, TenantReport
from provisioner.provider import Block

from . import common
from .words import Language


@dataclass(frozen=True)
class ProviderView:
    report: ProviderReport
    language: Language
    linked: bool
    """Whether the tenants' pages lie beside this one."""

    @cached_property
    def sources(self) -> common.Sources:
        return common.Sources(self.report.document)

    @property
    def name(self) -> str:
        return self.report.provider.name or self.language.say("Tenants")

    @property
    def title(self) -> str:
        return self.language.say("Telephony of {0}", self.name)

    @property
    def stamp(self) -> str:
        return common.stamped(self.report.stamp, self.language)

    @property
    def currency(self) -> str:
        return self.report.provider.catalogue.currency or ""

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        say, tenants = self.language.say, self.report.tenants
        findings = len(self.report.findings) + sum(len(each.findings) for each in tenants)
        return [
            (str(len(tenants)), say("tenants"), "tenants"),
            (str(sum(len(each.tenant.numbers) for each in tenants)), say("numbers"), "blocks"),
            (str(sum(len(each.tenant.users) for each in tenants)), say("users"), "tenants"),
            (common.money(self.report.total, self.language, self.currency), say("per month"), "tenants"),
            (str(findings), say("findings"), "findings"),
        ]

    @property
    def tenants(self) -> Iterator[tuple[str, str, TenantReport, str, str]]:
        """Name, address of its page, the report, what a month costs, and how its test calls went."""
        for each in self.report.tenants:
            address = f"tenants/{each.slug}.html" if self.linked else ""
            cost = common.money(each.total, self.language)
            yield each.tenant.name, address, each, cost, self._verified(each)

    def _verified(self, each: TenantReport) -> str:
        found = each.verified
        if found is None:
            return self.language.say("not verified")
        return self.language.say("{0} of {1} passed", len(found.cases) - len(found.failed), len(found.cases))

    @property
    def total(self) -> str:
        return common.money(self.report.total, self.language, self.currency)

    @property
    def blocks(self) -> Iterator[tuple[str, str, str, int, int]]:
        """A block, its line, whom it is for, how many are in use, and how many there are, 0 where nobody can say."""
        for index, each in enumerate(self.report.provider.number_blocks):
            link = self.sources.link(("number_blocks", index))
            yield str(each), link, ", ".join(each.tenants), len(self.report.used(each)), _size(each)

    @property
    def trunks(self) -> Iterator[tuple[str, str, str, str]]:
        """Name, its line, address, and what leaves there."""
        for name, each in self.report.provider.trunks.items():
            carried = ", ".join(self._carried(prefix) for prefix in each.carried)
            told = [self.language.say("emergency calls")] if each.emergency else []
            link = self.sources.link(("trunks", name))
            address = f"{each.address}:{each.port} ({each.transport})"
            yield each.title or name, link, address, ", ".join([*told, *([carried] if carried else [])])

    def _carried(self, prefix: str) -> str:
        return self.language.say("everything") if prefix == "+" else f"{prefix}…"

    @property
    def offers(self) -> Iterator[tuple[str, str, str, int]]:
        """What is sold, to whom, its price, and how many are in use."""
        say, catalogue = self.language.say, self.report.provider.catalogue
        yield (
            catalogue.base.title or say("Base"),
            say("for a tenant"),
            self._money(catalogue.base.price),
            len(self.report.tenants),
        )
        for name, plan in catalogue.plans.items():
            count = sum(user.plan == name for each in self.report.tenants for user in each.tenant.users.values())
            yield plan.title or name, say("for one user"), self._money(plan.price), count
        for name, extra in catalogue.add_ons.items():
            bought = [each.tenant.add_ons[name].count for each in self.report.tenants if name in each.tenant.add_ons]
            whom = say("for each") if extra.counted else say("for a tenant")
            yield extra.title or name, whom, self._money(extra.price), sum(bought)

    @property
    def rates(self) -> Iterator[tuple[str, str, str]]:
        for name, rate in self.report.provider.catalogue.calls.items():
            yield self.language.say(f"calls {name}"), self._money(rate.start), self._money(rate.minute)

    def _money(self, amount: Decimal) -> str:
        return common.money(amount, self.language)

    @property
    def environments(self) -> Iterator[tuple[str, str, str, str]]:
        """Name, its line, where it is, and its machines."""
        for name, each in self.report.provider.environments.items():
            machines = ", ".join(f"{machine} ({role})" for role in Role for machine in _machines(each, role))
            yield name, self.sources.link(("environments", name)), each.target, machines

    @property
    def findings(self) -> Iterator[tuple[str, str, str, common.Link]]:
        """Severity, code, what, place; those of tenants with the page that holds the line."""
        mine = [(each, "") for each in self.report.findings]
        theirs = [(each, f"tenants/{tenant.slug}.html") for tenant in self.report.tenants for each in tenant.findings]
        for each, page in sorted([*mine, *theirs], key=lambda found: common.weight(found[0])):
            place = f"{each.span.file}:{each.span.start.line}"
            address = self.sources.of(each.span) if not page else page if self.linked else ""
            yield each.severity.value, each.code, each.finding.message, (place, address)

    @property
    def commits(self) -> Iterator[common.Event]:
        for each in self.report.commits:
            who = f"{common.name_of(each.author)}, {each.short}"
            yield common.Event(common.day(each.at), who, each.subject, ())

    @property
    def applies(self) -> Iterator[common.Event]:
        return (common.applied(each, self.language, stack=True) for each in self.report.applies[: common.FEW * 2])


def _size(block: Block) -> int:
    return int(block.to[1:]) - int(block.from_[1:]) + 1 if block.from_ and block.to else 0


def _machines(environment: Environment, role: Role) -> Iterator[str]:
    return iter(()) if isinstance(environment, Lab) else (name for name, _ in environment.of_role(role))
