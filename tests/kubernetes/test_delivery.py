"""Bundles on their way into a real cluster's API, and out of it by the very program that runs in pods.

What takes them in is written here: it keeps what it was given, and refuses what a test names.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.cluster import delivery, needs, objects
from provisioner.adapters.cluster.api import Api, Right
from provisioner.adapters.cluster.delivery import ClusterDelivery, Content
from provisioner.core import parts
from provisioner.core.deployment import Event, Kind, PlayFailed
from provisioner.core.errors import PbxError, TimedOut, UsageError
from tests.kubernetes.control_plane import CONTEXT, POWERLESS, ControlPlane
from tests.kubernetes.house import site

sys.path.append(str(Path(__file__).parents[2] / "reloader"))  # behind the real Ansible
from pbx_pod import cluster, loop, status  # type: ignore[import-not-found]

SOUND = bytes(range(256)) * 9000
"""2.3 MB that are no text: three pieces."""


@dataclass
class Daemon:
    """Takes bundles in; refuses a tenant whose dialplan says so."""

    runs: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    takes: list[list[str]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def take(self, some: Sequence[Any]) -> None:
        self.takes.append([each.slug for each in some])
        if bad := [each.slug for each in some if b"nonsense" in each.files.get("extensions.conf", b"")]:
            raise loop.Refused(f"asterisk refuses the files, nothing was changed: {bad[0]}/extensions.conf line 7")
        self.runs |= {each.slug: each.files for each in some}

    def drop(self, slugs: Sequence[str]) -> None:
        for slug in slugs:
            del self.runs[slug]

    def astray(self, some: Iterable[Any]) -> set[str]:
        return {each.slug for each in some} & self.lost


@dataclass
class House:
    """A namespace with one core, whose pod is a thread here."""

    api: Api
    daemon: Daemon
    loop: Any
    content: dict[str, Content] = field(default_factory=dict)
    told: list[Event] = field(default_factory=list)

    def deliverer(self, patience: float = 30.0) -> ClusterDelivery:
        return ClusterDelivery(self.api, lambda _, inputs: self.content[inputs["slug"]], patience=patience)

    def lay(
        self, slug: str, files: Mapping[str, bytes], secrets: Mapping[str, bytes] | None = None, **more: Any
    ) -> Any:
        key = more.pop("key", "keyed" if secrets else "")
        digest = parts.Part(tuple(parts.Piece(path, path, text) for path, text in sorted(files.items()))).digest
        self.content[slug] = Content(digest, files, secrets or {}, key)
        return self.carry(slug, present=True, **more)

    def carry(self, slug: str, patience: float = 30.0, **more: Any) -> Any:
        inputs = {"slug": slug, "node": "core"}
        never = threading.Event().is_set
        return self.deliverer(patience).carry(Kind.CORE_BUNDLE, inputs, self.told.append, never, **more)

    def named(self, resource: str, selector: str) -> list[str]:
        return sorted(name for name, _ in self.api.names(self.api.kind(resource), selector))


@pytest.fixture
def house(plane: ControlPlane, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    name = request.node.name.replace("_", "-").replace("[", "-").replace("]", "")[:60].strip("-").lower()
    api = Api(CONTEXT, name)
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for what in ("bundles", "status"):
        empty = {"apiVersion": "v1", "kind": "ConfigMap"}
        labels = {"app.kubernetes.io/component": "bundles"}
        api.create(api.kind("configmaps"), {**empty, "metadata": {"name": f"core-core-{what}", "labels": labels}})
    for variable, value in plane.pod(name).items():
        monkeypatch.setenv(variable, value)
    daemon = Daemon()
    pod = loop.Loop(cluster.Cluster(), "core-core", daemon)
    threading.Thread(target=pod.run, daemon=True).start()
    yield House(api, daemon, pod)
    pod.stop()
    api.close()


def test_bytes_arrive_as_they_were_compiled(house: House) -> None:
    files = {"extensions.conf": "[acme]\nåäö\n".encode(), "sounds/ab12.wav": SOUND}
    done = house.lay("acme", files, {"people.json": b'{"pin": "1234"}'})
    assert done == {"core-core": {"ran": 5, "changed": 6}}
    assert house.daemon.runs["acme"] == {**files, "people.json": b'{"pin": "1234"}'}
    assert house.deliverer().running("core-core")["acme"]["digest"]

    again = house.lay("acme", files, {"people.json": b'{"pin": "1234"}'})
    assert again == {"core-core": {"ran": 5, "changed": 0}}
    assert len(house.daemon.takes) == 1, "what runs is not taken in again"
    house.lay("acme", files, {"people.json": b'{"pin": "1234"}'}, again=True)
    assert len(house.daemon.takes) == 2, "unless it is asked for"


def test_a_pin_is_in_no_name_no_config_map_and_no_index(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"x\n"}, {"people.json": b'{"pin": "98127634"}'})
    maps = json.dumps(list(house.api.items(house.api.kind("configmaps"))))
    assert "98127634" not in maps
    (secret,) = house.named("secrets", "pbx/tenant=acme")
    (role,) = house.api.items(house.api.kind("roles", delivery.RBAC))
    assert role["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": [secret]}]
    before = secret
    house.lay("acme", {"extensions.conf": b"x\n"}, {"people.json": b'{"pin": "11111111"}'}, key="rotated")
    (secret,) = house.named("secrets", "pbx/tenant=acme")
    assert secret != before
    (role,) = house.api.items(house.api.kind("roles", delivery.RBAC))
    assert role["rules"][0]["resourceNames"] == [secret], "and only the new one may be read"


def test_what_changed_is_new_and_the_old_goes(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"one\n", "sounds/ab12.wav": SOUND})
    first = house.named("configmaps", "pbx/tenant=acme")
    house.lay("acme", {"extensions.conf": b"two\n", "sounds/ab12.wav": SOUND})
    second = house.named("configmaps", "pbx/tenant=acme")
    assert len(first) == len(second) == 1
    assert first != second
    assert house.daemon.runs["acme"]["extensions.conf"] == b"two\n"


def test_tenants_share_sounds(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"a\n", "sounds/ab12.wav": SOUND})
    sounds = house.named("configmaps", "pbx/for=sounds")
    done = house.lay("bolag", {"extensions.conf": b"b\n", "sounds/ab12.wav": SOUND})
    assert house.named("configmaps", "pbx/for=sounds") == sounds
    assert len(sounds) == 3
    assert done == {"core-core": {"ran": 4, "changed": 2}}
    house.carry("acme", present=False)
    assert house.named("configmaps", "pbx/for=sounds") == sounds, "another may be about to name one"
    assert set(house.daemon.runs) == {"bolag"}


def test_what_the_daemon_refuses_is_taken_back(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"good\n"})
    with pytest.raises(
        PlayFailed, match=r"core-core: asterisk refuses the files.*acme/extensions.conf line 7"
    ) as raised:
        house.lay("acme", {"extensions.conf": b"nonsense\n"})
    assert "pbx apply" in raised.value.remedy
    assert house.daemon.runs["acme"]["extensions.conf"] == b"good\n"
    assert len(house.named("configmaps", "pbx/tenant=acme")) == 1
    done = house.lay("acme", {"extensions.conf": b"good\n"})
    assert done == {"core-core": {"ran": 1, "changed": 0}}
    assert "error" not in house.deliverer().running("core-core")["acme"]


def test_sounds_of_what_was_refused_stay_for_who_names_them_too(house: House) -> None:
    with pytest.raises(PlayFailed):
        house.lay("acme", {"extensions.conf": b"nonsense\n", "sounds/ab12.wav": SOUND})
    assert house.named("configmaps", "pbx/tenant=acme") == []
    assert house.named("configmaps", "pbx/for=sounds")


def test_of_several_at_once_only_the_one_at_fault_fails(house: House) -> None:
    entries = {}
    for slug, text in {"a": b"1", "b": b"2", "c": b"nonsense", "d": b"4"}.items():
        one = objects.deliver(slug, "core-core", slug, {"extensions.conf": text}, {}, "")
        for each in one.objects:
            house.api.create(house.api.kind(each.resource), each.manifest)
        entries[slug] = one.entry()
    house.api.merge(f"{house.api.kind('configmaps')}/core-core-bundles", {"data": entries})
    ends = time.monotonic() + 30
    while len(known := house.deliverer().running("core-core")) < 4 and time.monotonic() < ends:
        time.sleep(0.1)
    assert {slug for slug, each in known.items() if "error" in each} == {"c"}
    assert "c/extensions.conf line 7" in known["c"]["error"]
    assert set(house.daemon.runs) == {"a", "b", "d"}
    assert house.daemon.takes[0] == ["a", "b", "c", "d"], "together first, then halves"


def test_a_tenant_goes(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"one\n"}, {"people.json": b"{}"})
    assert house.carry("acme", present=False) == {"core-core": {"ran": 1, "changed": 1}}
    assert house.daemon.runs == {}
    for resource, group in (("configmaps", "api/v1"), ("secrets", "api/v1"), ("roles", delivery.RBAC)):
        assert not [*house.api.names(house.api.kind(resource, group), "pbx/tenant=acme")], resource
    assert house.carry("acme", present=False) == {"core-core": {"ran": 1, "changed": 0}}


def test_an_object_that_somebody_deleted_is_named_and_comes_back(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"one\n"})
    (name,) = house.named("configmaps", "pbx/tenant=acme")
    house.api.delete(f"{house.api.kind('configmaps')}/{name}")
    house.daemon.lost = {"acme"}
    house.loop.round()
    assert house.loop.answers["acme"]["error"] == f"the index names configmaps/{name}, which is not there: apply again"
    house.daemon.lost = set()
    house.lay("acme", {"extensions.conf": b"one\n"}, again=True)
    assert house.named("configmaps", "pbx/tenant=acme") == [name]
    assert "error" not in house.deliverer().running("core-core")["acme"]


def test_a_pod_that_does_not_answer_is_a_time_out_with_the_clusters_words(house: House) -> None:
    house.loop.stop()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "core-core-0", "labels": {"pbx/node": "core"}},
        "spec": {"containers": [{"name": "asterisk", "image": "registry.example.com/pbx/asterisk"}]},
    }
    house.api.create(house.api.kind("pods"), pod)
    waiting = {"name": "asterisk", "image": "", "imageID": "", "ready": False, "restartCount": 0}
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    told = {"containerStatuses": [{**waiting, "state": state}]}
    house.api.merge(f"{house.api.kind('pods')}/core-core-0/status", {"status": told})
    with pytest.raises(TimedOut, match=r"core-core-0, asterisk: ImagePullBackOff: not found"):
        house.lay("acme", {"extensions.conf": b"one\n"}, patience=1.0)


def test_a_file_that_is_too_large_is_named_before_anything_is_made(house: House) -> None:
    with pytest.raises(PbxError, match=r"acme: sounds/ab12.wav has 28,800,001 bytes, and a cluster takes 28,800,000"):
        house.lay("acme", {"extensions.conf": b"one\n", "sounds/ab12.wav": b"\0" * (parts.LARGEST + 1)})
    assert house.named("configmaps", "pbx/for=sounds") == []


def test_an_object_that_the_cluster_finds_too_large_is_named(house: House) -> None:
    content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "much"}, "data": {"a": "x" * 1_100_000}}
    with pytest.raises(PbxError, match=r"refuses post configmaps/much: .*[Tt]oo long") as raised:
        house.api.create(house.api.kind("configmaps"), content)
    assert "less than 1 MiB" in raised.value.remedy


@pytest.mark.usefixtures("plane")
def test_a_context_that_nobody_knows_is_a_usage_error_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="has no context 'clod'") as raised:
        Api("clod", "pbx")
    assert "did you mean cloud?" in raised.value.remedy
    assert raised.value.exit_code == 64


@pytest.mark.usefixtures("plane")
def test_a_cluster_that_is_not_there_is_named_with_its_address() -> None:
    with pytest.raises(PbxError, match=r"the cluster nowhere at https://127.0.0.1:\d+ cannot be reached") as raised:
        Api("nowhere", "pbx").ready([], [])
    assert raised.value.exit_code == 1


@pytest.mark.usefixtures("plane")
def test_a_log_in_that_is_over_is_told() -> None:
    with pytest.raises(PbxError, match="Unauthorized") as raised:
        Api("stranger", "pbx").ready([], [])
    assert "log in" in raised.value.remedy


@pytest.mark.usefixtures("plane")
def test_rights_that_lack_are_all_named_at_once() -> None:
    cluster_of_site = site().cluster
    assert cluster_of_site is not None
    with pytest.raises(PbxError, match=r"you may not get namespaces, .*create statefulsets\.apps") as raised:
        Api(POWERLESS, "pbx").ready(needs.groups(cluster_of_site), needs.rights(cluster_of_site))
    assert "docs/kubernetes.md" in raised.value.remedy
    Api(CONTEXT, "pbx").ready(needs.groups(cluster_of_site), needs.rights(cluster_of_site))
    with pytest.raises(PbxError, match="forbidden"):
        Api(POWERLESS, "default").get("/api/v1/namespaces/default/secrets")


@pytest.mark.usefixtures("plane")
def test_an_api_that_is_not_there_is_named_with_who_brings_it() -> None:
    wanted = site(certificates={"issuer": "letsencrypt"}, public_name="sip.example.com").cluster
    assert wanted is not None
    with pytest.raises(PbxError, match=r"the cluster cloud has no API cert-manager.io/v1") as raised:
        Api(CONTEXT, "pbx").ready(needs.groups(wanted), [Right("get", "", "namespaces")])
    assert "install cert-manager" in raised.value.remedy


def test_the_pod_says_whether_it_has_caught_up_and_what_it_runs(house: House) -> None:
    house.lay("acme", {"extensions.conf": b"one\n"})
    assert status.page(house.loop, "/healthz") == (200, "text/plain", "ok\n")
    told = json.loads(status.page(house.loop, "/status")[2])
    assert told["acme"]["digest"] == house.content["acme"].digest
    assert "pbx_tenants 1\n" in status.page(house.loop, "/metrics")[2]
    house.loop.caught_up = False
    assert status.page(house.loop, "/healthz")[0] == 503
    assert status.page(house.loop, "/etc/passwd")[0] == 404
