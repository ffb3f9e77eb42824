"""What a person asks of a tenant: one call, or every outcome of it; and the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from provisioner.core.errors import SpecificationInvalid, UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.probes import example_caller
from provisioner.core.refs import E164_PATTERN
from provisioner.core.trace import Call, Caller
from provisioner.pipeline.load import Document
from provisioner.pipeline.validate import Specification
from provisioner.tenant import Tenant

from . import dialled, interpreter
from .given import Given, Situation
from .times import Holding, over_a_year

SOMEBODY = 50
"""The example caller who calls where nobody is named; those of test calls begin at 0."""
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Side:
    """A tenant as a folder has it, understood."""

    tenant: Tenant
    scope: Scope
    document: Document


@dataclass(frozen=True, slots=True)
class Question:
    """A call. `caller` is a number with plus, `withheld`, or a user; `at` a time, the tenant's where it has no zone."""

    number: str
    caller: str | None
    at: str
    given: Given
    every: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """All outcomes of a call."""

    call: Call
    found: tuple[Holding, ...]


Answer = interpreter.Trail | Every


def side_of(specification: Specification) -> Side:
    """The only tenant of a specification; raises SpecificationInvalid where anything is wrong."""
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    (slug,) = specification.tenants
    return Side(specification.tenants[slug], specification.scopes[slug], specification.folder.tenants[0])


def ask(side: Side, question: Question) -> Answer:
    """What becomes of the call. Raises UsageError where the caller cannot reach the number, or a word means nothing."""
    tenant, scope = side.tenant, side.scope
    caller = _caller(question, tenant)
    user = tenant.users.get(caller.user)
    language = (user.language if user else None) or scope.language
    call = Call(_moment(question.at, scope), caller, question.number, language)
    first = dialled.begins(tenant, scope, question.number, caller)
    if question.every:
        return Every(call, over_a_year(tenant, scope, first, call, question.given))
    return interpreter.follow(tenant, scope, first, call, Situation(question.given, tenant.users))


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers come to the same, by whatever way."""
    if isinstance(one, Every) and isinstance(other, Every):
        return {each.way.end: each.periods for each in one.found} == {
            each.way.end: each.periods for each in other.found
        }
    return isinstance(one, interpreter.Trail) and isinstance(other, interpreter.Trail) and one.end == other.end


def _caller(question: Question, tenant: Tenant) -> Caller:
    """Who calls; where nobody is named, somebody from outside calls a public number, and a colleague all else."""
    text = question.caller
    if text is None:
        outside = question.number.startswith("+")
        return Caller(example_caller(SOMEBODY).number) if outside else Caller(inside=True)
    if text == WITHHELD:
        return Caller()
    if re.fullmatch(E164_PATTERN, text):
        return Caller(text)
    user = text.removeprefix("user:")
    if user not in tenant.users:
        near = nearest(user, tenant.users)
        hint = f"did you mean {near}?" if near else f"write a number such as +46701740605, `{WITHHELD}`, or a user"
        raise UsageError(f"nobody calls from {text!r}", hint)
    return Caller(user=user, inside=True)


def _moment(text: str, scope: Scope) -> datetime:
    zone = ZoneInfo(scope.time_zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time", "write the tenant's time, such as 2027-12-24T09:00") from None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
