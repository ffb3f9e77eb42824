"""A provider's folder with fakes around it, for what deploys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.bundles import BundleStore
from provisioner.core.artifacts import Makeable
from provisioner.core.audit import Origin
from provisioner.core.deployment import Ended, Op, Outcome, Plain, Stack, StackPlan, Step
from provisioner.core.errors import LockHeld, PbxError, UsageError
from provisioner.core.outlets import Outlets
from provisioner.core.ports.commits import Commit
from provisioner.core.ports.sounds import Made
from provisioner.core.secrets import ABSENT
from provisioner.core.site import Machine, Role, Site
from provisioner.pipeline import deploy
from provisioner.pipeline.binding import Binding
from provisioner.pipeline.prepared import Prepared
from provisioner.wiring import provider
from tests.pipeline.fake_audit import FakeAudit


@dataclass
class FakeEngine:
    """Remembers stacks as they were wanted; `broken` names stacks that fail."""

    there: dict[str, Stack] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def unchanged(self, stack: Stack) -> bool:
        return stack.name in self.there and self.there[stack.name].digest == stack.digest

    def plan(self, stacks: Sequence[Stack]) -> tuple[StackPlan, ...]:
        return tuple(StackPlan(each.name, each.digest, tuple(self._steps(each))) for each in stacks)

    def _steps(self, stack: Stack) -> Iterable[Step]:
        before = {each.name: each for each in self.there[stack.name].resources} if stack.name in self.there else {}
        for each in stack.resources:
            old = before.pop(each.name).inputs if each.name in before else {}
            differs = tuple(sorted(key for key in {*old, *each.inputs} if old.get(key) != each.inputs.get(key)))
            if differs:
                op = Op.UPDATE if old else Op.CREATE
                yield Step(stack.name, each.kind, each.name, op, differs if old else (), old, each.inputs)
        for gone in reversed(before.values()):
            yield Step(stack.name, gone.kind, gone.name, Op.DELETE, (), gone.inputs)

    def apply(
        self, stacks: Sequence[Stack], ended: Ended = lambda _: None, again: frozenset[str] = frozenset()
    ) -> tuple[Outcome, ...]:
        return tuple(heard(self._apply(each, again), ended) for each in stacks)

    def _apply(self, stack: Stack, again: frozenset[str]) -> Outcome:
        if stack.name in self.broken:
            return Outcome(stack.name, error=PbxError("broken", "mend it"))
        outcome = Outcome(stack.name, skipped=stack.name not in again and self.unchanged(stack))
        self.there[stack.name] = stack
        return outcome

    def destroy(self, names: Sequence[str], ended: Ended = lambda _: None) -> tuple[Outcome, ...]:
        gone = [Outcome(each, skipped=self.there.pop(each, None) is None) for each in names]
        return tuple(heard(each, ended) for each in gone)

    def stacks(self) -> tuple[str, ...]:
        return tuple(sorted(self.there))

    def outputs(self, name: str) -> Mapping[str, Mapping[str, Plain]]:
        return {each.name: each.inputs for each in self.there[name].resources} if name in self.there else {}


def heard(outcome: Outcome, ended: Ended) -> Outcome:
    if not outcome.skipped:
        ended(outcome)
    return outcome


@dataclass
class FakeSecrets:
    values: dict[str, str] = field(default_factory=dict)

    def get(self, handle: str) -> str:
        if handle not in self.values:
            raise PbxError(f"there is no secret {handle}")
        return self.values[handle]

    def set(self, handle: str, value: str) -> None:
        self.values[handle] = value

    def ensure(self, wanted: Mapping[str, Callable[[], str]]) -> tuple[str, ...]:
        made = {each: make() for each, make in wanted.items() if each not in self.values}
        self.values.update(made)
        return tuple(sorted(made))

    def digest(self, handles: Iterable[str]) -> str:
        kept = [(each, self.values.get(each)) for each in sorted(set(handles))]
        return "".join(ABSENT if fact[1] is None else f"{hash(fact) & 0xFFFFFFFF:08x}" for fact in kept)


@dataclass
class FakeSounds:
    made: list[Makeable] = field(default_factory=list)

    def make(self, recipes: Iterable[Makeable], progress: Made | None = None) -> Mapping[str, str]:
        del progress
        self.made += recipes
        return {}


@dataclass
class FakeCommits:
    """Commits, newest first, each with the files of the folder as it had them."""

    commits: list[tuple[Commit, dict[str, bytes]]] = field(default_factory=list)
    dirty: set[str] = field(default_factory=set)

    def commit(self, revision: str) -> Commit:
        for each, _ in self.commits:
            if revision and each.digest.startswith(revision):
                return each
        raise UsageError(f"no revision {revision!r}")

    def since(self, commit: str, paths: Sequence[str]) -> tuple[Commit, ...]:
        found = []
        for (each, files), (_, before) in zip(self.commits, self.commits[1:], strict=False):
            names = {name for name in files.keys() | before.keys() if files.get(name) != before.get(name)}
            if each.digest == commit:
                return tuple(found)
            if any(_below(name, paths) for name in names):
                found.append(each)
        return tuple(found) if self.commits and self.commits[-1][0].digest == commit else ()

    def uncommitted(self, paths: Sequence[str]) -> bool:
        return any(_below(each, paths) for each in self.dirty)

    def files(self, commit: str, paths: Sequence[str]) -> tuple[str, ...]:
        (found,) = [files for each, files in self.commits if each.digest == commit]
        return tuple(sorted(each for each in found if _below(each, paths)))

    def content(self, commit: str, path: str) -> bytes:
        (found,) = [files for each, files in self.commits if each.digest == commit]
        return found[path]


def _below(name: str, paths: Sequence[str]) -> bool:
    return any(path == "." or name == path or name.startswith(f"{path}/") for path in paths)


@dataclass
class FakeGate:
    """Remembers who passed; `owner` is whoever stands in it."""

    passed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    owner: str = ""

    @contextmanager
    def held(self, environment: str, tenants: tuple[str, ...]) -> Iterator[None]:
        if self.owner:
            raise LockHeld(f"{environment} is locked by {self.owner}")
        self.passed.append((environment, tenants))
        yield


@dataclass
class House:
    """A provider's folder with fakes around it."""

    folder: Path
    engine: FakeEngine = field(default_factory=FakeEngine)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    sounds: FakeSounds = field(default_factory=FakeSounds)
    audit: FakeAudit = field(default_factory=FakeAudit)
    commits: FakeCommits = field(default_factory=FakeCommits)
    gate: FakeGate = field(default_factory=FakeGate)
    site: Site = field(default_factory=lambda: SITE)

    @property
    def tools(self) -> deploy.Tools:
        store = BundleStore(self.folder / ".pbx")
        roles = "-".join
        return deploy.Tools(
            self.engine,
            self.secrets,
            store,
            self.sounds,
            roles,
            self.audit,
            lambda: ORIGIN,
            self.commits,
            self.gate,
        )

    def prepare(self, *only: str) -> Prepared:
        return deploy.prepare(self.folder, provider(self.folder), lambda: self.site, self.tools, frozenset(only))

    def plan(self, *only: str) -> deploy.Plan:
        return deploy.plan(self.prepare(*only), self.tools)

    def apply(self, planned: Binding | None = None) -> tuple[Outcome, ...]:
        return deploy.apply(self.prepare(), self.tools, lambda _: None, planned).outcomes


ORIGIN = Origin("anna", "desk", commit="c0ffee")
SITE = Site(
    "lab",
    (
        Machine("core", Role.CORE, "198.18.0.30"),
        Machine("data", Role.DATA, "198.18.0.10"),
        Machine("edge", Role.EDGE, "198.18.0.20", "198.19.0.20"),
    ),
    ("198.18.0.0/24",),
    trunk_addresses={"carrier": "198.19.0.40", "emergency": "198.19.0.40"},
    outlets=Outlets(),
)
