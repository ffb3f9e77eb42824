"""Carries resources out in a cluster: bundles go to the index of their node, and the pod says what it runs.

A bundle is laid down as immutable objects first, then named in the index of its core; a program beside the daemon takes
it in, lets the daemon check it, and notes the outcome. Where it refuses, the index is put back to what it named before,
so a pod that starts anew starts with what was good. Nothing of a bundle is in the engine's state but its digest.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.adapters.cluster import rollout
from provisioner.adapters.cluster.api import AlreadyThere, Api, NotFound
from provisioner.adapters.cluster.objects import GOES_TO, SOUNDS, TENANT, Delivered, deliver, grant
from provisioner.core.deployment import Event, Kind, PlayFailed, Progress
from provisioner.core.errors import PbxError, TimedOut

RBAC = "apis/rbac.authorization.k8s.io/v1"
_GRACE = timedelta(days=1)
"""How long a sound that no bundle names stays: another tenant may be about to name it."""


@dataclass(frozen=True)
class Content:
    """The files of a bundle; `secrets` are those with values in place, and `key` names these values."""

    digest: str
    files: Mapping[str, bytes]
    secrets: Mapping[str, bytes]
    key: str = ""


Result = dict[str, Any]
"""host → how many things were done there, and how many of them changed something."""


class ClusterDelivery:
    """What an environment's namespace is given. `content` reads a resource's bundle."""

    def __init__(
        self,
        api: Api,
        content: Callable[[Kind, Mapping[str, Any]], Content],
        drain_seconds: int = 600,
        patience: float = 180.0,
    ) -> None:
        self._api = api
        self._content = content
        self._drain = drain_seconds
        self._patience = patience

    def carry(
        self,
        kind: Kind,
        inputs: Mapping[str, Any],
        tell: Progress,
        cancelled: Callable[[], bool],
        *,
        present: bool,
        again: bool = False,
    ) -> Result:
        """Makes one resource so, or takes it away; returns what was done on each node."""
        if kind is Kind.PLATFORM_NODE:
            return self._node(inputs, tell, cancelled) if present else {}
        if kind not in (Kind.CORE_BUNDLE, Kind.EDGE_ROWS):
            return {}
        goes_to, account = (f"core-{inputs['node']}", "core") if kind is Kind.CORE_BUNDLE else ("rows", "data")
        if not present:
            return self._take_away(inputs["slug"], goes_to, cancelled)
        content = self._content(kind, inputs)
        bundle = deliver(inputs["slug"], goes_to, content.digest, content.files, content.secrets, content.key)
        return self._lay(bundle, goes_to, account, again, tell, cancelled)

    def running(self, goes_to: str) -> dict[str, dict[str, str]]:
        """slug → what a node says that it runs: `digest`, the `entry` it was told by, and `error` where it refused."""
        data = self._api.get(f"{self._api.kind('configmaps')}/{goes_to}-status").get("data") or {}
        return {slug: json.loads(text) for slug, text in data.items()}

    def wanted(self, goes_to: str) -> dict[str, dict[str, Any]]:
        """slug → what the index of a node says."""
        return {slug: json.loads(text) for slug, text in self._index(goes_to).items()}

    def _lay(
        self, bundle: Delivered, goes_to: str, account: str, again: bool, tell: Progress, cancelled: Callable[[], bool]
    ) -> Result:
        slug = bundle.slug
        before = self._index(goes_to).get(slug)
        entry = bundle.entry(datetime.now(UTC).isoformat() if again else "")
        made = [each for each in bundle.objects if self._put(each.resource, each.name, each.manifest)]
        self._grant(slug, goes_to, account, bundle.secrets)
        if entry != before:
            self._name(goes_to, slug, entry)
        tell(Event(f"{slug}: {len(made)} of {len(bundle.objects)} objects new, waiting for {goes_to}", host=goes_to))
        error = self._awaited(goes_to, slug, entry, cancelled)
        if error:
            self._name(goes_to, slug, before)
            for each in made:
                if each.labels[GOES_TO] == SOUNDS:
                    continue  # another tenant may have come to name it meanwhile
                self._api.delete(f"{self._api.kind(each.resource)}/{each.name}")
            raise PlayFailed(f"{goes_to}: {error}", "mend what it names, then run `pbx apply` again", goes_to)
        self._forget(slug, goes_to, {each.name for each in bundle.objects})
        return {goes_to: {"ran": len(bundle.objects), "changed": len(made) + (entry != before)}}

    def _take_away(self, slug: str, goes_to: str, cancelled: Callable[[], bool]) -> Result:
        try:
            there = slug in self._index(goes_to)
        except NotFound:
            return {}  # the platform went first, and everything of its namespace with it
        if there:
            self._name(goes_to, slug, None)
            if error := self._awaited(goes_to, slug, "", cancelled):
                raise PlayFailed(f"{goes_to}: {error}", "mend what it names, then run the same command again", goes_to)
        self._forget(slug, goes_to, set())
        for resource in ("rolebindings", "roles"):
            self._api.delete(f"{self._api.kind(resource, RBAC)}/bundle-{slug}-{goes_to}")
        self._forget_sounds()
        return {goes_to: {"ran": 1, "changed": int(there)}}

    def _index(self, goes_to: str) -> dict[str, str]:
        found: dict[str, str] = self._api.get(f"{self._api.kind('configmaps')}/{goes_to}-bundles").get("data") or {}
        return found

    def _name(self, goes_to: str, slug: str, entry: str | None) -> None:
        self._api.merge(f"{self._api.kind('configmaps')}/{goes_to}-bundles", {"data": {slug: entry}})

    def _put(self, resource: str, name: str, manifest: Mapping[str, Any]) -> bool:
        """Makes the object; false where one of its name is there, which then has the same content."""
        path = self._api.kind(resource)
        if self._api.is_there(f"{path}/{name}"):
            return False
        try:
            self._api.create(path, manifest)
        except AlreadyThere:
            return False  # a sound that another tenant has too
        return True

    def _grant(self, slug: str, goes_to: str, account: str, secrets: list[str]) -> None:
        if not secrets:
            return
        for resource, manifest in grant(slug, goes_to, account, self._api.namespace, secrets):
            path, name = self._api.kind(resource, RBAC), manifest["metadata"]["name"]
            if not self._put_grant(path, manifest) and resource == "roles":
                self._api.merge(f"{path}/{name}", {"rules": manifest["rules"]})

    def _put_grant(self, path: str, manifest: Mapping[str, Any]) -> bool:
        try:
            self._api.create(path, manifest)
        except AlreadyThere:
            return False
        return True

    def _awaited(self, goes_to: str, slug: str, entry: str, cancelled: Callable[[], bool]) -> str:
        """Waits until the node has answered to the entry; returns why it refused, or nothing."""
        ends = time.monotonic() + self._patience
        wanted = named(entry) if entry else ""
        while True:
            answer = self.running(goes_to).get(slug, {})
            if answer.get("entry", "") == wanted:
                return answer.get("error", "")
            if cancelled():
                raise PbxError(f"interrupted while {goes_to} took in {slug}", "run the same command again")
            if time.monotonic() > ends:
                why = rollout.troubles(self._api, goes_to.removeprefix("core-") if goes_to != "rows" else "data")
                raise TimedOut(
                    f"{goes_to} did not take in {slug} within {self._patience:.0f} s{': ' + why if why else ''}",
                    f"see `kubectl --context {self._api.context} -n {self._api.namespace} get pods`, then repeat",
                )
            time.sleep(0.2)

    def _forget(self, slug: str, goes_to: str, keep: set[str]) -> None:
        """Objects of the tenant that the index no longer names."""
        selector = f"{TENANT}={slug},{GOES_TO}={goes_to}"
        for resource in ("configmaps", "secrets"):
            path = self._api.kind(resource)
            for name, _ in self._api.names(path, selector):
                if name not in keep:
                    self._api.delete(f"{path}/{name}")

    def _forget_sounds(self) -> None:
        path = self._api.kind("configmaps")
        indexes = [each for each, _ in self._api.names(path, "app.kubernetes.io/component=bundles")]
        used = {
            part[1]
            for each in indexes
            if each.endswith("-bundles")
            for entry in self.wanted(each.removesuffix("-bundles")).values()
            for part in entry["parts"]
        }
        for name, since in self._api.names(path, f"{GOES_TO}={SOUNDS}"):
            if name not in used and datetime.now(UTC) - datetime.fromisoformat(since) > _GRACE:
                self._api.delete(f"{path}/{name}")

    def _node(self, inputs: Mapping[str, Any], tell: Progress, cancelled: Callable[[], bool]) -> Result:
        return rollout.awaited(self._api, inputs, self._drain, self._patience, tell, cancelled)


def named(entry: str) -> str:
    """How a node refers to a line of the index."""
    return hashlib.sha256(entry.encode()).hexdigest()[:16]
