"""The test calls of a tenant: every way that a caller can take, each once, and what its users do.

Starting at each public number, the visits that the rooms describe are strung together, nearest nodes first; what has an
extension and no public number leads to it is then called by a user. A node is tried wholly by the first call that comes
to it; later calls that come there only prove that they do. Deterministic for the same tenant and time of planning;
nothing here is done, see `verify`.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from provisioner.core.feature import Scope
from provisioner.core.probes import (
    Dials,
    HangsUp,
    Hears,
    Network,
    Outside,
    Passes,
    Phone,
    Probe,
    Reaches,
    Rings,
    Route,
    StaysQuiet,
    Step,
    TalkBothWays,
    Waits,
    example_caller,
    parties,
)  # fmt: skip
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way, one_of
from provisioner.tenant import FEATURES, Tenant

from . import scopes

CALL_OUT = "112"
LINES = 8
"""How many callers from outside one tenant's probes have between them."""

NOT_FROM_INSIDE = ("conference", "user", "fax", "voicemail")
"""What colleagues call has test calls of its own (users), wants no talk (fax), lets members listen (voicemail) or lets
them in among those who confer."""


@dataclass(frozen=True, slots=True)
class _Path:
    """How a call came here."""

    line: Outside
    steps: tuple[Step, ...]
    language: str
    at: datetime | None = None
    nodes: tuple[Ref, ...] = ()
    words: tuple[str, ...] = ()
    seconds: float = 0.0
    rows: tuple[str, ...] = ()
    may_ring: tuple[Phone, ...] = ()
    name: str = ""
    """The way that was taken last."""
    internal: bool = False
    """Whether a user makes the call: one whose telephones have no other part in it."""

    def at_node(self, ref: Ref, visit: Visit) -> _Path:
        return replace(
            self,
            nodes=(*self.nodes, ref),
            rows=self.rows + visit.rows,
            may_ring=self.may_ring + visit.may_ring,
        )

    def by(self, visit: Visit, way: Way) -> _Path:
        before = visit.arrival if way.before is None else way.before
        node = self.nodes[-1]
        return replace(
            self,
            name=f"{node.kind}.{node.name}.{way.id}".strip("."),
            steps=(*self.steps, *before, *way.steps),
            at=self.at or way.at,
            language=way.language or self.language,
            words=(*self.words, way.title) if way.title else self.words,
            seconds=self.seconds + way.seconds,
            rows=self.rows + way.rows,
        )


def of_tenant(tenant: Tenant, scope: Scope, now: datetime) -> tuple[Probe, ...]:
    """Every test call of one tenant; `now` is aware."""
    direct = (
        probe
        for feature in FEATURES
        if feature.probes
        for probe in feature.probes(scopes.section(tenant, feature), scope)
    )
    return (*direct, *_emergency(tenant, scope), *_Walk(tenant, scope, now).probes())


def of_platform(tenants: Mapping[str, tuple[Tenant, Scope]]) -> tuple[Probe, ...]:
    """What no tenant can prove alone: that tenants with the same extensions and names do not reach each other."""
    slugs = sorted(tenants)
    return tuple(
        probe
        for slug, other in zip(slugs, slugs[1:] + slugs[:1], strict=True)
        if slug != other
        for probe in _apart(tenants[slug], tenants[other])
    )


class _Walk:
    """The calls to what the tenant has: from outside, and from inside to what nobody outside can call."""

    def __init__(self, tenant: Tenant, scope: Scope, now: datetime) -> None:
        self._tenant, self._scope, self._now = tenant, scope, now
        self._telephones = {name: tuple(user.telephones) for name, user in tenant.users.items() if user.telephones}
        self._seen: set[Ref] = set()
        self._ids: set[str] = set()
        self._first_line = zlib.crc32(scope.slug.encode()) % 1000

    def probes(self) -> Iterator[Probe]:
        line = example_caller(self._first_line)
        for number in self._tenant.numbers:
            start = _Path(line, (Dials(line, number),), self._scope.language, words=(self._title(number),))
            yield from self._from(Ref("number", number), start)
        for extension, ref in self._scope.extensions.items():
            if ref.kind in NOT_FROM_INSIDE or ref in self._seen:
                continue
            self._seen.add(ref)
            words = (f"{ref} on {extension}",)
            start = _Path(line, (Dials(line, extension),), self._scope.language, words=words, internal=True)
            yield from self._from(ref, start)

    def _from(self, first: Ref, start: _Path) -> Iterator[Probe]:
        waiting: deque[tuple[Ref, _Path]] = deque([(first, start)])
        while waiting:
            ref, path = waiting.popleft()
            visit = self._visit(ref, path)
            if visit is None:
                continue
            here = path.at_node(ref, visit)
            if not visit.ways:
                yield from self._arrives(here, visit)
            for way in visit.ways:
                onward = here.by(visit, way)
                if way.to is None:
                    yield from self._probe(onward)
                elif way.to not in self._seen:
                    self._seen.add(way.to)
                    waiting.append((way.to, onward))
                elif there := self._visit(way.to, onward):
                    yield from self._arrives(onward.at_node(way.to, there), there)

    def _arrives(self, path: _Path, visit: Visit) -> Iterator[Probe]:
        """The call comes to the last node; what it could do there is another probe's."""
        words = (*path.words, f"to {path.nodes[-1]}")
        return self._probe(replace(path, steps=(*path.steps, *visit.arrival), words=words))

    def _visit(self, ref: Ref, path: _Path) -> Visit | None:
        caller = Caller(
            line=path.line,
            language=path.language,
            now=self._now,
            at=path.at,
            telephones=self._telephones,
            internal=path.internal,
        )
        for feature in FEATURES:
            if feature.visit and (
                found := feature.visit(scopes.section(self._tenant, feature), ref, self._scope, caller)
            ):
                return found
        return None

    def _probe(self, path: _Path) -> Iterator[Probe]:
        line = self._user_apart(path) if path.internal else self._next_line()
        if line is None:
            return
        unique, count = path.name, 2
        while unique in self._ids:
            unique, count = f"{path.name}-{count}", count + 1
        self._ids.add(unique)
        steps = (*path.steps, Passes(path.line, tuple(str(ref) for ref in path.nodes)))
        yield Probe(
            id=unique,
            title=" › ".join(path.words),
            tenant=self._scope.slug,
            rows=tuple(dict.fromkeys(path.rows)),
            at=path.at,
            steps=tuple(_from_line(step, path.line, line) for step in steps),
            may_ring=tuple(dict.fromkeys(path.may_ring)),
            seconds=path.seconds + _seconds(path.steps),
        )

    def _next_line(self) -> Outside:
        """Each call has a line of its own from a small pool, so that calls to one number can be made side by side."""
        return example_caller(self._first_line + (len(self._ids) + 1) % LINES)

    def _user_apart(self, path: _Path) -> Phone | None:
        """A telephone of a user whom this call does not ring and who hears the tenant's language."""
        taken = {each.user for each in _phones(path)}
        apart = (user for user in self._telephones if user not in taken and not self._tenant.users[user].language)
        return next((_phone(self._tenant, user) for user in apart), None)

    def _title(self, number: str) -> str:
        return self._tenant.numbers[number].title or number


