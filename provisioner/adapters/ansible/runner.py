"""Runs one playbook through ansible-runner in a private folder that is gone afterwards.

Secret texts reach Ansible as files in that folder (mode 0600, in memory where the machine offers that), variables as a
file too, so the process list shows nothing. A folder left by a killed run is removed by the next one; the playbook
itself gets SIGTERM when its `pbx` dies. Ansible's own environment holds none of our variables.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from provisioner.adapters import assets
from provisioner.core.deployment import Event, HostResult, Play, PlayFailed, Progress
from provisioner.core.errors import PbxError, TimedOut

from .failures import explain

_PREFIX = "pbx-play-"
_PRIVATE = re.compile(rf"/{_PREFIX}(\d+)-".encode())
_OURS = ("PULUMI_", "PBX_")


class AnsiblePlaybooks:
    """Playbooks of `playbooks/` against one inventory."""

    def __init__(self, inventory: Path, playbooks: Path | None = None, roles: Path | None = None) -> None:
        self._inventory = inventory
        self._playbooks = playbooks or assets.folder("playbooks")
        self._roles = roles or assets.folder("roles")

    def run(
        self, play: Play, progress: Progress, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HostResult, ...]:
        base = _memory()
        _sweep(base)
        private = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
        try:
            return self._run(play, private, progress, cancelled)
        finally:
            shutil.rmtree(private, ignore_errors=True)

    def _run(
        self, play: Play, private: Path, progress: Progress, cancelled: Callable[[], bool]
    ) -> tuple[HostResult, ...]:
        from ansible_runner import Runner, RunnerConfig

        if not self._inventory.is_file():
            raise PbxError(
                f"the inventory {self._inventory} is not there",
                "start the lab with `pbx lab up`, or name the environment's inventory in provider.yaml",
            )
        watch = _Watch(progress)
        config = RunnerConfig(
            private_data_dir=str(private),
            playbook=str(self._playbooks / play.playbook),
            inventory=str(self._inventory.resolve()),
            envvars=self._environment(),
            cmdline=f"--forks {play.forks} -e @{_variables(private, play)}{' --check' if play.check else ''}",
            timeout=play.seconds,
            quiet=True,
        )
        config.prepare()
        config.command = [*_dies_with_us(), *config.command]
        for name in [each for each in config.env if each.startswith(_OURS)]:
            del config.env[name]
        _keep_bytecode(config.env)
        status, code = Runner(config, event_handler=watch, cancel_callback=cancelled).run()
        if status == "successful":
            return watch.results()
        if status == "canceled":
            remedy = "run `pbx apply` again: it goes on where it stopped"
            raise PlayFailed(f"{play.playbook} was interrupted", remedy, whatever=True)
        if status == "timeout":
            raise TimedOut(f"{play.playbook} did not end within {play.seconds} s", "run `pbx apply` again")
        failure = watch.failure or PlayFailed(
            f"{play.playbook} ended with code {code}: {watch.tail()}", "see the message"
        )
        failure.results = watch.results()
        raise failure

    def _environment(self) -> dict[str, str]:
        sockets = _sockets()
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_ROLES_PATH": str(self._roles),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_GATHERING": "explicit",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(sockets),
            "ANSIBLE_SSH_ARGS": (
                "-o ControlMaster=auto -o ControlPersist=120s -o ConnectTimeout=10"
                # A machine that went away in the meantime leaves an open connection that would never answer.
                " -o ServerAliveInterval=5 -o ServerAliveCountMax=3"
            ),
            "ANSIBLE_TIMEOUT": "15",
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_INJECT_FACT_VARS": "0",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "0",
            "ANSIBLE_STRATEGY_PLUGINS": str(_strategies()),
        }


class _Watch:
    """Takes Ansible's events: counts, the first failure, and words of progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stats: Mapping[str, Mapping[str, int]] = {}
        self._changed: dict[str, list[str]] = {}
        self._seen: dict[str, dict[str, Any]] = {}
        self._touched: dict[str, dict[str, frozenset[str]]] = {}
        self._about: dict[str, dict[str, frozenset[str]]] = {}
        self._said: list[str] = []
        self.failure: PlayFailed | None = None

    def __call__(self, event: Mapping[str, Any]) -> bool:
        kind = event.get("event")
        data = event.get("event_data", {})
        if kind == "runner_on_start":
            self._progress(Event(str(data.get("task", "")), host=str(data.get("host", ""))))
        elif kind == "runner_on_unreachable" or (kind == "runner_on_failed" and not data.get("ignore_errors")):
            self.failure = self.failure or explain(event)
        elif kind == "runner_on_ok":
            self._ended(str(data.get("host", "")), str(data.get("task", "")), data.get("res", {}))
        elif kind == "playbook_on_stats":
            self._stats = data
        elif kind == "verbose" or kind == "error":
            self._said.append(str(event.get("stdout", "")))
        return False  # nothing is written to disk: a result may name what nobody should keep

    def _ended(self, host: str, task: str, result: Mapping[str, Any]) -> None:
        if result.get("changed"):
            self._changed.setdefault(host, []).append(task)
            self._about.setdefault(host, {})[task] = _about(result.get("invocation", {}).get("module_args", {}))
            if "tenants" in result:
                self._touched.setdefault(host, {})[task] = frozenset(result["tenants"])
        self._seen.setdefault(host, {}).update(result.get("pbx_seen", {}))

    def results(self) -> tuple[HostResult, ...]:
        ran, changed = self._stats.get("ok", {}), self._stats.get("changed", {})
        return tuple(
            HostResult(
                host,
                ran[host],
                changed.get(host, 0),
                tuple(self._changed.get(host, ())),
                self._seen.get(host, {}),
                self._touched.get(host, {}),
                self._about.get(host, {}),
            )
            for host in sorted(ran)
        )

    def tail(self) -> str:
        return " ".join(each.strip() for each in self._said[-8:] if each.strip()) or "no message"


