"""Reads what a local file backend keeps, without the engine: what was applied, what is pending, who holds a lock.

State is the one record of what was applied; there is no journal of ours beside it that could disagree. With a backend
that is not a local folder the engine is asked, and exports the same.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlparse

from provisioner.core.deployment import Kind, Stack

from .program import PACKAGE, PROJECT, RESULT

_TOKEN = f"{PACKAGE}:index:"


@dataclass(frozen=True)
class Applied:
    """A resource as state has it."""

    kind: Kind
    name: str
    inputs: Mapping[str, Any]
    hosts: Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """What state says of a stack. `unfinished`: an operation was cut off, or an old resource waits to be deleted."""

    resources: tuple[Applied, ...]
    unfinished: bool

    def is_as(self, stack: Stack) -> bool:
        """Whether everything that the stack wants is there, and nothing else."""
        if self.unfinished:
            return False
        has = {(each.kind, each.name): each.inputs for each in self.resources}
        wants = {(each.kind, each.name): json.loads(json.dumps(each.inputs)) for each in stack.resources}
        return has == wants


@dataclass(frozen=True)
class Lock:
    """A lock that an engine laid on a stack."""

    file: Path
    pid: int
    user: str
    host: str
    since: str

    @property
    def dead(self) -> bool:
        """Whether its owner ran on this machine and is gone."""
        return self.host == socket.gethostname() and not _is_engine(self.pid)

    @property
    def owner(self) -> str:
        return f"{self.user}@{self.host}, process {self.pid}, since {self.since}"


class LocalState:
    """The folder of a `file://` backend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folder = folder / ".pulumi"

    def exists(self, name: str) -> bool:
        return self._file(name).is_file()

    def text(self, name: str) -> str:
        """The stack's file as it stands."""
        return self._file(name).read_text(encoding="utf-8")

    def make(self, name: str, like: str) -> None:
        """A stack that is as the text of another one; there whole or not at all."""
        content = json.loads(like)
        content["checkpoint"]["stack"] = full_name(name)
        target = self._file(name)
        fresh = target.with_suffix(f".new-{os.getpid()}")
        try:
            fresh.write_text(json.dumps(content), encoding="utf-8")
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(each.stem for each in self._file("x").parent.glob("*.json")))

    def read(self, name: str) -> Snapshot | None:
        """The stack's snapshot; nothing where there is no such stack or its file cannot be read as one."""
        try:
            content = json.loads(self._file(name).read_text(encoding="utf-8"))
            return snapshot(content["checkpoint"].get("latest") or {})
        except (OSError, ValueError, KeyError):
            return None

    def pending(self, name: str) -> bool:
        """Whether an operation on the stack was cut off."""
        try:
            content = json.loads(self._file(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool((content["checkpoint"].get("latest") or {}).get("pending_operations"))

    def locks(self, name: str) -> tuple[Lock, ...]:
        return tuple(lock for each in sorted(self._locks(name).glob("*.json")) if (lock := _lock(each)))

    def half_written_locks(self, name: str) -> tuple[Path, ...]:
        """What an engine left that could not write its lock to the end; every later engine stumbles over it."""
        return tuple(sorted(self._locks(name).glob("*.tmp")))

    def _locks(self, name: str) -> Path:
        return self._folder / "locks" / "organization" / PROJECT / name

    def _file(self, name: str) -> Path:
        return self._folder / "stacks" / PROJECT / f"{name}.json"


def full_name(name: str) -> str:
    """A stack's name as the engine wants it."""
    return f"organization/{PROJECT}/{name}"


def snapshot(deployment: Mapping[str, Any]) -> Snapshot:
    """What a deployment, as Pulumi keeps and exports it, says of a stack."""
    entries = deployment.get("resources") or []
    ours = [each for each in entries if each["type"].startswith(_TOKEN)]
    waiting = bool(deployment.get("pending_operations")) or any(each.get("delete") for each in ours)
    return Snapshot(tuple(_applied(each) for each in ours if not each.get("delete")), waiting)


def local_folder(url: str) -> Path | None:
    """The folder of a `file://` URL; nothing for every other backend."""
    parts = urlparse(url)
    return Path(unquote(parts.netloc + parts.path)).expanduser() if parts.scheme == "file" else None


def engine_url(url: str) -> str:
    """The backend's URL as the engine gets it: in a folder it shall keep no `.attrs` file beside each of its own.

    It writes them in place, so one that was cut off is empty, and every later run fails with "checkpoint: EOF". The
    files that matter are written beside and renamed.
    """
    parts = urlparse(url)
    if parts.scheme != "file":
        return url
    return parts._replace(query=urlencode({"metadata": "skip", **dict(parse_qsl(parts.query))})).geturl()


def _applied(entry: Mapping[str, Any]) -> Applied:
    kind = Kind(entry["type"].removeprefix(_TOKEN))
    hosts = entry.get("outputs", {}).get(RESULT, {})
    return Applied(kind, entry["urn"].rsplit("::", 1)[1], entry.get("inputs", {}), hosts)


def _lock(file: Path) -> Lock | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Lock(file, content["pid"], content["username"], content["hostname"], content["timestamp"])
    except (OSError, ValueError, KeyError):
        return None  # being written or just gone


def _is_engine(pid: int) -> bool:
    """Whether the process lives and is an engine: a number may have been given to another program since."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return _alive(pid)
    return name.startswith("pulumi") and state != "Z"


def _alive(pid: int) -> bool:
    if Path("/proc/self").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
