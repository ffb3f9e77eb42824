"""An environment in a real cluster's API, from nothing to nothing, by the real engine and its real provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.cluster.api import NotFound
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.folder import NAMESPACE, PROVIDER, TENANT, Folder, machines

# Each test goes on where the one before it stopped.
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("cluster-life")]


@pytest.fixture(scope="module")
def folder(
    plane: ControlPlane, plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Folder]:  # the plug-in is asked for so that nobody waits for its build
    assert plugin.is_dir()
    found = Folder(tmp_path_factory.mktemp("provider") / "folder", plane)
    found.write("provider.yaml", PROVIDER)
    found.write("tenants/kiosken.yaml", TENANT)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in plane.pod(NAMESPACE).items():
            patch.setenv(variable, value)
        with machines(found):
            yield found


def test_1_a_plan_touches_nothing(folder: Folder) -> None:
    found = folder.document("plan", "--env", "cloud")
    assert {each["stack"] for each in found["stacks"] if each["steps"]} == {"cloud.platform", "cloud.tenant.kiosken"}
    with pytest.raises(NotFound):
        folder.api.get(f"/api/v1/namespaces/{NAMESPACE}")


def test_2_an_apply_makes_it(folder: Folder) -> None:
    found = folder.document("apply", "--env", "cloud", "--yes")
    assert {each["stack"]: each["result"] for each in found["stacks"]} == {
        "cloud.platform": "applied",
        "cloud.tenant.kiosken": "applied",
    }
    there = folder.plane.objects(NAMESPACE)
    assert there["statefulsets"] == ["core-core", "data"]
    assert there["daemonsets"] == ["edge-edge"]
    ours = folder.daemons["core-core"].runs["kiosken"]
    folder.pbx("render", "kiosken", "--product", "asterisk", "--out", str(folder.path.parent / "rendered"))
    for file in (folder.path.parent / "rendered").rglob("*.conf"):
        assert ours[file.name] == file.read_bytes(), "the bytes that a host would get"
    rows = json.loads(folder.daemons["rows"].runs["kiosken"]["rows.json"])
    assert rows["tenant"] == "kiosken"


def test_3_no_secret_is_in_state(folder: Folder) -> None:
    secrets = folder.api.items(folder.api.kind("secrets"))
    texts = [text for each in secrets for text in (each.get("data") or {}).values()]
    assert texts
    state = "".join(file.read_text(encoding="utf-8") for file in (folder.path / ".pbx" / "state").rglob("*.json"))
    leaked = sum(each in state for each in texts)
    assert (bool(state), leaked) == (True, 0)


def test_4_a_second_apply_changes_nothing(folder: Folder) -> None:
    assert {each["result"] for each in folder.document("apply", "--env", "cloud", "--yes")["stacks"]} == {"unchanged"}
    before = {each["metadata"]["name"]: each["metadata"]["resourceVersion"] for each in _maps(folder)}
    folder.pbx("apply", "--env", "cloud", "--yes", "--again")
    after = {each["metadata"]["name"]: each["metadata"]["resourceVersion"] for each in _maps(folder)}
    assert before.keys() == after.keys()
    folder.document("drift", "--env", "cloud")


def _maps(folder: Folder) -> list[dict[str, dict[str, str]]]:
    return list(folder.api.items(folder.api.kind("configmaps")))


def test_5_what_somebody_changed_by_hand_is_found_and_put_back(folder: Folder) -> None:
    core = f"{folder.api.kind('networkpolicies', 'apis/networking.k8s.io/v1')}/core"
    folder.api.merge(core, {"spec": {"ingress": [{}]}})
    found = folder.document("drift", "--env", "cloud", code=2)
    assert any("NetworkPolicy" in each["object"] for each in found["drift"]), found
    folder.pbx("apply", "--env", "cloud", "--yes", "--again")
    (rule,) = folder.api.get(core)["spec"]["ingress"]
    assert rule["from"] == [{"ipBlock": {"cidr": "198.18.0.5/32"}}]
    folder.document("drift", "--env", "cloud")


def test_6_a_bundle_that_is_gone_is_drift(folder: Folder) -> None:
    index = f"{folder.api.kind('configmaps')}/core-core-bundles"
    kept = folder.api.get(index)["data"]["kiosken"]
    folder.api.merge(index, {"data": {"kiosken": None}})
    found = folder.document("drift", "--env", "cloud", code=2)
    assert [(each["tenant"], each["object"]) for each in found["drift"]] == [("kiosken", "core-core-bundles")]
    folder.api.merge(index, {"data": {"kiosken": kept}})


def test_7_a_change_is_one_bundle_and_nothing_of_the_platform(folder: Folder) -> None:
    folder.write("tenants/kiosken.yaml", TENANT.replace("extension: 10", "extension: 11"))
    found = folder.document("apply", "--env", "cloud", "--yes")
    results = {each["stack"]: each["result"] for each in found["stacks"]}
    assert results == {"cloud.platform": "unchanged", "cloud.tenant.kiosken": "applied"}
    assert b"11" in folder.daemons["core-core"].runs["kiosken"]["extensions.conf"]


def test_8_a_destroy_leaves_nothing(folder: Folder) -> None:
    done = folder.try_pbx("destroy", "--env", "cloud", "--yes")
    assert done.returncode == 1
    assert "--no-export" in done.stderr, "what users have is lost only by somebody's word"
    folder.pbx("destroy", "--env", "cloud", "--yes", "--no-export", "--reason", "the trial is over")
    with pytest.raises(NotFound):
        folder.api.get(f"/api/v1/namespaces/{NAMESPACE}")
    assert not list((folder.path / ".pbx" / "state").rglob("cloud.*.json"))


def test_9_bad_input_names_object_and_remedy(folder: Folder) -> None:
    for text, code, words in (
        (PROVIDER.replace("context: cloud", "context: clod"), 64, ("no context 'clod'", "did you mean cloud?")),
        (PROVIDER.replace("context: cloud", "context: nowhere"), 1, ("cluster nowhere at https://127.0.0.1", "is up")),
        (PROVIDER.replace("context: cloud", "context: powerless"), 1, ("you may not", "docs/kubernetes.md")),
        (PROVIDER + "    monitors: yes\n", 1, ("no API monitoring.coreos.com/v1", "Prometheus operator")),
        (PROVIDER.replace("sha256:ab", "latest:ab", 1), 3, ("asterisk", "sha256")),
    ):
        folder.write("provider.yaml", text)
        done = folder.try_pbx("plan", "--env", "cloud")
        assert done.returncode == code, done.stderr
        assert all(each in " ".join((done.stdout + done.stderr).split()) for each in words), done.stderr
