"""What a public number asks of a caller's permission, and costs by, as steps of the dialplan (`core/numbering.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.numbering import COSTLY_CODES, NumberingPlan
from provisioner.core.permissions import CallPermission

from .objects import Step


def need(plan: NumberingPlan, number: str) -> Iterator[Step]:
    """Sets PBX_NEED to the level of the permission that a number in international form needs; 0 is internal."""
    code = plan.calling_code
    yield Step("Set", f"PBX_NEED={CallPermission.INTERNATIONAL.level}")
    # Where countries share a calling code, only the plan tells which numbers are at home.
    home = f"{code}{plan.valid}" if plan.shared else f"{code}[0-9]+"
    for pattern, permission in (
        (home, CallPermission.NATIONAL),
        (plan.mobile and code + plan.mobile, CallPermission.MOBILE),
        (plan.premium and code + plan.premium, CallPermission.PREMIUM),
        (f"({'|'.join(COSTLY_CODES)})[0-9]+", CallPermission.PREMIUM),
    ):
        if pattern:
            yield Step("ExecIf", f"{matches(f'[+]{pattern}', number)}?Set(PBX_NEED={permission.level})")


def need_of_short(plan: NumberingPlan, number: str) -> str:
    """The level that a short number of the country needs, as text of the dialplan."""
    usual, premium = CallPermission.NATIONAL.level, CallPermission.PREMIUM.level
    return f"${{IF({matches(plan.short_premium, number)}?{premium}:{usual})}}" if plan.short_premium else str(usual)


def matches(expression: str, value: str) -> str:
    """1 where the whole value matches."""
    return f'${{REGEX("^{expression}$" {value})}}'
