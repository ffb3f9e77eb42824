"""A cluster's life: up, down, status, and commands on its one machine.

A kill at any moment leaves what the next call recognises: a cluster is either `ready`, and then it is used as it is,
or it is cleared away and made anew. Nothing of it is kept over a `down` but what the caches hold.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from provisioner.adapters import images
from provisioner.adapters.cluster.programs import program
from provisioner.adapters.lab import Lab, LabError, cgroups, image, locks, requirements
from provisioner.adapters.lab import topology as t
from provisioner.adapters.lab.network import NETNS
from provisioner.core.errors import TimedOut

from . import files, groups, pki, wires
from .trial import EDGE, Trial

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
NODE = Path(__file__).with_name("node.toml")
DEFAULT_ROOT = Path("/var/lib/pbx/clusters")
PAUSE = "pause"
LOCK_SECONDS = 1800
READY_SECONDS = 300
_BOOT = Path(__file__).with_name("boot.sh")

Say = Callable[[str, str], None]
"""Told what goes on: what it is about, and a word."""


@dataclass(frozen=True, slots=True)
class Status:
    """`phase`: absent, starting, ready, or stopped (`ended` says what ended first). `memory` in bytes (PSS)."""

    name: str
    phase: str
    address: str = ""
    kubeconfig: Path | None = None
    logs: Path | None = None
    memory: int = 0
    pods: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""


class Cluster:
    """One cluster by name. Several live side by side."""

    def __init__(self, name: str = "default", root: Path | None = None) -> None:
        self.name = t.check_name(name)
        self.root = (root or Path(os.environ.get("PBX_CLUSTER_ROOT") or DEFAULT_ROOT)).absolute()
        self.directory = self.root / name

    @property
    def kubeconfig(self) -> Path:
        """The administrator's; its one context is `pbx-cluster`."""
        return self.directory / "config" / "admin.conf"

    def up(self, say: Say) -> Status:
        """Bring the cluster up and wait until its machine is ready. Harmless when it is up."""
        node = image.read_recipe(NODE)
        requirements.check(requirements.ThisHost(), building=not image.path_of(node, _node_store()).is_dir())
        with self._locked(say):
            if self._slot() is None or groups.first_process(self.name) is None:
                self._clear()
                self._begin(node, say)
            self._wait(say)
        return self.status()

    def down(self) -> bool:
        """Take the cluster down; nothing of it stays. False when there was nothing."""
        with self._locked(lambda *_: None):
            there = self._left()
            self._clear()
            self._lock.unlink()
        return there

    def status(self) -> Status:
        slot = self._slot()
        if slot is None:
            return Status(self.name, "starting" if self._left() else "absent")
        known = Status(self.name, "stopped", wires.address(slot), self.kubeconfig, self.directory / "log")
        if groups.first_process(self.name) is None:
            return replace(known, ended=self._ended())
        return replace(
            known,
            phase="ready" if self._ready() else "starting",
            memory=cgroups.memory(groups.group(self.name)),
            pods=self._pods(),
        )

    def _pods(self) -> dict[str, str]:
        done = self.run(["kubectl", "get", "pods", "--all-namespaces", "--output", "json"])
        found = json.loads(done.stdout)["items"] if done.returncode == 0 else []
        return {
            f"{each['metadata']['namespace']}/{each['metadata']['name']}": each["status"].get("phase", "Unknown")
            for each in found
        }

    def load(self, built: images.Image) -> str:
        """Give an image to the container engine; returns the name by which pods call for it."""
        name, tag = f"docker.io/pbx/{built.name}", f"docker.io/pbx/{built.name}:{built.folder.name.rpartition('-')[2]}"
        pinned = f"{name}@{built.digest}"
        with built.archive.open("rb") as archive:
            self._must(["ctr", "--namespace", "k8s.io", "images", "import", "-"], stdin=archive, timeout=600)
        self._must(["ctr", "--namespace", "k8s.io", "images", "tag", "--force", tag, pinned])
        return pinned.removeprefix("docker.io/")

    def join(self, lab: Lab) -> Trial:
        """Plug the machine in a lab's public network, so that the lab's telephones and carrier reach its edge."""
        slot, lab_slot = self._slot(), lab.status().slot
        if slot is None:
            raise LabError(f"cluster {self.name!r} does not run", f"pbx cluster up --name {self.name}")
        if lab_slot is None:
            raise LabError(
                f"the lab {lab.name!r} is not up", f"pbx lab up --name {lab.name} --only phones --only carrier"
            )
        return Trial(lab.name, wires.address(slot), wires.join(self.name, slot, lab.name, lab_slot))

    def run(self, command: Sequence[str], *, stdin: str = "", timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine, as root; `kubectl` is the administrator's. The exit code is the caller's."""
        try:
            return subprocess.run(
                self._inside(command), input=stdin, capture_output=True, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise TimedOut(f"{shlex.join(command)}: no end within {timeout:g} s", "try again") from error

    def shell(self, command: Sequence[str]) -> int:
        """A command there with this process's own input and output; returns its exit code."""
        return subprocess.run(self._inside(command), check=False).returncode

    def _inside(self, command: Sequence[str]) -> list[str]:
        pid = groups.first_process(self.name)
        if pid is None:
            raise LabError(f"cluster {self.name!r} does not run", f"pbx cluster up --name {self.name}")
        enter = [
            "nsenter",
            f"--target={pid}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
            "--cgroup",
            "--root",
            "--wd=/",
        ]
        path = "PATH=/opt/kubernetes:/usr/sbin:/usr/bin:/sbin:/bin"
        return [*enter, "env", path, "HOME=/root", "KUBECONFIG=/etc/kubernetes/admin.conf", *command]

    def _must(self, command: Sequence[str], *, stdin: Any = subprocess.DEVNULL, timeout: float = 60) -> None:
        done = subprocess.run(
            self._inside(command), stdin=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise LabError(f"{shlex.join(command)}: exit {done.returncode}, expected 0: {done.stderr.strip()}")

    @property
    def _lock(self) -> Path:
        return self.root / f".{self.name}.lock"

    @contextlib.contextmanager
    def _locked(self, say: Say) -> Iterator[None]:
        with locks.hold(self._lock, wait=LOCK_SECONDS, waiting=lambda owner: say("cluster", f"waiting for {owner}")):
            yield

    def _slot(self) -> int | None:
        try:
            return int((self.directory / "slot").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _left(self) -> bool:
        return self.directory.exists() or groups.left(self.name) or (NETNS / wires.namespace(self.name)).exists()

    def _clear(self) -> None:
        """Remove all that carries this cluster's name, in whatever state it is."""
        groups.remove(self.name)
        wires.remove(self.name)
        if self.directory.exists():
            shutil.rmtree(self.directory)

    def _begin(self, node: image.Recipe, say: Say) -> None:
        requirements.check_file_system(requirements.ThisHost(), self.root / f".{self.name}.trial")
        root = image.ensure(node, lambda word: say("machine", word), _node_store())
        paths = [program(each, lambda word: say("programs", word)) for each in PROGRAMS]
        pause = images.ensure(images.read(PAUSE), lambda word: say("image pause", word))
        slot = wires.create(self.name)
        for place in ("layer", "work", "root", "data", "log", "config"):
            (self.directory / place).mkdir(parents=True, mode=0o700 if place == "config" else 0o755)
        self._write_config(slot, f"docker.io/pbx/pause@{pause.digest}")
        say("machine", "starting")
        machine = [
            str(root),
            str(self.directory),
            self.name,
            wires.address(slot),
            wires.pods(slot),
            wires.services(slot),
        ]
        with (self.directory / "log" / "machine.log").open("wb") as log:
            subprocess.Popen(
                ["sh", str(_BOOT), groups.path(self.name), wires.namespace(self.name), *machine, *map(str, paths)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._until(lambda: groups.first_process(self.name) is not None and self._engine_answers(), "containerd")
        self.load(pause)
        # The last: with it the cluster is one that can be used.
        (self.directory / "slot").write_text(f"{slot}\n")

    def _write_config(self, slot: int, pause: str) -> None:
        folder = self.directory / "config"
        first_service = wires.services(slot).replace(".128/25", ".129")
        names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        pki.write(folder, [wires.address(slot), first_service, "127.0.0.1"], names)
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        facts = files.Facts(self.name, wires.address(slot), wires.pods(slot), pause, min(limit - 1000, 1_000_000))
        for name, text in files.texts(facts, (folder / "ca.crt").read_text()).items():
            (folder / name).touch(0o600)
            (folder / name).write_text(text)

    def _engine_answers(self) -> bool:
        return self.run(["ctr", "version"]).returncode == 0

    def _ready(self) -> bool:
        path = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}"
        done = self.run(["kubectl", "get", "nodes", "--output", path])
        accounts = self.run(["kubectl", "get", "serviceaccount", "default"])
        return done.stdout.split() == ["True"] and accounts.returncode == 0

    def _wait(self, say: Say) -> None:
        say("machine", "waiting until it is ready")
        self._until(self._ready, "the machine")
        self._must(["kubectl", "label", "node", self.name, "--overwrite", f"pbx/edge={EDGE}"])

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        grace = time.monotonic() + 10
        while True:
            with contextlib.suppress(LabError):
                if condition():
                    return
            if time.monotonic() > grace and groups.first_process(self.name) is None:
                raise LabError(f"{what} is not up: {self._ended() or 'the machine ended'}", f"see {self.directory}/log")
            if time.monotonic() > deadline:
                raise TimedOut(f"{what} was not ready within {READY_SECONDS} s", f"see {self.directory}/log")
            time.sleep(0.5)

    def _ended(self) -> str:
        for name in ("ended", "machine.log"):
            with contextlib.suppress(OSError):
                if text := (self.directory / "log" / name).read_text().strip():
                    return text.splitlines()[0 if name == "ended" else -1]
        return ""


def _node_store() -> Path:
    return images.store().with_name("nodes")
