"""Drives the real Pulumi engine through its Automation API: the adapter behind the port `Engine`.

Programs run inline and the provider inside this process, so one run of a stack costs one `pulumi` process. What is as
wanted is known from state before anything starts. A run that was cut off is healed first: the lock of a dead engine
is released, pending operations are cleared by the engine's own refresh, then everything is carried out again, which is
harmless because each step is idempotent.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.core.deployment import (
    Done,
    Event,
    HostResult,
    Kind,
    Op,
    Outcome,
    Plain,
    Progress,
    Stack,
    StackPlan,
    Step,
)
from provisioner.core.errors import PbxError

from . import cli, locks, wanted
from .program import PACKAGE, PROJECT, RESULT, without_positions
from .state import LocalState, Snapshot, local_folder, snapshot

if TYPE_CHECKING:
    from pulumi import automation

    from .carry import Means
    from .provider import PbxProvider

T = TypeVar("T")
R = TypeVar("R")

_TOKEN = f"{PACKAGE}:index:"
_OPS = {
    "create": Op.CREATE,
    "update": Op.UPDATE,
    "delete": Op.DELETE,
    "same": Op.SAME,
    "replace": Op.REPLACE,
}


@dataclass(frozen=True)
class Settings:
    """Where the engine keeps its things. `folder` is `.pbx` of the provider's folder."""

    folder: Path
    backend: str
    """URL of the backend; the default is `file://<folder>/state`."""
    passphrase: Callable[[], str]
    """Seals secrets in state; state holds none of ours, but an engine asks for it."""
    parallel: int = 4
    """Stacks at once."""
    cache: Path | None = None


@dataclass
class _Record:
    """What a run of the engine told about itself."""

    steps: list[Step] = field(default_factory=list)
    finished: dict[str, float] = field(default_factory=dict)
    """URN → seconds that its operation took."""
    begun: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class PulumiEngine:
    """Stacks of one provider's folder. `means` gives what the provider works with, by the name of the stack."""

    def __init__(self, settings: Settings, means: Callable[[str], Means], progress: Progress) -> None:
        self._settings = settings
        self._means = means
        self._progress = progress
        folder = local_folder(settings.backend)
        self._state = LocalState(folder) if folder else None

    def unchanged(self, stack: Stack) -> bool:
        known = self._state.read(stack.name) if self._state else None
        return known is not None and known.is_as(stack)

    def stacks(self) -> tuple[str, ...]:
        if self._state:
            return self._state.names()
        with self._running() as run:
            return tuple(sorted(each.name for each in run.workspace(None).list_stacks()))

    def outputs(self, name: str) -> Mapping[str, Mapping[str, Plain]]:
        if self._state:
            known = self._state.read(name)
        else:
            with self._running() as run:
                known = run.export(name)
        return {each.name: {**each.inputs, RESULT: dict(each.hosts)} for each in known.resources} if known else {}

    def plan(self, stacks: Sequence[Stack]) -> tuple[StackPlan, ...]:
        changed = [each for each in stacks if not self.unchanged(each)]
        plans: dict[str, StackPlan] = {}
        if changed:
            with self._running() as run:
                plans = {each.stack: each for each in run.all(run.preview, changed)}
        return tuple(plans.get(each.name) or _as_it_is(each) for each in stacks)

    def apply(self, stacks: Sequence[Stack]) -> tuple[Outcome, ...]:
        outcomes = {each.name: Outcome(each.name, skipped=True) for each in stacks if self.unchanged(each)}
        changed = [each for each in stacks if each.name not in outcomes]
        if changed:
            with self._running() as run:
                self._apply(changed, run, outcomes)
        return tuple(outcomes[each.name] for each in stacks)

    def _apply(self, stacks: Sequence[Stack], run: _Run, outcomes: dict[str, Outcome]) -> None:
        """The platform first: no tenant goes to a platform that is not as it should be."""
        tenants = [each for each in stacks if not each.name.endswith(".platform")]
        platforms = [each for each in stacks if each not in tenants]
        outcomes.update({each.stack: each for each in run.all(run.up, platforms)})
        failed = [name for name, each in outcomes.items() if each.error]
        if failed:
            why = PbxError(f"not begun, because {failed[0]} failed", f"mend {failed[0]}, then repeat")
            outcomes.update({each.name: Outcome(each.name, error=why) for each in tenants})
            return
        outcomes.update({each.stack: each for each in run.all(run.up, tenants)})

    def destroy(self, names: Sequence[str]) -> tuple[Outcome, ...]:
        """Tenants first, the platform last."""
        existing = set(self.stacks())
        there = [each for each in names if each in existing]
        outcomes = {each: Outcome(each, skipped=True) for each in names}
        if there:
            with self._running() as run:
                for last in (False, True):
                    group = [each for each in there if each.endswith(".platform") is last]
                    outcomes.update({each.stack: each for each in run.all(run.destroy, group)})
        return tuple(outcomes[each] for each in names)

    @contextmanager
    def _running(self) -> Iterator[_Run]:
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # else gRPC logs a line at each start of a playbook
        from .provider import PbxProvider
        from .server import serve

        program = cli.command(lambda text: self._progress(Event(text)), self._settings.cache)
        provider = PbxProvider(self._means, self._progress)
        from pulumi.automation import CommandError

        with serve(provider) as port, without_positions():
            try:
                yield _Run(self._settings, self._state, self._progress, program, provider, port)
            except CommandError as error:
                raise PbxError(
                    f"the engine cannot use the state at {self._settings.backend}: {_last_words(str(error))}",
                    "check that the place is there and that you may use it, then repeat",
                ) from error


