"""Auditing: what an apply or destroy leaves in the record of its environment, and what the record says of a tenant."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from provisioner import __version__
from provisioner.core import record
from provisioner.core.audit import Entry, Head, Origin, Result, parse
from provisioner.core.deployment import Done, Kind, Outcome, Stack
from provisioner.core.errors import PbxError
from provisioner.core.holdings import Holding
from provisioner.core.ports.audit import AuditLog

from .describe import Sentence
from .sides import TENANT


@dataclass(frozen=True, slots=True)
class Permit:
    """What somebody said when applying: brakes to take off, and why."""

    allowed: frozenset[Holding] = frozenset()
    reason: str = ""
    signed: str = ""
    """Who signed the plan, where that was asked for."""


AS_USUAL = Permit()


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is about to do to a stack."""

    stack: str
    specification: str = ""
    file: str = ""
    changed: tuple[str, ...] = ()
    formerly: str = ""
    """What its tenant was called until now, where it is renamed."""


def work(stack: Stack, told: Mapping[str, tuple[str, ...]], former: Mapping[str, str] = MappingProxyType({})) -> Work:
    """What is to be done to a stack; `told` has the sentences of each tenant, `former` the earlier names of some."""
    (file,) = [str(each.inputs["record"]) for each in stack.resources if each.kind is Kind.TENANT_FILE] or [""]
    digest = stack.digest if stack.resources else ""
    slug = stack.name.partition(TENANT)[2]
    return Work(stack.name, digest, record.digest(file), told.get(slug, ()), former.get(slug, ""))


def told(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Sentences of a plan as the record keeps them."""
    return tuple(f"{'!' if each.dangerous else each.sign} {each.text}" for each in sentences)


@dataclass
class Recorder:
    """Writes what one run does. `ended` may be called by several threads."""

    log: AuditLog
    entry: Entry
    """What all lines of the run share."""
    head: Head | None = None
    """Of the record, once something was written."""
    _work: dict[str, Work] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _waiting: list[Entry] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, work: Sequence[Work], moved: Collection[str]) -> None:
        """Before any machine is touched, with the stacks of which it is known that something is to be done.

        Raises OSError or PbxError where it cannot be written, so that nothing goes unrecorded.
        """
        self._work.update({each.stack: each for each in work})
        self._begun.update(moved)
        self._write([self._of(each.stack, Result.BEGUN) for each in work if each.stack in self._begun])

    def ended(self, outcome: Outcome) -> None:
        """What came of a stack; kept for `close` where it cannot be written now."""
        if outcome.stack in self._begun or outcome.done or outcome.error:
            result = _result(outcome)
            error = f"{outcome.error.message}; what now: {outcome.error.remedy}" if outcome.error else ""
            steps = tuple(_step(each) for each in outcome.done)
            entry = self._of(outcome.stack, result)
            with self._guard:
                self._waiting.append(replace(entry, steps=steps, error=error, seconds=round(outcome.seconds, 2)))
            with contextlib.suppress(*TROUBLE):
                self._write(())

    def close(self) -> PbxError | None:
        """Writes what could not be written yet; returns why it still cannot."""
        try:
            self._write(())
        except TROUBLE as error:
            return unrecorded(error)
        return None

    def _of(self, stack: str, result: Result) -> Entry:
        work = self._work.get(stack, Work(stack))
        return replace(
            self.entry,
            at=_now(),
            stack=stack,
            tenant=stack.partition(TENANT)[2],
            specification=work.specification,
            file=work.file,
            changed=work.changed,
            formerly=work.formerly,
            result=result,
        )

    def _write(self, entries: Sequence[Entry]) -> None:
        with self._guard:
            self._waiting += entries
            if self._waiting:
                self.head = self.log.append(self._waiting)
                self._waiting.clear()


TROUBLE = (OSError, PbxError)
"""What is raised where the record cannot be written."""


def unrecorded(error: OSError | PbxError) -> PbxError:
    """The error as people are told it: what cannot be recorded is not begun."""
    if isinstance(error, PbxError):
        return error
    return PbxError(
        f"this cannot be recorded: {error.filename}: {error.strerror}",
        "mend the cause, then repeat: where work was begun the record shows that, and `pbx plan` what is left to do",
    )


def recorder(
    log: AuditLog, origin: Origin, environment: str, command: str, plan: str = "", permit: Permit = AS_USUAL
) -> Recorder:
    """The recorder of a run that begins now."""
    run, allowed = uuid.uuid4().hex[:12], tuple(sorted(permit.allowed))
    entry = Entry("", run, command, __version__, environment, origin, plan, allowed, permit.reason, permit.signed)
    return Recorder(log, entry)


def _result(outcome: Outcome) -> Result:
    if outcome.error:
        return Result.PARTLY if outcome.done else Result.FAILED
    return Result.APPLIED


def _step(done: Done) -> str:
    return f"{done.step.op} {done.step.kind} {done.step.name}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def who(each: Mapping[str, Any]) -> str:
    """Who did what a record tells of, and at which commit of the folder."""
    origin = each["origin"]
    told = f"{origin['user']}@{origin['host']}"
    if origin["pipeline"]:
        told = f"{origin['actor'] or origin['user']} by {origin['pipeline']}"
    commit = f"{origin['commit'][:10]}{'+' if origin['dirty'] else ''}"
    return f"{told}, commit {commit}" if origin["commit"] else told


def history(
    content: bytes, tenant: str = "", since: datetime | None = None
) -> tuple[list[Mapping[str, Any]], frozenset[str]]:
    """What was done to a tenant, or to everything where none is named, newest first; and all tenants that are named.

    A line that only says that work began is left out where another says how it ended. Of a tenant that was renamed
    also what was done to it under its earlier names.
    """
    known: set[str] = set()
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    names = {tenant}
    for line in reversed(content.split(b"\n")):
        each = parse(line)
        if each is None:
            continue
        known.add(each["tenant"])
        if tenant and each["tenant"] not in names:
            continue
        names.add(each.get("formerly") or tenant)
        if since is None or datetime.fromisoformat(each["at"]) >= since:
            found.setdefault((each["run"], each["stack"]), each)  # what ended last stands last
    return list(found.values()), frozenset(known - {""})
