"""What is asked of an engine and what it answers: stacks of coarse resources, plans, results of hosts.

A stack is the platform of an environment (`<env>.platform`) or one tenant on it (`<env>.tenant.<slug>`). Inputs of a
resource are plain data, the same on every machine: digests and names, never a path, an address of the engineer's
machine or a secret. Three ports stand here: `Engine`, `Playbooks` and `SecretStore`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from .artifacts import Bundle, Makeable
from .errors import PbxError

Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


class Kind(StrEnum):
    """The coarse resources that `pbx` knows."""

    PLATFORM_NODE = "PlatformNode"
    """A machine of the platform: its roles and their settings."""
    CORE_BUNDLE = "CoreBundle"
    """A tenant's Asterisk bundle on its core node."""
    EDGE_ROWS = "EdgeRows"
    """A tenant's rows in the data node's database, and the edges that read them."""
    CHAT_HOST = "ChatHost"
    """A tenant's accounts, contact lists and channels on the node that carries chat."""
    VIDEO_ROOMS = "VideoRooms"
    """A tenant's video rooms on the node that carries video."""
    TENANT_FILE = "TenantFile"
    """The tenant file as it was applied, for the words of the next plan; it touches no machine."""


@dataclass(frozen=True)
class Resource:
    """One thing that shall be there. `after` names resources of the same stack that come first, and go last."""

    kind: Kind
    name: str
    inputs: Mapping[str, Plain]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stack:
    """Everything that one run of the engine looks after."""

    name: str
    resources: tuple[Resource, ...]

    @cached_property
    def digest(self) -> str:
        """Names what is wanted: equal resources give an equal digest."""
        facts = [[each.kind, each.name, each.inputs, each.after] for each in self.resources]
        return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def platform_stack(environment: str) -> str:
    """The name of an environment's platform stack."""
    return f"{environment}.platform"


def tenant_stack(environment: str, slug: str) -> str:
    """The name of a tenant's stack in an environment."""
    return f"{environment}.tenant.{slug}"


class Op(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


@dataclass(frozen=True)
class Step:
    """What the engine would do, or did, to one resource; `changed` names the inputs that differ."""

    stack: str
    kind: Kind
    name: str
    op: Op
    changed: tuple[str, ...] = ()
    before: Mapping[str, Plain] = field(default_factory=dict)
    after: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True)
class StackPlan:
    """The steps of one stack, in the engine's order; `digest` is that of the stack as it was wanted."""

    stack: str
    digest: str
    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Step, ...]:
        return tuple(each for each in self.steps if each.op is not Op.SAME)