def _as_it_is(stack: Stack) -> StackPlan:
    steps = [Step(stack.name, each.kind, each.name, Op.SAME, (), each.inputs, each.inputs) for each in stack.resources]
    return StackPlan(stack.name, stack.digest, tuple(steps))


class _Run:
    """One session with the engine: the command, the provider that it is attached to, and the workspace."""

    def __init__(
        self,
        settings: Settings,
        state: LocalState | None,
        progress: Progress,
        program: Path,
        provider: PbxProvider,
        port: int,
    ) -> None:
        self._settings = settings
        self._state = state
        self._progress = progress
        self._program = program
        self._provider = provider
        self._port = port

    def all(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The results of the work on each item, several at once; where we are interrupted it all ends soon."""
        with ThreadPoolExecutor(self._settings.parallel) as pool:
            waiting = [pool.submit(work, each) for each in items]
            try:
                return [each.result() for each in waiting]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._provider.stop()
                stop_engines()
                raise

    def preview(self, stack: Stack) -> StackPlan:
        record = _Record()
        wanted.write(stack, self._settings.folder)
        self._ensure(stack.name)
        try:
            self._stack(stack).preview(on_event=_listener(record, stack.name, None), **_QUIET)
        except Exception as error:
            raise self._error(stack.name, record, error) from error
        return StackPlan(stack.name, stack.digest, tuple(record.steps))

    def up(self, stack: Stack) -> Outcome:
        def work(record: _Record) -> None:
            wanted.write(stack, self._settings.folder)
            self._ensure(stack.name)
            self._heal(stack.name)
            self._stack(stack).up(on_event=_listener(record, stack.name, self._progress), **_QUIET)

        return self._carried(stack.name, work)

    def destroy(self, name: str) -> Outcome:
        def work(record: _Record) -> None:
            self._heal(name)
            stack = self._stack(Stack(name, ()))
            stack.destroy(on_event=_listener(record, name, self._progress), **_QUIET)
            stack.workspace.remove_stack(stack.name)

        return self._carried(name, work)

    def export(self, name: str) -> Snapshot | None:
        """What a backend that is not a local folder says of a stack; nothing where it has none."""
        from pulumi.automation import StackNotFoundError

        try:
            return snapshot(self._stack(Stack(name, ())).export_stack().deployment or {})
        except StackNotFoundError:
            return None

    def _carried(self, name: str, work: Callable[[_Record], None]) -> Outcome:
        record = _Record()
        start = time.monotonic()
        error: PbxError | None = None
        try:
            with locks.ours(self._settings.folder / "locks", name):
                work(record)
        except Exception as raised:
            error = raised if isinstance(raised, PbxError) else self._error(name, record, raised)
        return Outcome(name, _done(record, self._provider.results), error=error, seconds=time.monotonic() - start)

    def _ensure(self, name: str) -> None:
        """Makes the stack where it is not there yet."""
        if self._state and self._state.exists(name):
            return
        from pulumi.automation import StackAlreadyExistsError

        if self._state:
            local = local_folder(self._settings.backend)
            assert local is not None
            local.mkdir(parents=True, exist_ok=True)
        try:
            self.workspace(None).create_stack(_full(name))
        except StackAlreadyExistsError:
            return

    def _heal(self, name: str) -> None:
        if self._state:
            locks.release_dead(self._state, name, self._progress)
            pending = self._state.pending(name)
        else:
            known = self.export(name)
            pending = known is not None and known.unfinished
        if pending:
            self._progress(Event("the last run was cut off: clearing what it left pending", name))
            self._stack(Stack(name, ())).refresh(clear_pending_creates=True, run_program=False, **_QUIET)

    def _error(self, name: str, record: _Record, raised: Exception) -> PbxError:
        """The typed error behind a failure: the provider's own where it has one, else the engine's words."""
        from pulumi.automation import CommandError, ConcurrentUpdateError

        prefix = f"urn:pulumi:{name}::"
        for urn, error in self._provider.failures.items():
            if urn.startswith(prefix):
                return error
        if isinstance(raised, ConcurrentUpdateError):
            words = str(raised)
            owner = words[words.find("created by ") + 11 :].splitlines()[0] if "created by " in words else "another run"
            return locks.held(name, owner)
        if isinstance(raised, CommandError):
            words = " – ".join(record.errors) or _last_words(str(raised))
            return PbxError(f"the engine could not finish {name}: {words}", "mend the cause, then repeat")
        return PbxError(f"the engine failed on {name}: {type(raised).__name__}: {raised}", "repeat")

    def workspace(self, program: Callable[[], None] | None) -> automation.LocalWorkspace:
        from pulumi import automation
        from semver import VersionInfo

        folder = self._settings.folder / "pulumi"
        fresh = not (folder / "Pulumi.yaml").is_file()
        folder.mkdir(parents=True, exist_ok=True)
        return automation.LocalWorkspace(
            work_dir=str(folder),
            pulumi_home=str(self._settings.folder / "home"),
            program=program,
            env_vars=self._environment(),
            project_settings=automation.ProjectSettings(name=PROJECT, runtime="python") if fresh else None,
            pulumi_command=_command(self._program, VersionInfo.parse(cli.wanted_version())),
        )

    def _stack(self, stack: Stack) -> automation.Stack:
        def program() -> None:
            from stacks.program import run

            run(stack)

        return _quiet_stack(_full(stack.name), self.workspace(program))

    def _environment(self) -> dict[str, str]:
        return {
            **cli.CLOSED_NETWORK,
            "PULUMI_BACKEND_URL": self._settings.backend,
            "PULUMI_CONFIG_PASSPHRASE": self._settings.passphrase(),
            "PULUMI_DEBUG_PROVIDERS": f"{PACKAGE}:{self._port}",
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
            "PULUMI_LOG_ROTATION_MAX_AGE_DAYS": "1",
            "PULUMI_LOG_ROTATION_MAX_TOTAL_MB": "10",
            "NO_COLOR": "1",
        }


def stop_engines() -> None:
    """Asks the engines that we started to end; they save what was done."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in task.read_text(encoding="ascii").split():
            with suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith("pulumi"):
                    os.kill(int(pid), signal.SIGTERM)


_QUIET: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}


