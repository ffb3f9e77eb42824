"""Runs in the root file system of a machine, alone: starts ejabberd, adds a tenant, tells what that took as JSON.

`chat` lays down what it needs below /bench; nothing of this program's own packages is there.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TLS = Path("/etc/kamailio/tls")
SPOOL = Path("/var/lib/pbx-chat")
RUN = Path("/run/pbx-chat")
START = (
    "erlc -o /run/pbx-chat /usr/local/lib/pbx/*.erl && exec /usr/sbin/ejabberdctl --config /etc/pbx-chat/ejabberd.yml"
    " --ctl-config /etc/pbx-chat/ejabberdctl.cfg --spool /var/lib/pbx-chat --logs /var/log/pbx-chat foreground"
)
SECONDS = 1200


def folders() -> None:
    for each in (TLS, SPOOL / "quotas", RUN, Path("/var/log/pbx-chat"), Path("/var/lib/pbx-chat-page")):
        each.mkdir(parents=True, exist_ok=True)
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    files = ["-subj", "/CN=bench.example", "-keyout", str(TLS / "key.pem"), "-out", str(TLS / "certificate.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)
    (TLS / "key.pem").chmod(0o644)
    for each in ("/etc/pbx-chat", SPOOL, RUN, "/var/log/pbx-chat"):
        subprocess.run(["chown", "-R", "ejabberd:", str(each)], check=True)


def until_it_serves(daemon: Any, process: subprocess.Popen[bytes], hosts: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if len(daemon.ask("registered_vhosts")) > hosts:  # its own, too
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise SystemExit(f"ejabberd does not serve {hosts} hosts: {Path('/bench/log').read_text()[-1500:]}")


def memory() -> float:
    """Megabytes of the daemon and its helpers, shared pages counted once (PSS)."""
    total = 0
    for rollup in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            if b"python3" in (rollup.parent / "cmdline").read_bytes():
                continue
            lines = rollup.read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return round(total / 1024, 1)


def main(add: bool) -> None:
    import chat_host
    from ansible.module_utils.pbx_chat import SOCKET, Daemon

    folders()
    daemon, hosts = Daemon(SOCKET), len(list(Path("/etc/pbx-chat/tenants").glob("*.yml")))
    user = ["setpriv", "--reuid=ejabberd", "--regid=ejabberd", "--clear-groups"]
    with Path("/bench/log").open("wb") as log:
        command = [*user, "env", "HOME=/var/lib/pbx-chat", "sh", "-c", START]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    until_it_serves(daemon, process, hosts)
    time.sleep(5)  # what it began at its start is done
    told: dict[str, float] = {"memory": memory()}
    fresh = json.loads(Path("/bench/fresh.json").read_text())
    for name in ("added", "again") if add else ():
        began = time.monotonic()
        done = chat_host.present("fresh", fresh["host"], fresh["wanted"], daemon, False)
        told[name] = round(time.monotonic() - began, 2)
        if bool(done) != (name == "added"):
            raise SystemExit(f"{name}: {done}")
    print(json.dumps(told))
    process.kill()
    shutil.rmtree(SPOOL)


if __name__ == "__main__":
    sys.path.insert(0, "/bench")
    main(sys.argv[1] == "1")
