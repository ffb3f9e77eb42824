"""Staleness: why a plan no longer holds: which tenant and field moved since, by which commit or apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core import audit, record
from provisioner.core.changes import diff
from provisioner.core.errors import PbxError, PlanStale
from provisioner.core.ports.audit import AuditLog
from provisioner.core.ports.commits import Commits

from . import auditing
from .binding import Binding, Bound, Facts, differing
from .describe import shown
from .sides import FILE, TENANT

FEW = 3
"""Fields, and commits, that are named of one stack."""

MANY = 10
"""Stacks that are named."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One stack that is no longer as the plan took it, on one side."""

    stack: str
    wanted: bool
    """Whether the folder moved, or what is applied."""
    fields: tuple[str, ...]
    paths: tuple[str, ...] = ()
    """Where in the folder to look for the commit."""

    @property
    def name(self) -> str:
        return self.stack.partition(TENANT)[2] or self.stack


def moved(planned: Binding, now: Binding) -> Iterator[Moved]:
    """What is not as it was, stack by stack; what a run of the plan that failed has done so far did not move."""
    then_by, now_by = ({each.stack: each for each in side.stacks} for side in (planned, now))
    for name in sorted(then_by.keys() | now_by.keys()):
        then, is_now = (side.get(name) or Bound(name, {}, {}) for side in (then_by, now_by))
        if then.wanted != is_now.wanted:
            fields = _fields(then.wanted, is_now.wanted, _planned_file(then, is_now), is_now.after, "the folder")
            yield Moved(name, True, fields, _paths(name, then.wanted, is_now.wanted))
        if not _carried_on(then, is_now):
            fields = _fields(
                then.applied, is_now.applied, _applied_file(then, is_now), is_now.before, "what is applied"
            )
            yield Moved(name, False, fields)


def _carried_on(then: Bound, now: Bound) -> bool:
    """Whether each resource is applied as it was, or as the plan wants it."""
    names = then.applied.keys() | now.applied.keys()
    return all(now.applied.get(each) in (then.applied.get(each), then.wanted.get(each)) for each in names)


def _planned_file(then: Bound, now: Bound) -> str:
    """The plan has it of stacks that it changes; of all others it is what was applied."""
    return then.after or (now.before if _record(then.wanted) == _record(now.applied) else "")


def _applied_file(then: Bound, now: Bound) -> str:
    return then.before or (now.after if _record(then.applied) == _record(now.wanted) else "")


def _record(facts: Facts) -> str:
    return facts.get(FILE, {}).get("record", "")


def _fields(then: Facts, now: Facts, old: str, new: str, side: str) -> tuple[str, ...]:
    if not then or not now:
        return (f"is new in {side}" if now else f"is no longer in {side}",)
    if _record(then) != _record(now):
        found = diff(record.unpack(old), record.unpack(new)) if old and new else ()
        told = [f"{'.'.join(map(str, each.path))}: {shown(each.old)} → {shown(each.new)}" for each in found]
        return _few(told or ["its file"])
    tenant = bool(_record(now))
    return tuple(dict.fromkeys(_input(name, key, tenant) for name, key in differing(then, now)))


def _few(told: Sequence[str]) -> tuple[str, ...]:
    return (*told[:FEW], f"and {len(told) - FEW} more") if len(told) > FEW else tuple(told)


def _input(resource: str, key: str, tenant: bool) -> str:
    if key == "secrets":
        return f"a secret of {resource}"
    if key == "installation":
        return "a machine that took another's place"
    if tenant:
        same = "its file is the same and compiles otherwise: by provider.yaml, a prompt or a calendar"
        return "the core node that it lives on" if key in ("node", "core") else same
    known = {"digest": "the roles", "bundle": "the files"}
    return f"{known.get(key, key)} of the machine {resource}"


def _paths(stack: str, then: Facts, now: Facts) -> tuple[str, ...]:
    slug = stack.partition(TENANT)[2]
    if slug and _record(then) != _record(now):
        return tenant_paths(slug)
    return ("secrets",) if {key for _, key in differing(then, now)} == {"secrets"} else (".",)


def tenant_paths(slug: str) -> tuple[str, ...]:
    """Where a tenant's file or files stand in the folder."""
    return (f"tenants/{slug}.yaml", f"tenants/{slug}.yml", f"tenants/{slug}")


def hold(planned: Binding, now: Binding, log: AuditLog, commits: Commits) -> None:
    """Raises PlanStale where something moved, and says by whom."""
    found = list(moved(planned, now))
    if not found:
        return
    lines = [f"  {each.name}: {'; '.join(each.fields)} ({_by(each, planned, log, commits)})" for each in found[:MANY]]
    if len(found) > MANY:
        lines.append(f"  and {len(found) - MANY} more")
    told = "\n".join(lines)
    raise PlanStale(
        f"the plan {planned.digest[:12]} is no longer what would be done, that is {now.digest[:12]} now:\n{told}",
        "plan again, and read it; or bring the folder back to what was planned",
    )


def _by(moved: Moved, planned: Binding, log: AuditLog, commits: Commits) -> str:
    if not moved.wanted:
        return _applied_by(moved.stack, planned.at, log)
    told = [each.told for each in commits.since(planned.origin.commit, moved.paths)]
    if len(told) > FEW:
        told[FEW:] = [f"and {len(told) - FEW} before it"]
    if commits.uncommitted(moved.paths):
        told.insert(0, "what is in no commit yet")
    before = f", planned at commit {planned.origin.commit[:10]}" if planned.origin.commit else ""
    return "; ".join(told) or f"by no commit since{before}"


def _applied_by(stack: str, since: str, log: AuditLog) -> str:
    """Who applied the stack since, by the record of applies."""
    try:
        content, _ = log.read()
    except (OSError, PbxError):
        return "no record says by whom"
    found = [each for each in map(audit.parse, content.split(b"\n")) if each and _counts(each, stack, since)]
    if not found:
        return "no record says by whom"
    last = found[-1]
    return f"{last['command']} of {last['at'][:19].replace('T', ' ')} UTC: {auditing.who(last)}"


def _counts(each: Mapping[str, Any], stack: str, since: str) -> bool:
    return bool(each["stack"] == stack and each["at"] >= since and each["result"] != "begun")