def _full(name: str) -> str:
    return f"organization/{PROJECT}/{name}"


def _quiet_stack(name: str, workspace: automation.LocalWorkspace) -> automation.Stack:
    """A stack that is there already, and asks for no history and outputs after a run: 0.1 s for each question."""
    from pulumi import automation

    class Quiet(automation.Stack):
        def __init__(self) -> None:
            self.name = name
            self.workspace = workspace

        def outputs(self) -> Any:
            return {}

        def info(self, show_secrets: bool = False) -> Any:  # noqa: ARG002
            return object()

    return Quiet()


def _command(program: Path, version: Any) -> Any:
    """The SDK's command for a program whose version is known, so that it is not asked for again."""
    from pulumi.automation import PulumiCommand

    class Known(PulumiCommand):
        def __init__(self) -> None:
            self.command = str(program)
            self.version = version

    return Known()


def _listener(record: _Record, stack: str, progress: Progress | None) -> Callable[[Any], None]:
    """Takes the engine's events into the record."""

    def listen(event: Any) -> None:
        if (begun := event.resource_pre_event) and begun.metadata.type.startswith(_TOKEN):
            _begin(record, stack, begun.metadata, progress)
        elif (ended := event.res_outputs_event) and ended.metadata.type.startswith(_TOKEN):
            _end(record, ended.metadata)
        elif (said := event.diagnostic_event) and said.severity == "error":
            record.errors.append(" ".join(said.message.split()))

    return listen


def _begin(record: _Record, stack: str, metadata: Any, progress: Progress | None) -> None:
    operation = getattr(metadata.op, "value", metadata.op)
    record.begun[metadata.urn] = time.monotonic()
    if operation not in _OPS:
        return
    kind, name = Kind(metadata.type.removeprefix(_TOKEN)), metadata.urn.rsplit("::", 1)[1]
    op = _OPS[operation]
    before = dict(metadata.old.inputs) if metadata.old else {}
    after = dict(metadata.new.inputs) if metadata.new else {}
    record.steps.append(Step(stack, kind, name, op, tuple(sorted(metadata.diffs or ())), before, after))
    if progress and op is not Op.SAME:
        progress(Event(f"{op} {kind} {name}", stack))


def _end(record: _Record, metadata: Any) -> None:
    if metadata.urn in record.begun:
        record.finished[metadata.urn] = time.monotonic() - record.begun[metadata.urn]


def _done(record: _Record, hosts: Mapping[str, Mapping[str, Any]]) -> tuple[Done, ...]:
    done: list[Done] = []
    for urn, seconds in record.finished.items():
        name = urn.rsplit("::", 1)[1]
        for step in record.steps:
            if step.name == name and step.op is not Op.SAME:
                ran = sorted(hosts.get(urn, {}).items())
                results = tuple(HostResult(host, each["ran"], each["changed"]) for host, each in ran)
                done.append(Done(step, results, seconds))
    return tuple(done)


def _last_words(text: str) -> str:
    lines = [each.strip() for each in text.splitlines() if "error:" in each]
    return " – ".join(lines[-3:]) or " ".join(text.split())[-500:]
