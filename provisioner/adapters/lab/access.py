"""How to reach the lab's machines: keys, known_hosts, ssh_config, and the Ansible inventory.

The lab makes the machines' host keys itself, so every connection is checked against a known key from the first on.
Connections are shared (ControlMaster): only the first to a machine pays for the key exchange.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import yaml

from . import catcher
from . import topology as t
from .shell import run

SSHD = "PerSourcePenalties no\n"
"""sshd turns a host away for some seconds that was slow to log in, as a busy one is."""
CONTROL_PATH_LIMIT = 107 - 17  # sockaddr_un, less the suffix that ssh adds while it binds


def config_path(directory: Path) -> Path:
    return directory / "ssh_config"


def inventory_path(directory: Path) -> Path:
    return directory / "inventory.yaml"


def _host_key(directory: Path, machine: str) -> Path:
    return directory / "keys" / f"host_{machine}"


def write(directory: Path, lab: str, slot: int) -> None:
    """Make the keys and write the three files; keys that exist stay."""
    (directory / "keys").mkdir(mode=0o700, exist_ok=True)
    _sockets(directory).mkdir(mode=0o700, exist_ok=True)
    _make_key(directory / "keys" / "lab", f"lab {lab}")
    for machine in t.MACHINES:
        _make_key(_host_key(directory, machine.name), machine.name)
    (directory / "known_hosts").write_text(
        "".join(f"{m.name},{m.private_address(slot)} {_public(_host_key(directory, m.name))}\n" for m in t.MACHINES)
    )
    config_path(directory).write_text(_ssh_config(directory, slot))
    inventory_path(directory).write_text(yaml.safe_dump(inventory(directory, lab, slot), sort_keys=False))


def _make_key(path: Path, comment: str) -> None:
    if not path.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])


def _public(path: Path) -> str:
    return path.with_suffix(".pub").read_text().strip()


def furnish(directory: Path, machine: t.MachineSpec, slot: int, root: Path) -> None:
    """Lay the machine's own identity into its layer of the file system at `root`."""
    ssh = root / "etc/ssh"
    ssh.mkdir(parents=True, exist_ok=True)
    dropins = ssh / "sshd_config.d"
    dropins.mkdir(exist_ok=True)
    (dropins / "pbx-lab.conf").write_text(SSHD)
    for suffix, mode in (("", 0o600), (".pub", 0o644)):
        target = ssh / f"ssh_host_ed25519_key{suffix}"
        shutil.copyfile(f"{_host_key(directory, machine.name)}{suffix}", target)
        target.chmod(mode)
    home = root / "root"
    home.mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    keys = home / ".ssh/authorized_keys"
    keys.write_text(_public(directory / "keys/lab") + "\n")
    keys.chmod(0o600)
    (root / "etc/hostname").write_text(machine.name + "\n")
    names = root / "etc/hosts"
    if not names.exists():  # a machine that comes up again keeps what was applied to it
        names.write_text(_hosts(slot))
    if machine.name == catcher.MACHINE:
        catcher.furnish(root)


def _hosts(slot: int) -> str:
    """Private addresses for those on the private network, public ones for the outside world."""
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    for machine in t.MACHINES:
        if machine.private:
            lines.append(f"{machine.private_address(slot)} {machine.name}")
        if address := machine.public_address(slot):
            lines.append(f"{address} {machine.name}-public" + ("" if machine.private else f" {machine.name}"))
    return "\n".join(lines) + "\n"


def _sockets(directory: Path) -> Path:
    return directory / "ssh"


def _ssh_config(directory: Path, slot: int) -> str:
    hosts = "".join(
        f"Host {m.name} {m.private_address(slot)}\n  HostName {m.private_address(slot)}\n" for m in t.MACHINES
    )
    sockets = _sockets(directory)
    share = (
        f"  ControlMaster auto\n  ControlPath {sockets}/%h\n  ControlPersist 300\n"
        if len(str(sockets)) + len("/198.18.127.10") <= CONTROL_PATH_LIMIT
        else ""
    )
    return (
        f"{hosts}Host *\n"
        "  User root\n"
        f"  IdentityFile {directory}/keys/lab\n"
        "  IdentitiesOnly yes\n"
        "  PreferredAuthentications publickey\n"
        "  BatchMode yes\n"
        f"  UserKnownHostsFile {directory}/known_hosts\n"
        "  GlobalKnownHostsFile /dev/null\n"
        "  StrictHostKeyChecking yes\n"
        "  ConnectTimeout 5\n"
        "  ServerAliveInterval 5\n"
        "  ServerAliveCountMax 3\n"
        "  LogLevel ERROR\n"
        f"{share}"
    )


def inventory(directory: Path, lab: str, slot: int) -> dict[str, object]:
    """Ansible's inventory: one group for each machine, of the machine's name."""
    groups: dict[str, object] = {}
    for m in t.MACHINES:
        variables = {"ansible_host": m.private_address(slot), "private_address": m.private_address(slot)}
        if address := m.public_address(slot):
            variables["public_address"] = address
        groups[m.name] = {"hosts": {m.name: variables}}
    return {
        "all": {
            "vars": {
                "ansible_user": "root",
                "ansible_ssh_common_args": f"-F {config_path(directory)}",
                "ansible_pipelining": True,
                "ansible_python_interpreter": "/usr/bin/python3",
                "pbx_lab": lab,
            },
            "children": groups,
        }
    }


def ssh(directory: Path, machine: str, *options: str) -> list[str]:
    """The start of a command line; add the remote command as one shell-quoted word."""
    return ["ssh", "-F", str(config_path(directory)), *options, machine]


def hang_up(directory: Path) -> None:
    """End all ssh processes of this lab: shared connections, and clients that wait for a machine just killed."""
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and _is_ssh_of(place, directory):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(place.name), signal.SIGKILL)


def _is_ssh_of(process: Path, directory: Path) -> bool:
    try:
        name, words = (process / "comm").read_text().strip(), (process / "cmdline").read_bytes()
    except OSError:
        return False
    return name == "ssh" and f"{directory}/".encode() in words
