"""Where a call begins: what somebody outside, or a colleague, gets at by the digits that are dialled."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provisioner.core.codes import Claim
from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.numbering import plan_of
from provisioner.core.refs import E164_PATTERN, Ref
from provisioner.core.trace import Caller
from provisioner.tenant import Tenant, claimed_codes


def begins(tenant: Tenant, scope: Scope, dialled: str, caller: Caller) -> Ref:
    """The node of a number or extension. Raises UsageError where the caller cannot reach it, or it is none."""
    if not caller.inside:
        if dialled in tenant.numbers:
            return Ref("number", dialled)
        raise _none(f"{scope.slug} has no number {dialled}", dialled, tenant.numbers)
    if (plan := plan_of(scope.country)) and dialled in plan.emergency:
        return Ref("number", dialled)
    if found := scope.extensions.get(dialled):
        return found
    if number := _number(dialled, scope):
        return Ref("number", number)
    if code := _code(tenant, scope, dialled):
        why = f"who dials it {code.title}; a trace follows calls"
        raise UsageError(f"{dialled} is a phone code", f"{why}; `pbx codes {scope.slug}` lists all codes")
    raise _none(f"nothing of {scope.slug} is reached by {dialled}", dialled, (*scope.extensions, *tenant.numbers))


def inside(scope: Scope, dialled: str) -> bool:
    """Whether only colleagues can dial it."""
    return dialled in scope.extensions


def _number(dialled: str, scope: Scope) -> str:
    """A public number in E.164 form, as people at home dial it; empty where it is none."""
    digits = re.sub(r"[ \-()/]", "", dialled).removeprefix(scope.outside_prefix)
    plan = plan_of(scope.country)
    if plan and digits.startswith(plan.international_prefix):
        digits = f"+{digits.removeprefix(plan.international_prefix)}"
    elif plan and plan.national_prefix and digits.startswith(plan.national_prefix):
        digits = f"+{plan.calling_code}{digits.removeprefix(plan.national_prefix)}"
    return digits if re.fullmatch(E164_PATTERN, digits) else ""


def _code(tenant: Tenant, scope: Scope, dialled: str) -> Claim | None:
    return next((each for each in claimed_codes(tenant, scope) if dialled in each.dialled), None)


def _none(message: str, dialled: str, known: Iterable[str]) -> UsageError:
    names = list(known)
    near = nearest(dialled, names)
    return UsageError(message, f"did you mean {near}?" if near else f"it has: {', '.join(names) or 'none'}")
