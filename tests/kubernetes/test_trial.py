"""The environment by which a folder is tried in a one-machine cluster, beside a lab's telephones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from provisioner.adapters.lab_cluster.trial import Trial
from provisioner.core.errors import PbxError
from provisioner.core.site import Role, pod_address
from provisioner.environments import Kubernetes
from provisioner.wiring import Deployment, Verification, sites
from tests.kubernetes.house import DIGEST, described

IMAGES = dict.fromkeys(("asterisk", "kamailio", "rtpengine", "web", "postgresql"), DIGEST)
LAB = '{"format_version": 1, "name": "beside", "slot": 7, "generation": "a", "image": "b", "phase": "ready"}'


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab that stands in slot 7, as far as its notes tell."""
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside/state.json").write_text(LAB)
    monkeypatch.setenv("PBX_LAB_ROOT", str(tmp_path))


def trial() -> Kubernetes:
    printed = Trial("beside", "198.18.128.2", "198.19.7.60").environment("pods", IMAGES)
    return Kubernetes.model_validate(yaml.safe_load(printed)["pods"])


@pytest.mark.usefixtures("lab")
def test_its_trunks_lead_to_the_labs_carrier() -> None:
    site = sites.of_cluster("pods", trial(), ["carrier", "emergency"])
    assert site.trunk_addresses == dict.fromkeys(("carrier", "emergency"), "198.19.7.40")
    (edge,) = site.of(Role.EDGE)
    assert (edge.private_address, edge.public_address) == ("198.18.128.2", "198.19.7.60")
    (data,) = site.of(Role.DATA)
    assert data.private_address == pod_address("data")


def test_a_lab_that_is_not_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PBX_LAB_ROOT", str(tmp_path))
    with pytest.raises(PbxError, match="the lab beside is not up"):
        sites.of_cluster("pods", trial(), ["carrier"])


@pytest.mark.usefixtures("lab")
def test_telephones_are_where_the_environment_says(tmp_path: Path) -> None:
    text = Trial("beside", "198.18.128.2", "198.19.7.60").environment("pods", IMAGES)
    without = text.replace("  pods:", "  cloud:").replace("    telephones: beside\n", "")
    trunk = "trunks: {carrier: {address: carrier.example.com}}"
    (tmp_path / "provider.yaml").write_text(f"version: 1\nname: Nordtel\n{trunk}\nenvironments:\n{text}{without}")
    found = Verification(Deployment(tmp_path, "pods", lambda _: None)).machines()
    assert {name: each.address for name, each in found.items()} == {"phones": "198.19.7.50", "carrier": "198.19.7.40"}
    with pytest.raises(PbxError, match="the environment cloud has no machines for test telephones"):
        Verification(Deployment(tmp_path, "cloud", lambda _: None)).machines()


def test_a_core_may_not_have_the_databases_name() -> None:
    with pytest.raises(ValueError, match="'data' is the database, and an edge or a core"):
        described(cores={"data": {}})
