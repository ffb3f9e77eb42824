"""Every object of the components laid before a real API server, which refuses what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.adapters.cluster.api import Api
from provisioner.core.errors import PbxError
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.kubernetes.test_components import made

GROUPS = {
    "Namespace": "",
    "Secret": "api/v1",
    "ConfigMap": "api/v1",
    "Service": "api/v1",
    "ServiceAccount": "api/v1",
    "StatefulSet": "apis/apps/v1",
    "DaemonSet": "apis/apps/v1",
    "NetworkPolicy": "apis/networking.k8s.io/v1",
    "PodDisruptionBudget": "apis/policy/v1",
    "Role": "apis/rbac.authorization.k8s.io/v1",
    "RoleBinding": "apis/rbac.authorization.k8s.io/v1",
}
SECRET = "4dabf18193072939515e22adb298388d"
"""By this key the engine knows that a value is sealed."""


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value["value"]) if SECRET in value else {key: plain(each) for key, each in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)  # the mocks' wire knows no whole numbers
    return [plain(each) for each in value] if isinstance(value, list) else value


def resource(kind: str) -> str:
    return "networkpolicies" if kind == "NetworkPolicy" else f"{kind.lower()}s"


@pytest.mark.usefixtures("plane")
@pytest.mark.parametrize("more", [{}, {"storage": "ephemeral"}, {"database": {"external": "db.example.com"}}])
def test_the_cluster_takes_every_object_to_the_letter(more: Mapping[str, object]) -> None:
    api = Api(CONTEXT, f"strict-{len(str(more))}")
    refused = []
    objects = made(**{**more, "namespace": api.namespace}).objects
    for (kind, name), content in sorted(objects.items(), key=lambda each: each[0][0] != "Namespace"):
        if kind not in GROUPS:
            continue
        path = api.kind(resource(kind), GROUPS[kind]) if GROUPS[kind] else "/api/v1/namespaces"
        version = GROUPS[kind].partition("/")[2] or "v1"
        try:
            api.create(f"{path}?fieldValidation=Strict", {"apiVersion": version, "kind": kind, **plain(content)})
        except PbxError as error:
            refused.append(f"{kind} {name}: {error.message}")
    assert not refused, "\n".join(refused)
    assert len(objects) > 20


def test_the_cluster_would_say_so(plane: ControlPlane) -> None:
    assert plane.url
    content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd"}, "dat": {}}
    api = Api(CONTEXT, "default")
    with pytest.raises(PbxError, match='unknown field "dat"'):
        api.create(f"{api.kind('configmaps')}?fieldValidation=Strict", content)
