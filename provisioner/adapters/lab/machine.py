"""One lab machine: a Debian with systemd as process 1, on the shared image, in a network namespace of its own.

What it writes goes to its layer under the lab's directory. Not for what is installed there: that is the roles' work.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from provisioner.core.errors import PbxError, TimedOut

from . import access, cgroups
from . import topology as t
from .image import tail
from .shell import LabError, run
from .state import State

BOOT = Path(__file__).with_name("boot.sh")
SSH_PORT = 22
NSPAWN = {
    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",  # roles set net.* values, in the machine's namespace alone
    "SYSTEMD_NSPAWN_LOCK": "0",  # the lab has a lock of its own, and this one leaves files when killed
}


def home(directory: Path, machine: str) -> Path:
    return directory / "machines" / machine


def console(directory: Path, machine: str) -> Path:
    return home(directory, machine) / "console.log"


def group(state: State, machine: str) -> Path:
    return cgroups.machine_group(state.name, state.generation, machine)


def alive(state: State, machine: str) -> bool:
    return cgroups.populated(group(state, machine))


def answers(state: State, machine: t.MachineSpec, timeout: float = 0.5) -> bool:
    """Does the machine's SSH server take connections?"""
    with contextlib.suppress(OSError):
        socket.create_connection((machine.private_address(state.slot), SSH_PORT), timeout).close()
        return True
    return False


def boot(directory: Path, state: State, machine: t.MachineSpec, image: Path) -> subprocess.Popen[bytes]:
    """Start the machine and return its supervisor process; it goes on without us."""
    place = home(directory, machine.name)
    shutil.rmtree(place / "work", ignore_errors=True)  # marks a layer that was cut off as not to be mounted again
    for part in ("layer", "work", "root"):
        (place / part).mkdir(parents=True, exist_ok=True)
    access.furnish(directory, machine, state.slot, place / "layer")
    own = group(state, machine.name)
    cgroups.remove(own)
    cgroups.create(own)
    tree = f"{cgroups.TREE}/{state.name}/{own.name}"
    with console(directory, machine.name).open("wb") as log:
        return subprocess.Popen(
            [
                *("unshare", "--mount", "--propagation", "private", "sh", str(BOOT)),
                *(tree, str(image), str(place)),
                f"--machine={t.namespace(state.name, machine.name)}",
                f"--hostname={machine.name}",
                f"--network-namespace-path=/run/netns/{t.namespace(state.name, machine.name)}",
                "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **NSPAWN},
        )


def wait(
    directory: Path, state: State, machine: t.MachineSpec, supervisor: subprocess.Popen[bytes] | None, timeout: float
) -> str:
    """Wait until sshd and systemd answer; returns systemd's word: running, or degraded with the failed units."""
    deadline = time.monotonic() + timeout
    while not answers(state, machine):
        if supervisor and supervisor.poll() is not None:
            raise LabError(
                f"machine {machine.name}: ended with exit {supervisor.returncode} while booting:\n"
                f"{tail(console(directory, machine.name))}",
                f"read {console(directory, machine.name)}",
            )
        if time.monotonic() > deadline:
            raise TimedOut(
                f"machine {machine.name}: no SSH server on {machine.private_address(state.slot)} "
                f"within {timeout:g} s:\n{tail(console(directory, machine.name))}",
                "pbx lab down, then pbx lab up",
            )
        time.sleep(0.05)
    return _system_state(directory, machine.name, max(deadline - time.monotonic(), 5))


def _system_state(directory: Path, machine: str, timeout: float) -> str:
    script = "systemctl is-system-running --wait || systemctl --failed --plain --no-legend"
    try:
        words = run([*access.ssh(directory, machine), script], timeout=timeout).splitlines()
    except TimedOut as error:
        raise TimedOut(f"machine {machine}: systemd still busy after {timeout:g} s", error.remedy) from error
    except PbxError as error:
        raise LabError(f"machine {machine}: {error.message}", "pbx lab down, then pbx lab up") from error
    failed = [line.split()[0] for line in words[1:] if line]
    return words[0] + (f" ({', '.join(failed)})" if failed else "") if words else "unknown"
