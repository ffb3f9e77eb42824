"""Policing: a provider's own policies over what is valid, and the waivers that let them be broken for a while.

A waiver names a policy, a tenant, a reason and its last day. Until then the breaches that it covers are set aside and
counted; after it they stand again and say which waiver ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pydantic import Field

from provisioner.core.findings import Located, Rule, Severity, nearest
from provisioner.core.model import Model, Text
from provisioner.core.periods import Day
from provisioner.core.policies import Breach, Over, Policy
from provisioner.core.source import Path
from provisioner.provider import Provider
from provisioner.tenant import Tenant

from . import structure
from .load import Document
from .validate import Z001, by_place, locate

LONGEST = timedelta(days=366)

Z101 = Rule(
    code="Z101",
    title="Waiver of a policy that there is not",
    why="It waives nothing, and whoever reads it believes that it does.",
    remedy="Name a policy of the folder, or take the waiver out.",
    bad="- {policy: ACME-11, tenant: acme, until: 2027-06-30, reason: moves in May}",
    good="- {policy: ACME-1, tenant: acme, until: 2027-06-30, reason: moves in May}",
)
Z102 = Rule(
    code="Z102",
    title="Waiver that waives nothing",
    why="What it was for is mended, and the next breach would pass unseen.",
    remedy="Take the waiver out.",
    bad="- {policy: ACME-1, tenant: acme, until: 2027-06-30, reason: moves in May}",
    good="waivers: []",
    severity=Severity.WARNING,
)
Z103 = Rule(
    code="Z103",
    title="Waiver for longer than a year",
    why="A waiver is looked at again when it ends; one without an end is a policy that nobody keeps.",
    remedy="Name a day within a year, and renew it then if it must be.",
    bad="- {policy: ACME-1, tenant: acme, until: 2099-12-31, reason: moves in May}",
    good="- {policy: ACME-1, tenant: acme, until: 2027-06-30, reason: moves in May}",
)
RULES = (Z101, Z102, Z103)


class Waiver(Model):
    """Leave to break a policy."""

    policy: Text
    """The code of the policy, such as ACME-1."""
    tenant: Text
    """Whose breaches: a slug, or `provider` for those in the provider's own file."""
    at: Text | None = None
    """Only below this place of the file, such as `users.anna`; the whole file where it is not given."""
    until: Day
    """The last day on which it holds."""
    reason: Text
    """Why, for whoever reads it then."""

    def covers(self, code: str, tenant: str, path: Path) -> bool:
        below = tuple(self.at.split(".")) if self.at else ()
        here = tuple(map(str, path))
        return (code, tenant or "provider", below) == (self.policy, self.tenant, here[: len(below)])


class Waivers(Model):
    """The file `policies/waivers.yaml`."""

    waivers: list[Waiver] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """What policies are asked about. All of it is valid."""

    provider: Provider
    tenants: Mapping[str, Tenant]
    plan: Mapping[str, Any] | None = None
    """The document of a plan; policies over plans are left out without one."""


@dataclass(frozen=True, slots=True)
class Policed:
    """What came of it."""

    findings: tuple[Located, ...]
    waived: int
    """Breaches that a waiver covers."""


Documents = Callable[[str], Document]
"""slug → its document; the provider's for an empty one."""


def police(
    policies: Sequence[Policy], asked: Asked, documents: Documents, waivers: Document | None, today: date
) -> Policed:
    """Asks every policy; `documents` raises KeyError for a tenant that is not there any more."""
    held, found = _waivers(waivers, policies, today) if waivers else ([], [])
    used: set[int] = set()
    waived = 0
    for policy in policies:
        for slug, finding in _broken(policy, asked):
            covering = [n for n, each in enumerate(held) if each.covers(policy.rule.code, slug, finding.path)]
            used.update(covering)
            if any(held[number].until >= today for number in covering):
                waived += 1
                continue
            if covering:
                ended = max(held[number].until for number in covering)
                finding = replace(finding, message=f"{finding.message} (its waiver ended on {ended})")
            found.append(locate(finding, _document(documents, slug)))
    if waivers:
        unused = [number for number, each in enumerate(held) if number not in used and _judged(each, policies, asked)]
        found += [locate(Z102.at(("waivers", number), f"no breach of {held[number].policy} is covered"), waivers)
                  for number in unused]  # fmt: skip
    return Policed(tuple(sorted(found, key=by_place)), waived)


def _waivers(document: Document, policies: Iterable[Policy], today: date) -> tuple[list[Waiver], list[Located]]:
    """The waivers that can be read, and what is wrong with the file."""
    found = list(document.findings)
    model, wrong = structure.validate(Waivers, document.data, {})
    held = model.waivers if model else []
    codes = {each.rule.code for each in policies}
    for number, each in enumerate(held):
        path = ("waivers", number)
        if each.policy not in codes:
            near = nearest(each.policy, codes)
            told = f"there is no policy {each.policy!r}"
            wrong.append(Z101.at((*path, "policy"), told, expected=f"one of {', '.join(sorted(codes))}", nearest=near))
        if each.until > today + LONGEST:
            wrong.append(Z103.at((*path, "until"), f"{each.until}", expected=f"at the latest {today + LONGEST}"))
    return held, found + [locate(each, document) for each in wrong]


def _judged(waiver: Waiver, policies: Iterable[Policy], asked: Asked) -> bool:
    """Whether the waiver's policy and tenant were looked at in this run at all."""
    over = next((each.over for each in policies if each.rule.code == waiver.policy), None)
    if over is None or (over is Over.PLAN and asked.plan is None):
        return False
    return over not in (Over.TENANT, Over.TENANTS) or waiver.tenant in asked.tenants


def _broken(policy: Policy, asked: Asked) -> Iterator[tuple[str, Any]]:
    """Slug and finding of each breach; a policy that fails itself is a finding too, and hides no other."""
    for slug, call in _calls(policy, asked):
        try:
            for breach in call():
                where = breach.tenant or slug
                yield where, policy.rule.at(tuple(breach.path), breach.message, expected=breach.expected)
        except (Exception, SystemExit) as error:  # one that ends the program would hide all others, and itself
            yield slug, Z001.at((), f"the policy {policy.rule.code} failed: {type(error).__name__}: {error}")


def _calls(policy: Policy, asked: Asked) -> Iterator[tuple[str, Callable[[], Iterable[Breach]]]]:
    match policy.over:
        case Over.TENANT:
            for slug, tenant in asked.tenants.items():
                yield slug, lambda slug=slug, tenant=tenant: policy.check(slug, tenant)  # type: ignore[misc]
        case Over.TENANTS:
            yield "", lambda: policy.check(asked.tenants)
        case Over.PLATFORM:
            yield "", lambda: policy.check(asked.provider, asked.tenants)
        case Over.PLAN if asked.plan is not None:
            yield "", lambda: policy.check(asked.plan)


def _document(documents: Documents, slug: str) -> Document:
    try:
        return documents(slug)
    except KeyError:  # a plan tells of tenants that are gone
        return documents("")
