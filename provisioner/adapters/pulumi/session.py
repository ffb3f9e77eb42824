"""One session with the Pulumi engine: previewing, carrying out and healing stacks, several at once.

What the SDK would ask the engine in vain is told to it by `sdk`.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.core.deployment import Event, Outcome, Progress, Stack, StackPlan
from provisioner.core.errors import LockHeld, PbxError

from . import cli, locks, sdk, wanted
from .program import PACKAGE, PROJECT
from .record import Record, differences, last_words, way_out
from .state import LocalState, Snapshot, engine_url, full_name, snapshot

if TYPE_CHECKING:
    from pulumi import automation

    from .provider import PbxProvider

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Settings:
    """Where the engine keeps its things. `folder` is `.pbx` of the provider's folder."""

    folder: Path
    backend: str
    """URL of the backend; the default is `file://<folder>/state`."""
    passphrase: Callable[[], str]
    """Seals secrets in state; state holds none of ours, but an engine asks for it."""
    parallel: int = 32
    """Stacks at once where there is memory for so many engines; so many tenants go to a node together."""
    previews: int = 4
    """Stacks at once whose change is only asked for."""
    cache: Path | None = None
    locks: Path | None = None
    """The folder of our locks; the default is `<folder>/locks`."""
    plugins: Callable[[], Path] | None = None
    """Gets the folder of the engine's plug-ins that a cluster needs."""
    wait: float = 0.0
    """Seconds to wait for somebody else who works on a stack."""


_COLLISION_SECONDS = 60.0
"""How long a run that has begun waits for another machine's at a tenant. Both passed the platform's lock, so each has
the other's stacks before it: whoever waits finds them done."""

_LOOK_SECONDS = 2.0


