"""`pbx trace`: who would answer a call, by which way and why; offline, from the tenant file alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.feature import Scope
    from provisioner.core.refs import Ref
    from provisioner.core.trace import Call, Caller
    from provisioner.pipeline.tracing.given import Given
    from provisioner.pipeline.validate import Specification
    from provisioner.tenant import Tenant

Names = list[str] | None
SOMEBODY = 50
"""The example caller who calls where nobody is named; those of test calls begin at 0."""


def trace(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    number: Annotated[str, typer.Argument(help="What is called: a public number, an extension, or digits as dialled.")],
    caller: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="CALLER", help="A number with plus, `withheld`, or a user; somebody fit where not given."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The tenant's time, such as 2027-12-24T09:00.", show_default="now"),
    ] = None,
    keys: Annotated[
        str, typer.Option(metavar="KEYS", help="What is keyed in at each question in turn, `1,2`; `-` is nothing.")
    ] = "",
    say: Annotated[Names, typer.Option(metavar="WORDS", help="What is said at a question; may be repeated.")] = None,
    busy: Annotated[Names, typer.Option(metavar="USER,…", help="Who is on a call.")] = None,
    unregistered: Annotated[Names, typer.Option(metavar="USER,…", help="Whose telephones are not registered.")] = None,
    no_answer: Annotated[Names, typer.Option(metavar="USER,…", help="Who does not answer; `all` for nobody.")] = None,
    activity: Annotated[Names, typer.Option(metavar="USER=ACTIVITY", help="What a user is doing.")] = None,
    switch: Annotated[Names, typer.Option(metavar="SCHEDULE=open|closed", help="A schedule switched by hand.")] = None,
    logged_in: Annotated[
        Names,
        typer.Option(metavar="QUEUE=USER,…", help="Members of a queue or ring group who are logged in, all of them."),
    ] = None,
    full: Annotated[Names, typer.Option(metavar="QUEUE,…", help="Queues in which as many wait as may.")] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every outcome, with the times of the year from --at on at which it holds.")
    ] = False,
    folder: FolderOption = Path(),
    form: FormatOption = Format.TEXT,
) -> None:
    """Say who would answer a call, by which way and why, with the lines that decide; no machine is asked.

    What is not said is as on a quiet day: telephones are registered and free, whoever rings first answers. With --all
    keys, words and people's telephones are tried as they may be, and what is said of them holds in every outcome.
    """
    from provisioner.core.errors import SpecificationInvalid
    from provisioner.core.trace import Call
    from provisioner.pipeline.load import load
    from provisioner.pipeline.tracing import dialled, given, interpreter
    from provisioner.pipeline.validate import validate

    from .trail import Shown

    specification = validate(load(folder, frozenset([tenant])))
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    what, scope = specification.tenants[tenant], specification.scopes[tenant]
    said = given.Given(
        keys=tuple(filter(None, keys.split(","))),
        words=tuple(say or ()),
        busy=_names(busy),
        unregistered=_names(unregistered),
        no_answer=_names(no_answer),
        activities=_pairs(activity, "--activity"),
        switches=_pairs(switch, "--switch"),
        logged_in={name: _names([there]) for name, there in _pairs(logged_in, "--logged-in").items()},
        full=_names(full),
    )
    given.check(said, what, scope)
    calls = _caller(caller, number, what)
    call = Call(_moment(at, scope), calls, number, _language(calls, what, scope))
    first = dialled.begins(what, scope, number, calls)
    if all_:
        _print_all(specification, call, first, said, form)
        return
    trail = interpreter.follow(what, scope, first, call, given.Situation(said, what.users))
    shown = Shown(trail, specification.folder.tenants[0], scope.time_zone)
    if form is Format.JSON:
        from .trail.document import document

        print(json.dumps(document(shown), ensure_ascii=False, indent=2))
    else:
        from .trail.text import lines

        print("\n".join(lines(shown)))


def _print_all(specification: Specification, call: Call, first: Ref, said: Given, form: Format) -> None:
    from provisioner.pipeline.tracing.times import over_a_year

    from .trail import every

    (slug,) = specification.tenants
    found = over_a_year(specification.tenants[slug], specification.scopes[slug], first, call, said)
    if form is Format.JSON:
        print(json.dumps(every.document(slug, call, found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(every.lines(call, found)))


def _names(given: Names) -> frozenset[str]:
    return frozenset(name for each in given or () for name in each.split(",") if name)


def _pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    from provisioner.core.errors import UsageError

    found = {}
    for each in given or ():
        name, sign, value = each.partition("=")
        if not sign:
            raise UsageError(f"{option} {each} says nothing of {name}", f"write {option} {name}=…")
        found[name] = value
    return found


def _caller(text: str | None, number: str, tenant: Tenant) -> Caller:
    """Who calls; where nobody is named, somebody from outside, or a colleague for what only colleagues can dial."""
    import re

    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.core.probes import example_caller
    from provisioner.core.refs import E164_PATTERN
    from provisioner.core.trace import Caller

    if text is None:
        return Caller(example_caller(SOMEBODY).number) if number in tenant.numbers else Caller(inside=True)
    if text == "withheld":
        return Caller()
    if re.fullmatch(E164_PATTERN, text):
        return Caller(text)
    user = text.removeprefix("user:")
    if user not in tenant.users:
        near = nearest(user, tenant.users)
        hint = f"did you mean {near}?" if near else "write a number such as +46701740605, `withheld`, or a user"
        raise UsageError(f"nobody calls from {text!r}", hint)
    return Caller(user=user, inside=True)


def _language(caller: Caller, tenant: Tenant, scope: Scope) -> str:
    user = tenant.users.get(caller.user)
    return (user.language if user else None) or scope.language


def _moment(text: str | None, scope: Scope) -> datetime:
    from provisioner.core.errors import UsageError

    zone = ZoneInfo(scope.time_zone)
    if text is None:
        return datetime.now(zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time", "write the tenant's time, such as 2027-12-24T09:00") from None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
