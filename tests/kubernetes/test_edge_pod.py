"""What runs beside Kamailio in an edge's pod, against a real API; what Kamailio is told is written down here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.adapters.cluster.api import Api
from provisioner.core.site import pod_address
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.kubernetes.test_delivery import cluster

from pbx_pod import edge, prepare  # type: ignore[import-not-found]  # isort: skip

NAMESPACE = "one-edge"


@dataclass
class Kamailio:
    """Answers as kamcmd does."""

    revision: int = 0
    told: list[str] = field(default_factory=list)

    def __call__(self, *words: str) -> str:
        if words == ("htable.get", "meta", "revision"):
            return f"{{\n\titem: {{\n\t\tname: revision\n\t\tvalue: {self.revision}\n\t}}\n}}"
        self.told.append(" ".join(words))
        if words[:3] == ("htable.sets", "meta", "revision"):
            self.revision = int(words[3].removeprefix("s:"))
        return ""


@dataclass
class House:
    api: Api
    source: Path
    current: Path
    kamailio: Kamailio

    def pod(self, name: str, address: str, ready: bool) -> None:
        labels = {"app.kubernetes.io/component": "core", "pbx/node": name}
        metadata = {"name": f"core-{name}-0", "labels": labels}
        spec = {"containers": [{"name": "asterisk", "image": "asterisk"}]}
        self.api.create(self.api.kind("pods"), {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        status = {
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": [{"type": "Ready", "status": str(ready)}],
        }
        self.api.merge(f"{self.api.kind('pods')}/core-{name}-0/status", {"status": status})

    def rows(self, revision: int) -> None:
        notes = {"annotations": {cluster.REVISION: str(revision)}}
        self.api.merge(f"{self.api.kind('configmaps')}/rows-status", {"metadata": notes})


@pytest.fixture
def house(plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for variable, value in plane.pod(NAMESPACE).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(edge, "SIGNED", tmp_path / "signed")
    monkeypatch.setattr(edge, "TLS", tmp_path / "tls")
    api = Api(CONTEXT, NAMESPACE)
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    status = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rows-status"}}
    api.create(api.kind("configmaps"), status)
    source = tmp_path / "source"
    source.mkdir()
    (source / "address.list").write_text(f"1 {pod_address('core')} 32\n1 {pod_address('core-2')} 32\n")
    (source / "secrets.cfg").write_text(f"postgres://kamailio@{pod_address('data')}/kamailio\n")
    monkeypatch.setenv("DATA_SERVICE_HOST", "198.18.7.130")
    (source / "globals.cfg").write_text("# the same everywhere\n")
    (source / "..data").mkdir()
    yield House(api, source, tmp_path / "current", Kamailio())
    api.close()


def test_an_edge_follows_its_cores_and_its_rows(house: House) -> None:
    house.pod("core", "198.18.7.1", ready=True)
    house.pod("core-2", "198.18.7.2", ready=False)
    watched = edge.Edge(cluster.Cluster(), ["core", "core-2"], house.kamailio)
    (house.current.parent / "tls").mkdir()
    (house.current.parent / "tls/certificate.pem").touch()
    watched.round(house.source, house.current)
    assert (house.current / "address.list").read_text() == f"1 198.18.7.1 32\n1 {edge.NOWHERE} 32\n"
    assert (house.current / "secrets.cfg").read_text() == "postgres://kamailio@198.18.7.130/kamailio\n"
    assert house.kamailio.told == [
        "htable.sets cores core s:sip:198.18.7.1:5060",
        "htable.sets people core s:sip:198.18.7.1:5071",
        f"htable.sets cores core-2 s:sip:{edge.NOWHERE}:5060",
        f"htable.sets people core-2 s:sip:{edge.NOWHERE}:5071",
        "permissions.addressReload",
    ]
    house.kamailio.told.clear()
    watched.round(house.source, house.current)
    assert house.kamailio.told == [], "nothing has changed"

    house.rows(7)
    watched.round(house.source, house.current)
    assert house.kamailio.told == [
        "htable.reload tenants",
        "htable.reload domains",
        "htable.reload numbers",
        "htable.sets meta revision s:7",
    ]
    house.kamailio.told.clear()
    house.api.merge(
        f"{house.api.kind('pods')}/core-core-2-0/status",
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
    )
    watched.round(house.source, house.current)
    assert "htable.sets cores core-2 s:sip:198.18.7.2:5060" in house.kamailio.told
    assert not any("reload tenants" in each for each in house.kamailio.told)


def test_a_signed_certificate_takes_the_place_of_the_edges_own(tmp_path: Path) -> None:
    signed, target = tmp_path / "signed", tmp_path / "tls"
    signed.mkdir()
    assert prepare.certificate(signed, target, "edge")
    own = (target / "certificate.pem").read_text()
    assert "BEGIN CERTIFICATE" in own
    assert not prepare.certificate(signed, target, "edge"), "it is not made again"
    for name, text in (("tls.crt", "chain"), ("tls.key", "key")):
        (signed / name).write_text(text)
    assert prepare.certificate(signed, target, "edge")
    assert (target / "certificate.pem").read_text() == "chain"
    assert (target / "key.pem").stat().st_mode & 0o007 == 0
    assert not prepare.certificate(signed, target, "edge")


def test_what_users_live_with_is_not_written_over(tmp_path: Path) -> None:
    image, volume = tmp_path / "image", tmp_path / "volume"
    (image / "sounds").mkdir(parents=True)
    (image / "sounds/beep.wav").write_text("of the image")
    (image / "astdb").write_text("empty")
    volume.mkdir()
    (volume / "astdb").write_text("pins")
    prepare.fill(image, volume)
    assert (volume / "astdb").read_text() == "pins"
    assert (volume / "sounds/beep.wav").read_text() == "of the image"
