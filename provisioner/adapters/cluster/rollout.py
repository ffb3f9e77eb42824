"""Whether the pods of a node are up with what they were told, and in plain words why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from provisioner.adapters.cluster.api import Api
from provisioner.core.deployment import Event, Progress
from provisioner.core.errors import PbxError, TimedOut

_FATAL = {
    "InvalidImageName": "correct the image in provider.yaml",
    "ErrImageNeverPull": "push the image to the registry of provider.yaml, or load it on the machine",
    "ImagePullBackOff": "push the image to the registry of provider.yaml, or load it on the machine",
    "CreateContainerConfigError": "see what it names, then repeat",
}
"""What does not become better by waiting, and the way out."""


def awaited(
    api: Api,
    inputs: Mapping[str, Any],
    drain_seconds: int,
    patience: float,
    tell: Progress,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Waits until the pods of a node are rolled; raises PbxError where they cannot be, TimedOut in the end."""
    name, roles = str(inputs["machine"]), inputs["roles"]
    kind, full = _workload(name, roles)
    ends = time.monotonic() + patience + (drain_seconds if "asterisk" in roles else 0)
    tell(Event(f"waiting for the pods of {full}", host=name))
    while True:
        found = api.get(f"{api.kind(kind, 'apis/apps/v1')}/{full}")
        if _rolled(kind, found):
            return {name: {"ran": 1, "changed": 1}}
        if error := _fatal(api, kind, name, found):
            raise error
        if cancelled():
            raise PbxError(f"interrupted while {full} was rolled", "run the same command again")
        if time.monotonic() > ends:
            raise TimedOut(
                f"the pods of {full} are not up after {patience:.0f} s: {troubles(api, name) or 'no word of why'}",
                f"see `kubectl --context {api.context} -n {api.namespace} describe {kind}/{full}`, then repeat",
            )
        time.sleep(0.5)


def _workload(name: str, roles: Any) -> tuple[str, str]:
    if "kamailio" in roles:
        return "daemonsets", f"edge-{name}"
    return "statefulsets", f"core-{name}" if "asterisk" in roles else name


def _rolled(kind: str, found: Mapping[str, Any]) -> bool:
    status = found.get("status") or {}
    if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
        return False
    if kind == "daemonsets":
        wanted = status.get("desiredNumberScheduled", 0)
        return bool(wanted) and wanted == status.get("updatedNumberScheduled") == status.get("numberAvailable")
    wanted = found["spec"]["replicas"]
    same = status.get("currentRevision") == status.get("updateRevision")
    return bool(same) and wanted == status.get("readyReplicas") == status.get("updatedReplicas", wanted)


def _fatal(api: Api, kind: str, name: str, found: Mapping[str, Any]) -> PbxError | None:
    status = found.get("status") or {}
    observed = status.get("observedGeneration", 0) >= found["metadata"]["generation"]
    if kind == "daemonsets" and observed and not status.get("desiredNumberScheduled"):
        return PbxError(
            f"no machine of the cluster {api.context} is labelled pbx/edge={name}",
            f"kubectl --context {api.context} label node MACHINE pbx/edge={name}, then repeat",
        )
    for pod, container, reason, message in _waiting(api, name):
        if reason in _FATAL:
            return PbxError(f"pod {pod}, container {container}: {reason}: {message}", _FATAL[reason])
    return None


def troubles(api: Api, name: str) -> str:
    """What keeps the pods of a node from running, in the cluster's words."""
    return "; ".join(f"pod {pod}, {part}: {reason}: {words}" for pod, part, reason, words in _waiting(api, name))


def _waiting(api: Api, name: str) -> Iterator[tuple[str, str, str, str]]:
    for pod in api.items(api.kind("pods"), labelSelector=f"pbx/node={name}"):
        status = pod.get("status", {})
        label = pod["metadata"]["name"]
        for each in status.get("conditions", ()):
            if each["type"] == "PodScheduled" and each["status"] == "False":
                yield label, "scheduling", each.get("reason", ""), each.get("message", "")
        for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            if waiting := each.get("state", {}).get("waiting"):
                yield label, each["name"], waiting.get("reason", ""), waiting.get("message", "")
