"""An edge: where cores are now, and whether Kamailio's tables are those of the database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import prepare
from .cluster import REVISION, Cluster, Unreachable

SOURCE, CURRENT = Path("/pbx/kamailio"), Path("/etc/kamailio/current")
SIGNED, TLS = Path("/pbx/tls"), Path("/etc/kamailio/tls")
RUN = Path("/run/kamailio")
TABLES = ("tenants", "domains", "numbers")
NOWHERE = "192.0.2.1"
"""Stands for a core that is not up (RFC 5737: nobody's): calls to it fail at once, and no file is broken."""
PAUSE = 2.0
PORTS = {"cores": 5060, "people": 5071}
"""Kamailio's tables of where cores are, and the ports there."""

Run = Callable[..., str]


def kamcmd(*words: str) -> str:
    """What the running daemon answers; raises OSError where it does not."""
    done = subprocess.run(["kamcmd", *words], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode or done.stdout.startswith("error"):
        raise OSError(f"kamcmd {' '.join(words)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def addresses(cluster: Cluster, cores: list[str]) -> dict[str, str]:
    """core → the address of its pod that takes calls; of one that is not up, nobody's."""
    found = dict.fromkeys(cores, NOWHERE)
    for pod in cluster.items("pods", labelSelector="app.kubernetes.io/component=core"):
        node, status = pod["metadata"]["labels"].get("pbx/node", ""), pod.get("status", {})
        ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", ()))
        if node in found and ready and status.get("podIP"):
            found[node] = status["podIP"]
    return found


def database() -> dict[str, str]:
    """Where rows are. The cluster tells every pod of the service's address, which stays while pods behind it change;
    so no name has to be asked for. Empty where the database is outside: its own address stands in the files."""
    address = os.environ.get("DATA_SERVICE_HOST", "")
    return {"data": address} if address else {}


def start(cluster: Cluster, node: str, cores: list[str]) -> None:
    """Before Kamailio: its files, a certificate, and the folder of the socket by which it is asked."""
    RUN.mkdir(exist_ok=True)
    prepare.lay(SOURCE, CURRENT, addresses(cluster, cores) | database())
    prepare.certificate(SIGNED, TLS, node)


class Edge:
    """What is kept current while Kamailio runs."""

    def __init__(self, cluster: Cluster, cores: list[str], run: Run = kamcmd) -> None:
        self._cluster = cluster
        self._cores = cores
        self._run = run
        self._told: dict[str, str] = {}

    def keep(self) -> None:
        """Until the process ends."""
        while True:
            try:
                self.round()
            except (Unreachable, OSError) as error:
                print(f"reloader: {error}", file=sys.stderr, flush=True)
            time.sleep(PAUSE)

    def round(self, source: Path = SOURCE, current: Path = CURRENT) -> None:
        self._follow(addresses(self._cluster, self._cores), source, current)
        if prepare.certificate(SIGNED, TLS, ""):
            self._run("tls.reload")
        self._catch_up()

    def _follow(self, now: dict[str, str], source: Path, current: Path) -> None:
        """The files are for Kamailio's next start; what runs is told by its own commands, and no call is touched."""
        if now == self._told:
            return
        prepare.lay(source, current, now | database())
        for core, address in now.items():
            for table, port in PORTS.items():
                self._run("htable.sets", table, core, f"s:sip:{address}:{port}")
        self._run("permissions.addressReload")
        self._told = now

    def _catch_up(self) -> None:
        status = self._cluster.get("configmaps", "rows-status")
        newest = int(status["metadata"].get("annotations", {}).get(REVISION, "-1"))
        found = re.search(r"value:\s*(\S+)", self._run("htable.get", "meta", "revision"))
        if (int(found[1]) if found else -1) >= newest:
            return
        for table in TABLES:
            self._run("htable.reload", table)
        # Last: a round that ends before this line leaves the old revision behind, and the next one reloads again.
        self._run("htable.sets", "meta", "revision", f"s:{newest}")