@dataclass(frozen=True, slots=True)
class HostResult:
    """What a playbook did on one host: tasks that ran, of which changed something, and those by name."""

    host: str
    ran: int
    changed: int
    tasks: tuple[str, ...] = ()
    seen: Mapping[str, Any] = field(default_factory=dict)
    """What its tasks answered under the name `pbx_seen`."""
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Task that changed something → tenants of whom; of a task that is not here nobody knows, so it is everybody's."""
    about: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Task that changed something → last parts of the paths, and services, that its arguments name."""

    def changed_of(self, slug: str) -> int:
        """Of the tasks that changed something, those that did so for this tenant."""
        return self.changed - sum(slug not in self.touched.get(each, (slug,)) for each in self.tasks)


@dataclass(frozen=True)
class Done:
    """A step that was carried out, and what it did on each host."""

    step: Step
    hosts: tuple[HostResult, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came of one stack: either it is as wanted, or `error` says why not."""

    stack: str
    done: tuple[Done, ...] = ()
    skipped: bool = False
    """Whether nothing was to do, known before any engine started."""
    error: PbxError | None = None
    seconds: float = 0.0
    begun: bool = True
    """False where it was left alone because of the error, which is another stack's then."""

    @property
    def changed(self) -> int:
        """Tasks that changed something, over all hosts."""
        return sum(host.changed for each in self.done for host in each.hosts)


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: something began, went on or ended. `host` and `stack` are empty where they do not apply."""

    text: str
    stack: str = ""
    host: str = ""


Progress = Callable[[Event], None]


Outputs = Callable[[str], Mapping[str, Mapping[str, Plain]]]
"""`Engine.outputs`, or what remembers its answers: where state lies elsewhere each takes half a second."""

Ended = Callable[[Outcome], None]
"""Called with what came of a stack as soon as it is known, from any thread."""


class Engine(Protocol):
    """Keeps stacks as they are wanted. All methods raise `PbxError` only."""

    def unchanged(self, stack: Stack) -> bool:
        """Whether the stack is known to be as wanted, without starting anything; false where in doubt."""

    def plan(self, stacks: Sequence[Stack]) -> tuple[StackPlan, ...]:
        """What `apply` would do; touches no host."""

    def apply(
        self, stacks: Sequence[Stack], ended: Ended = lambda _: None, again: frozenset[str] = frozenset()
    ) -> tuple[Outcome, ...]:
        """Makes the stacks so; a failure of one does not stop the others and stands in its outcome.

        `ended` hears of every stack that was not skipped. Those named in `again` are carried out although they are
        as wanted by all that is recorded: somebody may have changed a machine by hand.
        """

    def destroy(self, names: Sequence[str], ended: Ended = lambda _: None) -> tuple[Outcome, ...]:
        """Takes everything of these stacks away, and the stacks themselves."""

    def stacks(self) -> tuple[str, ...]:
        """Names of the stacks that exist, sorted."""

    def outputs(self, name: str) -> Mapping[str, Mapping[str, Plain]]:
        """resource name → its recorded inputs and results; empty where there is no such stack."""


@dataclass(frozen=True)
class Play:
    """One run of a playbook.

    `secret_files` are texts that go into files only their owner can read: variable → text. `overlay` are such texts by
    their path; the variable `pbx_overlay` names the folder that holds them, and is absent where there are none.
    """

    playbook: str
    variables: Mapping[str, Plain]
    secret_files: Mapping[str, str] = field(default_factory=dict)
    overlay: Mapping[str, str] = field(default_factory=dict)
    check: bool = False
    """Only say what would be changed (Ansible's check mode)."""
    forks: int = 10
    seconds: int = 900


class PlayFailed(PbxError):
    """A task failed on a host; `message` names both, and the task's own words.

    `whatever` is asked for there fails now: the host is away, or the run was interrupted.
    """

    def __init__(self, message: str, remedy: str, host: str = "", task: str = "", *, whatever: bool = False) -> None:
        super().__init__(message, remedy)
        self.host = host
        self.task = task
        self.whatever = whatever
        self.results: tuple[HostResult, ...] = ()
        """What was done on each host until then."""


class Playbooks(Protocol):
    """Runs playbooks against the hosts of one environment."""

    def run(
        self, play: Play, progress: Progress, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HostResult, ...]:
        """What happened on each host, sorted by name; raises `PlayFailed`, also soon after `cancelled` turns true."""


class BundleKeeper(Protocol):
    """Keeps bundles by digest on the machine that applies."""

    def put(self, bundle: Bundle) -> object:
        """Keeps a bundle; harmless where it is kept already."""

    def staged(self) -> AbstractContextManager[tuple[Callable[[Bundle], object], Callable[[], None]]]:
        """`put` for bundles that shall come in together, and `keep`, which brings them in; without it none comes."""

    def manifest(self, digest: str) -> Mapping[str, Any]:
        """`tenant`, `product`, `files`, `sounds` (digests of recipes) and `secrets` (handles) of a kept bundle."""

    def text(self, digest: str, path: str) -> str:
        """One file of a kept bundle, with tokens in place of secrets."""

    def recipe(self, digest: str) -> Makeable:
        """How a sound of a kept bundle is made."""

    def tidy(self) -> None:
        """Lets go of what nobody has asked for in a while."""


class SecretStore(Protocol):
    """Secrets by handle. A value never leaves by an error, a log line or a process list."""

    def get(self, handle: str) -> str:
        """The value; raises `PbxError` naming the handle where there is none."""

    def set(self, handle: str, value: str) -> None:
        """Stores or replaces one value."""

    def ensure(self, wanted: Mapping[str, Callable[[], str]]) -> tuple[str, ...]:
        """Makes and stores the values that are missing; returns their handles, sorted."""

    def digest(self, handles: Iterable[str]) -> str:
        """A keyed digest over the values, so that a rotation shows and nothing can be guessed.

        A piece for each handle, in their order, see `core.secrets.rotated`. Empty for no handles; a value that has
        still to be made counts as absent.
        """