def _about(arguments: Mapping[str, Any]) -> frozenset[str]:
    named = [arguments.get(each) for each in ("dest", "path", "name", "also", "restart_for", "reload_for")]
    named += [list(arguments[each]) for each in ("files", "programs") if isinstance(arguments.get(each), Mapping)]
    flat = [one for each in named if each for one in (each if isinstance(each, list) else [each])]
    return frozenset(str(each).rpartition("/")[2] for each in flat)


def _variables(private: Path, play: Play) -> Path:
    """Writes the variables and the secret texts; returns the file of variables."""
    values: dict[str, Any] = dict(play.variables)
    for name, text in play.secret_files.items():
        values[name] = str(private / name)
        _secret(private / name, text)
    if play.overlay:
        values["pbx_overlay"] = str(private / "overlay")
    for path, text in play.overlay.items():
        _secret(private / "overlay" / path, text)
    target = private / "variables.json"
    _secret(target, json.dumps(values))
    return target


def _secret(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def _keep_bytecode(environment: dict[str, str]) -> None:
    """Lets Ansible keep what Python compiled, in our cache; else each run compiles all of Ansible: half a second."""
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        environment["PYTHONPYCACHEPREFIX"] = str(Path(base) / "pbx" / "bytecode")


def _strategies() -> Path:
    """Where Mitogen's strategies lie, for plays that name one (docs/decisions/0011-mitogen.md)."""
    import ansible_mitogen

    return Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"


def _memory() -> Path:
    """A folder for what must not reach a disk, where there is one."""
    for each in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):
        if each and os.access(each, os.W_OK | os.X_OK):
            return Path(each)
    return Path(tempfile.gettempdir())


def _sockets() -> Path:
    """Where SSH keeps connections open between runs; short, because a socket's path may have 104 bytes."""
    base = Path(tempfile.gettempdir()) / f"pbx-ssh-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    if base.stat().st_uid != os.getuid() or base.stat().st_mode & 0o077:
        raise PbxError(f"{base} belongs to somebody else or is open to others", f"remove {base}")
    return base


def _sweep(base: Path) -> None:
    """Removes what killed runs left: their folders, and processes of Ansible's that outlived them.

    A worker whose result nobody reads any more waits for ever to write it.
    """
    for left in base.glob(f"{_PREFIX}*"):
        if _gone(left.name.removeprefix(_PREFIX).split("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            named = _PRIVATE.search((process / "cmdline").read_bytes())
            if named and _gone(named[1].decode()):
                os.kill(int(process.name), signal.SIGKILL)


def _gone(owner: str) -> bool:
    return owner.isdigit() and not Path(f"/proc/{owner}").exists()


def _dies_with_us(which: Callable[[str], str | None] = shutil.which) -> list[str]:
    found = which("setpriv")
    return [found, "--pdeathsig", "TERM", "--"] if found else []
