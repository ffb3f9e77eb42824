"""Binding: what a plan holds on to, so that another day exactly it is carried out, or nothing.

A plan is bound to what is wanted of each stack, to what state records of it, and to the version of `pbx`. All of it are
digests and names, and for the tenants that change their files before and after, which hold no secret: so a saved plan
can be mailed, and can say later which field has moved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from provisioner import __version__
from provisioner.core.audit import Origin
from provisioner.core.deployment import Outputs, Plain, Stack
from provisioner.core.errors import PlanStale, UsageError

from .sides import FILE

Facts = Mapping[str, Mapping[str, str]]
"""resource → input → what names its value."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One stack as it was when the plan was made. No facts: it is not there on that side."""

    stack: str
    wanted: Facts
    applied: Facts
    before: str = ""
    """The tenant's file as it was applied, packed; a saved plan has it of stacks that change."""
    after: str = ""
    """The same as it is wanted."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a plan is bound to. `digest` names it: the same wishes on the same state have the same digest."""

    environment: str
    targets: tuple[str, ...]
    """The tenants that it was narrowed to; empty for all."""
    digest: str
    stacks: tuple[Bound, ...] = ()
    tool: str = __version__
    at: str = ""
    """UTC, ISO 8601."""
    origin: Origin = field(default_factory=Origin)
    """Who planned, at which commit of the folder."""

    @property
    def specification(self) -> str:
        return _digest([[each.stack, each.wanted] for each in self.stacks])

    @property
    def applied(self) -> str:
        return _digest([[each.stack, each.applied] for each in self.stacks])


def bind(
    environment: str,
    targets: tuple[str, ...],
    wanted: Iterable[Stack],
    leaving: Iterable[str],
    outputs: Outputs,
    origin: Origin,
) -> Binding:
    """Binds to what is wanted and recorded at this moment."""
    stacks = [*wanted]
    gone = [*leaving]
    bound = tuple(_bound(each, outputs) for each in (*stacks, *(Stack(name, ()) for name in gone)))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Binding(environment, targets, fingerprint(stacks, gone, outputs), bound, at=now, origin=origin)


def fingerprint(wanted: Iterable[Stack], leaving: Iterable[str], outputs: Outputs) -> str:
    """Names a plan by what is wanted and what is recorded now; the results of earlier runs do not count."""
    facts = [[each.name, each.digest, _digest(inputs(each.name, outputs))] for each in wanted]
    facts += [[each, "", _digest(inputs(each, outputs))] for each in leaving]
    return _digest(facts)


def inputs(name: str, outputs: Outputs) -> dict[str, dict[str, Plain]]:
    """resource name → its recorded inputs."""
    return {
        resource: {key: value for key, value in facts.items() if key != "hosts"}
        for resource, facts in outputs(name).items()
    }


def _bound(stack: Stack, outputs: Outputs) -> Bound:
    recorded = inputs(stack.name, outputs)
    wanted = {each.name: each.inputs for each in stack.resources}
    return Bound(stack.name, _facts(wanted), _facts(recorded), _file(recorded), _file(wanted))


def _facts(found: Mapping[str, Mapping[str, Plain]]) -> Facts:
    return {name: {key: _digest(value)[:16] for key, value in each.items()} for name, each in found.items()}


def _file(found: Mapping[str, Mapping[str, Plain]]) -> str:
    return str(found.get(FILE, {}).get("record", ""))


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def document(binding: Binding) -> dict[str, Any]:
    """The binding for the file of a plan."""
    return {
        "tool": binding.tool,
        "environment": binding.environment,
        "targets": list(binding.targets),
        "digest": binding.digest,
        "specification": binding.specification,
        "applied": binding.applied,
        "planned": {"at": binding.at, **asdict(binding.origin)},
        "bound": [_stack_document(each) for each in binding.stacks],
    }


def _stack_document(bound: Bound) -> dict[str, Any]:
    if bound.wanted == bound.applied:
        return {"stack": bound.stack, "as_applied": bound.wanted}
    return asdict(bound)


def read(text: str, name: str) -> Binding:
    """The binding of a plan's file, whose name is for messages; raises UsageError where it is none."""
    try:
        found = json.loads(text)
        planned = dict(found["planned"])
        at = str(planned.pop("at"))
        stacks = tuple(_stack(each) for each in found["bound"])
        targets = tuple(map(str, found["targets"]))
        place, digest, tool = (str(found[key]) for key in ("environment", "digest", "tool"))
        return Binding(place, targets, digest, stacks, tool, at, Origin(**planned))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} is no plan: {error}", "write one with `pbx plan --out FILE`") from None


def _stack(found: Mapping[str, Any]) -> Bound:
    if "as_applied" in found:
        return Bound(found["stack"], found["as_applied"], found["as_applied"])
    return Bound(**found)


def check(planned: Binding, environment: str) -> None:
    """Raises PlanStale where a plan is of another environment, or of another version of `pbx`."""
    if environment and environment != planned.environment:
        raise PlanStale(
            f"the plan {planned.digest[:12]} is of the environment {planned.environment}, not of {environment}",
            f"leave --env and PBX_ENV out, or plan with --env {environment}",
        )
    if planned.tool != __version__:
        raise PlanStale(
            f"the plan {planned.digest[:12]} was made by pbx {planned.tool}, and this is {__version__}: another "
            "version may make other files of the same folder",
            "plan again with this version, and read it; or carry it out with the version that made it",
        )


def differing(then: Facts, now: Facts) -> Iterator[tuple[str, str]]:
    """Resource and input, for each that is not the same on both sides."""
    for name in sorted(then.keys() | now.keys()):
        old, new = then.get(name, {}), now.get(name, {})
        yield from ((name, key) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key))
