"""A lab's life: up, down, status, and commands on its machines.

Each step is written so that a kill at any moment leaves something that the next call recognises: a lab is either
`ready`, and then whatever stopped is started again, or it is cleared away and made anew.
"""

from __future__ import annotations

import contextlib
import difflib
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from provisioner.core.errors import PbxError, TimedOut

from . import access, cgroups, image, limits, locks, machine, network, requirements, state
from . import topology as t
from .shell import LabError

LOCK_SECONDS = 300
BOOT_SECONDS = 90


class Progress(Protocol):
    """Told what goes on: `subject` is a machine, or image, network …; `word` what it does now."""

    def __call__(self, subject: str, word: str, /) -> None: ...


def silent(_subject: str, _word: str, /) -> None:
    """Progress for callers who show none."""


@dataclass(frozen=True, slots=True)
class MachineStatus:
    name: str
    private_address: str
    public_address: str | None
    namespace: str
    alive: bool
    answers: bool
    memory: int
    """Bytes (PSS) of all the machine's processes."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    name: str
    phase: str
    """absent, starting (an `up` was cut off or goes on), stopped, partly, or ready."""
    slot: int | None = None
    image: str | None = None
    directory: Path | None = None
    inventory: Path | None = None
    ssh_config: Path | None = None
    machines: tuple[MachineStatus, ...] = ()
    generation: str = ""
    """Tells the lab from an earlier one of its name."""


class Lab:
    """One lab by name. Several live side by side, each in network addresses of its own."""

    def __init__(self, name: str = "default", root: Path | None = None) -> None:
        self.name = t.check_name(name)
        self.root = (root or state.default_root()).absolute()
        self.directory = self.root / name

    @property
    def inventory(self) -> Path:
        """Ansible's inventory (YAML): groups data, edge, core, carrier, phones."""
        return access.inventory_path(self.directory)

    @property
    def ssh_config(self) -> Path:
        return access.config_path(self.directory)

    def namespace(self, name: str) -> str:
        """The machine's network namespace, for `ip netns exec`."""
        return t.namespace(self.name, _spec(name).name)

    def up(self, progress: Progress = silent, only: Collection[str] = ()) -> LabStatus:
        """Bring the lab up, or `only` some of its machines, and wait until they answer. Harmless when it is up."""
        wanted = [_spec(name) for name in only] or list(t.MACHINES)
        recipe = image.read_recipe()
        building = not image.path_of(recipe).is_dir()
        requirements.check(requirements.ThisHost(), building=building)
        with self._locked(progress):
            known = state.read(self.directory)
            if known is None or known.phase != "ready" or not image.store().joinpath(known.image).is_dir():
                if known is not None or self._leftovers():
                    progress("lab", "clearing away what an earlier run left")
                self._clear()
                known = self._begin(recipe, progress)
            self._start(known, wanted, progress)
        return self.status()

    def down(self, progress: Progress = silent) -> bool:
        """Take the lab down; nothing of it stays. False when there was nothing to take down."""
        with self._locked(progress):
            there = self.directory.exists() or self._leftovers()
            if there:
                progress("lab", "going down")
            self._clear()
            self._lock.unlink()
        return there

    def status(self) -> LabStatus:
        known = state.read(self.directory)
        if known is None:
            return LabStatus(self.name, "starting" if self.directory.exists() else "absent")
        machines = tuple(self._machine_status(known, spec) for spec in t.MACHINES)
        up = sum(m.alive and m.answers for m in machines)
        phase = known.phase if up == len(machines) or known.phase == "starting" else "partly" if up else "stopped"
        return LabStatus(
            self.name,
            phase,
            known.slot,
            known.image,
            self.directory,
            self.inventory,
            self.ssh_config,
            machines,
            known.generation,
        )

    def run(
        self, name: str, command: Sequence[str], *, stdin: str = "", timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a machine over SSH, as root; the exit code is the caller's to judge."""
        argv = [*self._ssh(name), shlex.join(command)]
        try:
            return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as error:
            raise TimedOut(f"machine {name}: no end of {command} within {timeout:g} s", "try again") from error

    def shell(self, name: str, command: Sequence[str] = ()) -> int:
        """A shell on a machine, or a command with this process's own input and output; returns its exit code."""
        words = [shlex.join(command)] if command else []
        return subprocess.run([*self._ssh(name, *(() if command else ("-t",))), *words], check=False).returncode

    def _ssh(self, name: str, *options: str) -> list[str]:
        spec = _spec(name)
        if state.read(self.directory) is None:
            raise LabError(f"lab {self.name!r} is not up", f"pbx lab up --name {self.name}")
        return access.ssh(self.directory, spec.name, *options)

    @property
    def _lock(self) -> Path:
        return self.root / f".{self.name}.lock"

    @property
    def _trial(self) -> Path:
        return self.root / f".{self.name}.trial"

    @contextlib.contextmanager
    def _locked(self, progress: Progress) -> Iterator[None]:
        with (
            _said_plainly(self.root),
            locks.hold(self._lock, wait=LOCK_SECONDS, waiting=lambda owner: progress("lab", f"waiting for {owner}")),
        ):
            yield

    def _leftovers(self) -> bool:
        return (
            self.directory.exists()
            or cgroups.lab_group(self.name).exists()
            or any((network.NETNS / name).exists() for name in t.namespaces(self.name))
        )

    def _begin(self, recipe: image.Recipe, progress: Progress) -> state.State:
        requirements.check_file_system(requirements.ThisHost(), self._trial)
        image.ensure(recipe, lambda word: progress("image", word))
        self.directory.mkdir(parents=True, mode=0o700)
        progress("network", "laying cables")
        slot = network.create(self.name, taken=state.taken_slots(self.root))
        known = state.State(self.name, slot, secrets.token_hex(4), recipe.digest, "starting")
        state.write(self.directory, known)
        access.write(self.directory, self.name, slot)
        return known

    def _start(self, known: state.State, wanted: Sequence[t.MachineSpec], progress: Progress) -> None:
        """Boot every machine of these that is not running, then wait for all."""
        if not network.complete(self.name):
            self._rewire(known, progress)
        if done := limits.raise_inotify():
            progress("host", done)
        root = image.store() / known.image
        supervisors: dict[str, subprocess.Popen[bytes]] = {}
        for spec in wanted:
            if not machine.alive(known, spec.name):
                progress(spec.name, "booting")
                supervisors[spec.name] = machine.boot(self.directory, known, spec, root)

        def settle(spec: t.MachineSpec) -> None:
            word = machine.wait(self.directory, known, spec, supervisors.get(spec.name), BOOT_SECONDS)
            progress(spec.name, word)

        with ThreadPoolExecutor(len(wanted)) as pool:
            _finish_all([pool.submit(settle, spec) for spec in wanted])
        state.write(self.directory, replace(known, phase="ready"))

    def _rewire(self, known: state.State, progress: Progress) -> None:
        """The host was restarted: layers are kept, cables are not."""
        progress("network", "laying cables again")
        cgroups.remove(cgroups.lab_group(self.name))
        network.remove(self.name)
        network.create(self.name, taken=(), slot=known.slot)

    def _clear(self) -> None:
        """Remove all that carries this lab's name, in whatever state it is."""
        access.hang_up(self.directory)
        cgroups.remove(cgroups.lab_group(self.name))
        network.remove(self.name)
        for spec in t.MACHINES:
            _forget(t.namespace(self.name, spec.name))
        for place in (self._trial, self.directory):
            if place.exists():
                shutil.rmtree(place)

    def _machine_status(self, known: state.State, spec: t.MachineSpec) -> MachineStatus:
        alive = machine.alive(known, spec.name)
        return MachineStatus(
            name=spec.name,
            private_address=spec.private_address(known.slot),
            public_address=spec.public_address(known.slot),
            namespace=t.namespace(self.name, spec.name),
            alive=alive,
            answers=alive and machine.answers(known, spec),
            memory=cgroups.memory(machine.group(known, spec.name)),
        )


@contextlib.contextmanager
def _said_plainly(root: Path) -> Iterator[None]:
    """What the file system refuses, with its place and a way out."""
    try:
        yield
    except PermissionError as error:
        raise LabError(f"{error.filename or root}: not allowed", "run the same command with sudo") from error
    except OSError as error:
        raise LabError(
            f"{error.filename or root}: {error.strerror}",
            "mend that, then try again; a full disk wants 1 GB free, or set PBX_LAB_ROOT to another one",
        ) from error


def _spec(name: str) -> t.MachineSpec:
    if name in t.BY_NAME:
        return t.BY_NAME[name]
    near = difflib.get_close_matches(name, t.BY_NAME, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise LabError(f"no machine {name!r}: expected one of {', '.join(t.BY_NAME)}{hint}")


def _finish_all(futures: Sequence[Future[None]]) -> None:
    """Wait for every one, then report all that went wrong at once."""
    errors = [error for future in futures if (error := future.exception())]
    known = [error for error in errors if isinstance(error, PbxError)]
    for error in errors:
        if error not in known:
            raise error
    if known:
        raise LabError("\n".join(error.message for error in known), known[0].remedy)


def _forget(container: str) -> None:
    """Directories that systemd-nspawn keeps for a container that was killed."""
    for place in ("propagate", "unix-export"):
        with contextlib.suppress(OSError):
            Path("/run/systemd/nspawn", place, container).rmdir()
