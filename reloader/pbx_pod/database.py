"""PostgreSQL in a pod: its cluster made where there is none, who may log in, and then this process is the server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HOME = Path("/var/lib/postgresql/data")


def programs() -> Path:
    """Where the newest version's programs lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda each: int(each.parents[1].name))
    return found[-1].parent


ACCESS = """\
local all postgres peer
host kamailio kamailio all scram-sha-256
"""
"""pg_hba.conf: the administrator by the socket of this pod, edges by their password.

Not by their addresses: who comes by a service may arrive with the one of a machine or a bridge in between. Who reaches
the port at all is for the namespace's policies."""


def start(address: str) -> None:
    """Does not return."""
    bin_folder = programs()
    if not (HOME / "PG_VERSION").exists():
        HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        subprocess.run(
            [str(bin_folder / "initdb"), "-D", str(HOME), "-U", "postgres", "-E", "UTF8", "--auth", "peer"], check=True
        )
    (HOME / "pg_hba.conf").write_text(ACCESS)
    sockets = Path("/run/postgresql")
    sockets.mkdir(exist_ok=True)
    (HOME / "postmaster.pid").unlink(missing_ok=True)  # of a pod that was killed: its process numbers mean nothing here
    settings = {
        "listen_addresses": f"127.0.0.1,{address}",
        "unix_socket_directories": str(sockets),
        "password_encryption": "scram-sha-256",
        "max_connections": "200",
        # A machine that vanished must not hold locks for hours.
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }
    line = [str(bin_folder / "postgres"), "-D", str(HOME)]
    for name, value in settings.items():
        line += ["-c", f"{name}={value}"]
    os.execv(line[0], line)
