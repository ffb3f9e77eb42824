"""Policies: what a provider asks of its own tenant files and plans beyond what the platform needs.

A policy is a function in a file of the folder `policies/`, marked with one of the three decorators here. It yields
breaches; who may break it for how long is said in `policies/waivers.yaml`.

    from provisioner.core.policies import Breach, tenant_policy

    @tenant_policy("ACME-1", "User without a mail address", why="Notices reach nobody.", remedy="Give her one.")
    def reachable(slug, tenant):
        for name, user in tenant.users.items():
            if not user.email:
                yield Breach(("users", name), f"{name} has no mail address", expected="the key 'email'")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from .findings import Rule, Severity
from .source import Path

CODE = re.compile(r"[A-Z]{2,12}-[0-9]{1,4}")
"""How a provider's own codes look, so that none is ever one of ours: `ACME-1`."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a policy is broken. `tenant` is its slug; a policy over one tenant may leave it out."""

    path: Path
    message: str
    """What was found, with the measured value."""
    expected: str = ""
    tenant: str = ""
    """Empty for the provider's own file."""


class Over(Enum):
    """What a policy is asked about, and what it is called with."""

    TENANT = "tenant"
    """`(slug, tenant)`, once for each tenant; the tenant as `provisioner.tenant.Tenant`, defaults filled in."""
    TENANTS = "tenants"
    """`(tenants)`, once, slug → tenant; its breaches name their tenant. For engines that look at all at once."""
    PLATFORM = "platform"
    """`(provider, tenants)`, once; `provisioner.provider.Provider` and slug → tenant."""
    PLAN = "plan"
    """`(plan)`, once; the document of `pbx plan --out`."""


Check = Callable[..., Iterable[Breach]]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as its file states it."""

    rule: Rule
    over: Over
    check: Check


Mark = Callable[[Check], Policy]


def tenant_policy(
    code: str, title: str, *, why: str, remedy: str, severity: Severity = Severity.ERROR, bad: str = "", good: str = ""
) -> Mark:
    """Marks a function as a policy over each tenant. Raises ValueError where the code is none for a provider."""
    return _marked(Over.TENANT, Rule(code, title, why, remedy, bad, good, severity))


def tenants_policy(
    code: str, title: str, *, why: str, remedy: str, severity: Severity = Severity.ERROR, bad: str = "", good: str = ""
) -> Mark:
    """As `tenant_policy`, for a function that looks at all of them at once."""
    return _marked(Over.TENANTS, Rule(code, title, why, remedy, bad, good, severity))


def platform_policy(
    code: str, title: str, *, why: str, remedy: str, severity: Severity = Severity.ERROR, bad: str = "", good: str = ""
) -> Mark:
    """Marks a function as a policy over the provider's file and all tenants together."""
    return _marked(Over.PLATFORM, Rule(code, title, why, remedy, bad, good, severity))


def plan_policy(
    code: str, title: str, *, why: str, remedy: str, severity: Severity = Severity.ERROR, bad: str = "", good: str = ""
) -> Mark:
    """Marks a function as a policy over a plan."""
    return _marked(Over.PLAN, Rule(code, title, why, remedy, bad, good, severity))


def _marked(over: Over, rule: Rule) -> Mark:
    if not CODE.fullmatch(rule.code):
        raise ValueError(f"the code {rule.code!r} is none of a provider's own: two or more capitals, a hyphen, digits")
    return lambda check: Policy(rule, over, check)
