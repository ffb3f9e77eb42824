"""A real control plane without machines: etcd, kube-apiserver, and the controllers that take away what shall go.

Everything that stores, checks and refuses objects is the real thing; nothing runs pods. It listens on this machine
only, on ports that are free, and is gone with its processes.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.adapters.cluster import programs
from provisioner.adapters.cluster.api import Api, NotFound
from provisioner.core.errors import PbxError

CONTEXT = "cloud"
POWERLESS = "powerless"
"""A context whose user may do nothing."""
NAMES = ("etcd", "kube-apiserver", "kube-controller-manager")
SECONDS = 120


@dataclass(frozen=True)
class ControlPlane:
    """A cluster by its kubeconfig, which has the contexts `cloud` and `powerless`."""

    folder: Path
    url: str

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def authority(self) -> Path:
        return self.folder / "certificates" / "apiserver.crt"

    @property
    def environment(self) -> dict[str, str]:
        return {"KUBECONFIG": str(self.kubeconfig)}

    def pod(self, namespace: str) -> dict[str, str]:
        """What a pod with all rights finds in its environment."""
        token = self.folder / "token"
        token.write_text("administrator", encoding="utf-8")
        return {
            "PBX_API": self.url,
            "PBX_TOKEN_FILE": str(token),
            "PBX_CA_FILE": str(self.authority),
            "POD_NAMESPACE": namespace,
        }

    def objects(self, namespace: str) -> dict[str, list[str]]:
        """kind → names of what is there and was not made by the cluster itself."""
        api = Api(CONTEXT, namespace)
        kinds = {
            "api/v1": ("configmaps", "secrets", "services", "serviceaccounts", "pods"),
            "apis/apps/v1": ("statefulsets", "daemonsets", "deployments"),
            "apis/networking.k8s.io/v1": ("networkpolicies",),
            "apis/policy/v1": ("poddisruptionbudgets",),
            "apis/rbac.authorization.k8s.io/v1": ("roles", "rolebindings"),
        }
        found = {
            kind: [each["metadata"]["name"] for each in api.items(api.kind(kind, group))]
            for group, names in kinds.items()
            for kind in names
        }
        return {kind: names for kind, names in found.items() if names}


class Impossible(Exception):
    """There is no control plane to be had here; the text says why."""


def got() -> Mapping[str, Path]:
    """The programs: from the cache, or built where a run is meant to have them."""
    required = bool(os.environ.get("PBX_REQUIRE_KUBERNETES"))
    found: dict[str, Path] = {}
    for name in NAMES:
        if not required and not programs.is_there(name):
            raise Impossible(f"{name} has not been built: `make kubernetes` does it, or set PBX_REQUIRE_KUBERNETES=1")
        try:
            found[name] = programs.program(name, print)
        except PbxError as error:
            raise Impossible(f"{name} cannot be built: {error.message}") from error
    return found


@contextmanager
def running(folder: Path) -> Iterator[ControlPlane]:
    """A fresh one in this folder; raises Impossible where it cannot be had."""
    tools = got()
    etcd_port, peer_port, port = _free(), _free(), _free()
    certificates = folder / "certificates"
    keys = folder / "accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", str(keys), "2048"], check=True, capture_output=True)
    tokens = 'administrator,administrator,1,"system:masters"\npowerless,powerless,2\n'
    (folder / "tokens.csv").write_text(tokens, encoding="utf-8")
    plane = ControlPlane(folder, f"https://127.0.0.1:{port}")
    etcd = [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://127.0.0.1:{etcd_port}",
        f"--advertise-client-urls=http://127.0.0.1:{etcd_port}",
        f"--listen-peer-urls=http://127.0.0.1:{peer_port}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer_port}",
        f"--initial-cluster=default=http://127.0.0.1:{peer_port}",
        "--unsafe-no-fsync",
    ]
    server = [
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={certificates}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        f"--service-account-key-file={keys}",
        f"--service-account-signing-key-file={keys}",
        "--service-account-issuer=https://cluster.invalid",
        "--service-cluster-ip-range=198.18.255.0/24",
        "--disable-admission-plugins=ServiceAccount",  # pods of tests have no accounts' tokens
    ]
    controllers = [
        f"--kubeconfig={folder / 'controllers.kubeconfig'}",
        "--controllers=namespace-controller,garbage-collector-controller",
        "--leader-elect=false",
        "--secure-port=0",
    ]
    _write_kubeconfig(plane)
    with started(tools["etcd"], etcd, folder), started(tools["kube-apiserver"], server, folder) as api:
        _until_ready(plane, api)
        with started(tools["kube-controller-manager"], controllers, folder):
            yield plane


def _write_kubeconfig(plane: ControlPlane) -> None:
    cluster = {"server": plane.url, "certificate-authority": str(plane.authority)}
    nowhere = {"server": f"https://127.0.0.1:{_free()}"}
    users = {CONTEXT: "administrator", POWERLESS: "powerless", "nowhere": "administrator", "stranger": "stranger"}
    content: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "here", "cluster": cluster}, {"name": "nowhere", "cluster": nowhere}],
        "users": [{"name": name, "user": {"token": token}} for name, token in users.items()],
        "contexts": [
            {"name": name, "context": {"cluster": "nowhere" if name == "nowhere" else "here", "user": name}}
            for name in users
        ],
    }
    plane.kubeconfig.write_text(json.dumps(content), encoding="utf-8")
    # Controllers take the current context; for `pbx` there is none, so that it can only be the one that is named.
    controllers = plane.folder / "controllers.kubeconfig"
    controllers.write_text(json.dumps({**content, "current-context": CONTEXT}), encoding="utf-8")


@contextmanager
def started(program: Path, arguments: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    # Tests that are killed close nothing: the kernel ends what they have begun.
    line = ["setpriv", "--pdeathsig", "KILL", str(program), *arguments]
    with (folder / f"{program.name}.log").open("wb") as log:
        process = subprocess.Popen(line, stdout=log, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_ready(plane: ControlPlane, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        if plane.authority.exists():
            try:
                Api(CONTEXT, "default").get("/api/v1/namespaces/default")
            except (PbxError, NotFound):
                pass
            else:
                return
        time.sleep(0.2)
    log = (plane.folder / "kube-apiserver.log").read_text(errors="replace")
    raise AssertionError(f"kube-apiserver did not start: {log[-3000:]}")


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