def _phones(path: _Path) -> Iterator[Phone]:
    """Every telephone that the call rings or may ring."""
    yield from path.may_ring
    for step in path.steps:
        yield from (party for party in parties(step) if isinstance(party, Phone))


def _from_line(step: Step, planned: Outside, line: Outside | Phone) -> Step:
    """The step with another caller."""
    changed: dict[str, Any] = {each.name: line for each in fields(step) if getattr(step, each.name) == planned}
    return replace(step, **changed) if changed else step


def _seconds(steps: tuple[Step, ...]) -> float:
    """How long the steps may take together."""
    waits = sum(step.seconds for step in steps if isinstance(step, Waits))
    heard = sum(step.within + 20 for step in steps if isinstance(step, Hears))
    return 60.0 + waits + heard


def _emergency(tenant: Tenant, scope: Scope) -> Iterator[Probe]:
    """From each site, by the user who may call least."""
    for name, site in tenant.sites.items():
        there = [
            (scope.permissions[each].level, each, next(iter(user.telephones)))
            for each, user in tenant.users.items()
            if user.telephones and (user.site.name if user.site else scope.first_site) == name
        ]
        if not there:
            continue
        _, user, device = min(there)
        phone, centre = Phone(user, device), Network(Route.EMERGENCY)
        yield Probe(
            id=f"sites.{name}.emergency",
            title=f"{tenant.users[user].name} ({scope.permissions[user]} calls only) reaches {CALL_OUT}",
            tenant=scope.slug,
            rows=("N5",),
            steps=(
                Dials(phone, CALL_OUT),
                Reaches(centre, CALL_OUT, site.emergency_number or scope.main_number),
                TalkBothWays(phone, centre),
                HangsUp(phone),
            ),
        )


def _apart(one: tuple[Tenant, Scope], two: tuple[Tenant, Scope]) -> Iterator[Probe]:
    """The first extension and the first queue that both tenants have."""
    tenant, scope = one
    other, other_scope = two
    for extension, ref in scope.extensions.items():
        there = other_scope.extensions.get(extension)
        if there is None or {ref.kind, there.kind} != {"user"}:
            continue
        caller, callee = _another(tenant, ref.name), _phone(tenant, ref.name)
        stranger = _phone(other, there.name, other_scope.slug)
        if caller and callee and stranger and not tenant.users[ref.name].forwarding.rule("always", inside=True)[1]:
            yield Probe(
                id=f"apart.{other_scope.slug}.extension-{extension}",
                title=f"{extension} rings at {tenant.name} and not at {other.name}",
                tenant=scope.slug,
                rows=("U1",),
                steps=(Dials(caller, extension), Rings(callee), StaysQuiet(stranger), HangsUp(caller)),
            )
            break
    for name in sorted(tenant.queues.keys() & other.queues.keys()):
        queue = tenant.queues[name]
        agents = tuple(filter(None, (_phone(tenant, ref.name) for ref in queue.refs)))
        strangers = tuple(filter(None, (_phone(other, ref.name, other_scope.slug) for ref in other.queues[name].refs)))
        members = {ref.name for ref in queue.refs}
        caller = next((phone for user in tenant.users if user not in members and (phone := _phone(tenant, user))), None)
        if queue.extension and agents and strangers and caller:
            yield Probe(
                id=f"apart.{other_scope.slug}.queue-{name}",
                title=f"Queue {name} of {tenant.name} does not ring at {other.name}",
                tenant=scope.slug,
                rows=("Q2",),
                steps=(
                    Dials(caller, queue.extension),
                    Rings(one_of(agents), within=queue.ring_time + queue.wrap_up + 10),
                    *(StaysQuiet(each, 0.3) for each in strangers),
                    HangsUp(caller),
                ),
                may_ring=agents,
            )
            break


def _phone(tenant: Tenant, user: str, slug: str = "") -> Phone | None:
    found = tenant.users.get(user)
    return Phone(user, next(iter(found.telephones)), slug) if found and found.telephones else None


def _another(tenant: Tenant, user: str) -> Phone | None:
    return next((phone for each in tenant.users if each != user and (phone := _phone(tenant, each))), None)