class Session:
    """The command, the provider that it is attached to, and the workspace."""

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
        self._making = threading.Lock()
        self._blank: str | None = None
        """The state of a stack of nothing, as the engine wrote it: starting one for each takes 0.3 s of CPU."""

    def all(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The results of the work on each item, several at once; where we are interrupted it all ends soon."""
        return self._all(work, items, min(self._settings.parallel, _affordable()))

    def previews(self, stacks: Sequence[Stack]) -> list[StackPlan]:
        return self._all(self.preview, stacks, self._settings.previews)

    def _all(self, work: Callable[[T], R], items: Sequence[T], at_once: int) -> list[R]:
        with ThreadPoolExecutor(at_once) as pool:
            waiting = [pool.submit(work, each) for each in items]
            try:
                return [each.result() for each in waiting]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._provider.stop()
                stop_engines()
                raise

    def preview(self, stack: Stack) -> StackPlan:
        record = Record()
        wanted.write(stack, self._settings.folder)
        self._ensure(stack.name)
        try:
            self._stack(stack).preview(on_event=record.listener(stack.name), **sdk.QUIET)
        except Exception as error:
            raise self._error(stack.name, record, error) from error
        return StackPlan(stack.name, stack.digest, tuple(record.steps))

    def astray(self, name: str) -> tuple[tuple[str, str], ...]:
        """Object and field of what is otherwise in a cluster than the stack's state says."""
        found: list[tuple[str, str]] = []

        def listen(event: Any) -> None:
            if ended := event.res_outputs_event:
                found.extend(differences(ended.metadata))

        record = Record()
        try:
            self._stack(Stack(name, ())).preview_refresh(on_event=listen, run_program=False, **sdk.QUIET)
        except Exception as error:
            raise self._error(name, record, error) from error
        return tuple(sorted(found))

    def up(self, stack: Stack) -> Outcome:
        def work(record: Record) -> None:
            wanted.write(stack, self._settings.folder)
            self._ensure(stack.name)
            self._heal(stack.name)
            # What somebody changed by hand in a cluster is seen by looking there first.
            looking = self._plugged(stack.name) and stack.name in self._provider.again
            listener = record.listener(stack.name, self._progress)
            self._stack(stack).up(on_event=listener, refresh=looking or None, **sdk.QUIET)

        return self._carried(stack.name, work)

    def destroy(self, name: str) -> Outcome:
        def work(record: Record) -> None:
            self._heal(name)
            stack = self._stack(Stack(name, ()))
            stack.destroy(on_event=record.listener(name, self._progress), **sdk.QUIET)
            stack.workspace.remove_stack(stack.name)

        return self._carried(name, work)

    def export(self, name: str) -> Snapshot | None:
        """What a backend that is not a local folder says of a stack; nothing where it has none."""
        from pulumi.automation import StackNotFoundError

        try:
            return snapshot(self._stack(Stack(name, ())).export_stack().deployment or {})
        except StackNotFoundError:
            return None

    def cancel(self, name: str) -> None:
        """Takes a lock away that another machine left."""
        self._stack(Stack(name, ())).cancel()

    def _carried(self, name: str, work: Callable[[Record], None]) -> Outcome:
        start = time.monotonic()
        patience = self._patience(name)
        while True:
            record = Record()
            error = self._tried(name, record, work)
            if not isinstance(error, LockHeld) or time.monotonic() - start >= patience:
                break
            self._progress(Event(f"waiting: {error.message}", name))
            time.sleep(min(_LOOK_SECONDS, patience))
        return Outcome(name, record.done(self._provider.results), error=error, seconds=time.monotonic() - start)

    def _tried(self, name: str, record: Record, work: Callable[[Record], None]) -> PbxError | None:
        try:
            with (
                locks.ours(self._settings.locks or self._settings.folder / "locks", name),
                self._provider.gathering.member(),
            ):
                self._worked(record, work)
        except Exception as raised:
            return raised if isinstance(raised, PbxError) else self._error(name, record, raised)
        return None

    def _worked(self, record: Record, work: Callable[[Record], None]) -> None:
        """Once more where an engine came between: that of a `pbx` that was killed before it had laid its lock. We hold
        the outer lock, so no other can be; now that its lock is there it is waited for."""
        from pulumi.automation import ConcurrentUpdateError

        try:
            work(record)
        except ConcurrentUpdateError:
            if self._state is None:
                raise
            work(record)

    def _patience(self, name: str) -> float:
        elsewhere = self._state is None and not name.endswith(".platform")
        return max(self._settings.wait, _COLLISION_SECONDS if elsewhere else 0.0)

    def _ensure(self, name: str) -> None:
        """Makes the stack where it is not there yet; in a folder of state all but the first of a run as its copy."""
        if self._state is None:
            self._create(name)
        elif not self._state.exists(name):
            with self._making:
                if self._blank is None:
                    self._state.folder.mkdir(parents=True, exist_ok=True)
                    self._create(name)
                    self._blank = self._state.text(name)
                else:
                    self._state.make(name, self._blank)

    def _create(self, name: str) -> None:
        from pulumi.automation import StackAlreadyExistsError

        with suppress(StackAlreadyExistsError):
            self.workspace(None).create_stack(full_name(name))

    def _heal(self, name: str) -> None:
        if self._state:
            locks.release_dead(self._state, name, self._progress)
            pending = self._state.pending(name)
        else:
            known = self.export(name)
            pending = known is not None and known.unfinished
        if pending:
            self._progress(Event("the last run was cut off: clearing what it left pending", name))
            self._stack(Stack(name, ())).refresh(clear_pending_creates=True, run_program=False, **sdk.QUIET)

    def _error(self, name: str, record: Record, raised: Exception) -> PbxError:
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
            words = " – ".join(record.errors) or last_words(str(raised))
            remedy = self._room() if "no space left" in words else way_out(words)
            return PbxError(f"the engine could not finish {name}: {words}", remedy)
        if isinstance(raised, OSError):
            place = raised.filename or self._settings.folder
            remedy = self._room() if raised.errno in (errno.ENOSPC, errno.EDQUOT) else "mend the cause, then repeat"
            return PbxError(f"{name} could not be worked on: {place}: {raised.strerror or raised}", remedy)
        return PbxError(f"the engine failed on {name}: {type(raised).__name__}: {raised}", "repeat")

    def _room(self) -> str:
        return f"free some space on the disk of {self._settings.folder} and run the same command again"

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
            pulumi_command=sdk.known_command(self._program, VersionInfo.parse(cli.wanted_version())),
        )

    def _stack(self, stack: Stack) -> automation.Stack:
        def program() -> None:
            from stacks.program import run

            run(stack, self._provider.around(stack))

        return sdk.quiet_stack(full_name(stack.name), self.workspace(program))

    def _plugged(self, name: str) -> bool:
        """Whether the stack has objects of a cluster."""
        return self._settings.plugins is not None and name.endswith(".platform")

    def _environment(self) -> dict[str, str]:
        own: dict[str, str] = {}
        if plugins := self._settings.plugins:
            own["PATH"] = f"{plugins()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
            # Fields that somebody else has set since are taken back only where that is asked for.
            own["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true" if self._provider.again else "false"
        return {
            **own,
            **cli.CLOSED_NETWORK,
            "PULUMI_BACKEND_URL": engine_url(self._settings.backend),
            "PULUMI_CONFIG_PASSPHRASE": self._settings.passphrase(),
            "PULUMI_DEBUG_PROVIDERS": f"{PACKAGE}:{self._port}",
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
            "PULUMI_LOG_ROTATION_MAX_AGE_DAYS": "1",
            "PULUMI_LOG_ROTATION_MAX_TOTAL_MB": "10",
            "NO_COLOR": "1",
        }


_ENGINE_MEGABYTES = 45


def _affordable() -> int:
    """How many engines fit into half of the memory that is free; a few where that is not known."""
    try:
        found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        found = None
    megabytes = int(found[1]) // 1024 if found else 0
    return max(4, megabytes // 2 // _ENGINE_MEGABYTES)


def stop_engines() -> None:
    """Asks the engines that we started to end; they save what was done."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in task.read_text(encoding="ascii").split():
            with suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith("pulumi"):
                    os.kill(int(pid), signal.SIGTERM)
