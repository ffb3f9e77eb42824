"""Pods really run in the one-machine cluster, from images that were made here, confined as the platform's are."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

import pytest

from provisioner.adapters import images
from provisioner.adapters.lab_cluster import Cluster

pytestmark = pytest.mark.lab  # namespaces and control groups need root

BUSYBOX = "/usr/bin/busybox"


def pod(name: str, image: str, command: Sequence[str], **more: Any) -> dict[str, Any]:
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "Never",
        "command": list(command),
        "resources": {"requests": {"cpu": "20m", "memory": "16Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        **more,
    }
    confined = {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    spec = {"containers": [container], "securityContext": confined, "terminationGracePeriodSeconds": 0}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}


def kubectl(cluster: Cluster, *words: str, stdin: str = "") -> str:
    done = cluster.run(["kubectl", *words], stdin=stdin, timeout=180)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(cluster: Cluster, what: dict[str, Any]) -> None:
    kubectl(cluster, "delete", "--ignore-not-found", what["kind"], what["metadata"]["name"])
    kubectl(cluster, "apply", "--filename", "-", stdin=json.dumps(what))
    if what["kind"] == "Pod":
        kubectl(cluster, "wait", "--for=condition=Ready", f"pod/{what['metadata']['name']}", "--timeout=120s")


@pytest.fixture(scope="module")
def plain(cluster: Cluster) -> str:
    return cluster.load(images.ensure(images.read("pause"), print))


def fetched(url: str, seconds: float = 30) -> bytes:
    """What the host gets from a pod; a server that has just begun may need a moment."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found: bytes = answer.read()
                return found
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def test_a_pod_runs_as_nobody_special_with_the_memory_that_it_may_have(cluster: Cluster, plain: str) -> None:
    run(cluster, pod("plain", plain, [BUSYBOX, "sh", "-c", f"{BUSYBOX} id; exec {BUSYBOX} sleep 1000"]))
    assert kubectl(cluster, "logs", "plain") == "uid=10001(pause) gid=10001(pause) groups=10001(pause)\n"
    limit = kubectl(cluster, "exec", "plain", "--", BUSYBOX, "cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    assert int(limit) == 256 * 2**20
    rights = kubectl(
        cluster, "exec", "plain", "--", BUSYBOX, "grep", "-E", "CapEff|NoNewPrivs|Seccomp:", "/proc/self/status"
    )
    assert rights.split() == ["CapEff:", "0000000000000000", "NoNewPrivs:", "1", "Seccomp:", "2"]


def test_pods_are_reached_by_address_and_by_their_service(cluster: Cluster, plain: str) -> None:
    script = f"echo told >/tmp/index.html; exec {BUSYBOX} httpd -f -p 8080 -h /tmp"
    served = pod("served", plain, [BUSYBOX, "sh", "-c", script], volumeMounts=[{"name": "tmp", "mountPath": "/tmp"}])
    served["spec"]["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    run(cluster, served)
    ports = [{"port": 80, "targetPort": 8080}]
    spec = {"selector": {"app": "served"}, "ports": ports}
    run(cluster, {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "served"}, "spec": spec})
    address = kubectl(cluster, "get", "pod", "served", "--output", "jsonpath={.status.podIP}")
    assert fetched(f"http://{address}:8080/") == b"told\n"
    service = kubectl(cluster, "get", "service", "served", "--output", "jsonpath={.spec.clusterIP}")
    run(cluster, pod("asks", plain, [BUSYBOX, "sleep", "1000"]))
    deadline = time.monotonic() + 30
    while (
        cluster.run(["kubectl", "exec", "asks", "--", BUSYBOX, "wget", "-qO-", f"http://{service}/"]).stdout != "told\n"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_pod_that_dies_is_started_again(cluster: Cluster, plain: str) -> None:
    run(cluster, pod("dies", plain, [BUSYBOX, "sh", "-c", f"{BUSYBOX} sleep 3; exit 3"]))
    deadline = time.monotonic() + 60
    while (
        kubectl(cluster, "get", "pod", "dies", "--output", "jsonpath={.status.containerStatuses[0].restartCount}")
        == "0"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.5)
