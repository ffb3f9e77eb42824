"""A provider's folder with an environment in a cluster, `pbx` as its engineer calls it, and what stands for machines.

There is no kubelet: pods of a core and of the database are threads here, that run the program of pods with a daemon
written for tests, and sets of pods are reported up as a machine would.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage

from provisioner.adapters.cluster.api import Api, NotFound
from provisioner.core.errors import PbxError
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.kubernetes.test_delivery import Daemon, cluster, loop

PBX = Path(sys.executable).with_name("pbx")
NAMESPACE = "telephony"
DIGEST = "sha256:" + "ab" * 32
PROVIDER = f"""\
version: 1
name: Nordtel
number_blocks: [{{prefix: "+46980319"}}]
trunks:
  carrier: {{address: carrier.example.com}}
  emergency: {{address: carrier.example.com, emergency: yes}}
environments:
  cloud:
    target: kubernetes
    context: cloud
    namespace: {NAMESPACE}
    images:
      asterisk: {DIGEST}
      kamailio: {DIGEST}
      rtpengine: {DIGEST}
      web: {DIGEST}
      postgresql: {DIGEST}
    edges: {{edge: {{address: 198.18.0.5, public_address: 198.18.1.5}}}}
    cores: {{core: {{}}}}
"""
TENANT = (Path(__file__).parents[2] / "examples/tenants/kiosken.yaml").read_text(encoding="utf-8")


@dataclass
class Folder:
    """The folder, and the daemons of its pods by where bundles go."""

    path: Path
    plane: ControlPlane
    daemons: dict[str, Daemon] = field(default_factory=dict)
    identity: str = field(default_factory=lambda: str(pyrage.x25519.Identity.generate()))
    """Opens the secrets of the environment."""

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def try_pbx(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        home = {"XDG_CONFIG_HOME": str(self.path.parent / "configuration"), "PBX_AGE_IDENTITY": self.identity}
        environment = {**os.environ, **self.plane.environment, **home, "PBX_FOLDER": str(self.path), **more}
        return subprocess.run(
            [str(PBX), *words], env=environment, capture_output=True, text=True, timeout=600, check=False
        )

    def pbx(self, *words: str, code: int = 0) -> str:
        done = self.try_pbx(*words)
        assert done.returncode == code, (
            f"pbx {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def document(self, *words: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pbx(*words, "--format", "json", code=code))
        return found

    @property
    def api(self) -> Api:
        return Api(CONTEXT, NAMESPACE)


@contextmanager
def machines(folder: Folder) -> Iterator[None]:
    """Until the end sets of pods are up as soon as they are made, and bundles are taken in."""
    over = threading.Event()
    workers = [threading.Thread(target=_kubelet, args=(folder.api, over), daemon=True)]
    for node in ("core-core", "rows"):
        folder.daemons[node] = Daemon()
        pod = loop.Loop(cluster.Cluster(), node, folder.daemons[node])
        workers.append(threading.Thread(target=_pod, args=(pod, over), daemon=True))
    for each in workers:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in workers:
            each.join(10)


def _pod(pod: Any, over: threading.Event) -> None:
    while not over.is_set():
        try:
            pod.round()
        except (cluster.Unreachable, OSError):
            pod.caught_up = False  # its namespace is not there yet, or no longer
        time.sleep(0.2)


def _kubelet(api: Api, over: threading.Event) -> None:
    while not over.is_set():
        for kind in ("statefulsets", "daemonsets"):
            try:
                for each in api.items(api.kind(kind, "apis/apps/v1")):
                    generation = each["metadata"]["generation"]
                    if (each.get("status") or {}).get("observedGeneration") != generation:
                        path = f"{api.kind(kind, 'apis/apps/v1')}/{each['metadata']['name']}/status"
                        api.merge(path, {"status": {"observedGeneration": generation, **_UP[kind]}})
            except (PbxError, NotFound):
                pass
        time.sleep(0.2)


_UP: dict[str, dict[str, object]] = {
    "statefulsets": {
        "replicas": 1,
        "readyReplicas": 1,
        "updatedReplicas": 1,
        "currentRevision": "1",
        "updateRevision": "1",
    },
    "daemonsets": {
        "desiredNumberScheduled": 1,
        "currentNumberScheduled": 1,
        "updatedNumberScheduled": 1,
        "numberAvailable": 1,
        "numberReady": 1,
        "numberMisscheduled": 0,
    },
}
