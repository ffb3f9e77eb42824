"""The components as objects: made by the real program against Pulumi's mocks, then looked at one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime.stack import run_pulumi_func

from stacks.program import run
from tests.kubernetes.house import AROUND, DIGEST, stack

Object = Mapping[str, Any]


@dataclass
class Made(pulumi.runtime.Mocks):
    """Every object that a program asks for: (kind, name in the cluster) → what is wanted of it."""

    objects: dict[tuple[str, str], Object] = field(default_factory=dict)
    components: list[str] = field(default_factory=list)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ.startswith("kubernetes:"):
            name = args.inputs.get("metadata", {}).get("name", args.name)
            self.objects[args.typ.rsplit(":", 1)[1], name] = args.inputs
        else:
            self.components.append(f"{args.typ} {args.name}")
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"the program asks {args.token}")

    def of(self, kind: str) -> dict[str, Object]:
        return {name: each for (its, name), each in self.objects.items() if its == kind}

    def pods(self) -> Iterator[tuple[str, Object]]:
        for kind in ("StatefulSet", "DaemonSet", "Deployment"):
            for name, each in self.of(kind).items():
                yield name, each["spec"]["template"]


def made(**more: object) -> Made:
    """What the program of the platform makes of an environment."""
    mocks = Made()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(mocks, project="pbx", stack="cloud.platform", preview=False)
    loop.run_until_complete(run_pulumi_func(lambda: run(stack(**more), AROUND)))
    loop.close()
    return mocks


@pytest.fixture(scope="module")
def usual() -> Made:
    return made()


def containers(pod: Object) -> Iterator[Object]:
    yield from (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"])


def test_what_is_made(usual: Made) -> None:
    assert set(usual.of("StatefulSet")) == {"core-core", "core-core-2", "data"}
    assert set(usual.of("DaemonSet")) == {"edge-edge"}
    assert set(usual.of("Namespace")) == {"telephony"}
    assert set(usual.of("PodDisruptionBudget")) == {"core", "edge", "data"}
    assert set(usual.of("NetworkPolicy")) == {"nobody", "core", "data"}
    assert {"core-core-bundles", "core-core-2-status", "rows-bundles"} < set(usual.of("ConfigMap"))
    assert not usual.of("Certificate")
    assert not usual.of("PodMonitor")
    nodes = [each.split()[1] for each in usual.components if each.startswith("pbx:index:PlatformNode ")]
    assert sorted(nodes) == ["core", "core-2", "data", "edge"]
    assert nodes[0] == "data", "rows come first"
    assert nodes.index("core") < nodes.index("core-2"), "cores are rolled one after the other"


def test_nobody_runs_as_root_or_with_more_than_it_needs_without_saying_why(usual: Made) -> None:
    for name, pod in usual.pods():
        notes = pod["metadata"].get("annotations") or {}
        spec = pod["spec"]
        assert not spec.get("hostPID"), name
        assert not spec.get("hostIPC"), name
        if spec.get("hostNetwork"):
            assert notes.get("why.pbx/host-network"), f"{name} is on its machine's network and does not say why"
        security = spec["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] == 10001
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        for each in containers(pod):
            own = each["securityContext"]
            where = f"{name}/{each['name']}"
            assert not own.get("privileged"), where
            assert own["allowPrivilegeEscalation"] is False, where
            assert own["readOnlyRootFilesystem"] is True, where
            assert own["capabilities"]["drop"] == ["ALL"], where
            more = own["capabilities"].get("add") or own.get("runAsUser") == 0
            if more:
                assert each["name"] in notes.get("why.pbx/root", ""), f"{where} is root and the pod does not say why"
    assert not any("hostPath" in volume for _, pod in usual.pods() for volume in pod["spec"]["volumes"])


def thousandths(cpu: str) -> int:
    return int(cpu.removesuffix("m")) if cpu.endswith("m") else int(cpu) * 1000


def set_aside(found: Made) -> dict[str, int]:
    """Thousandths of a processor, by pod: what its containers ask for while they run."""
    return {
        name: sum(thousandths(each["resources"]["requests"]["cpu"]) for each in pod["spec"]["containers"])
        for name, pod in found.pods()
    }


def test_a_small_environment_fits_beside_others_on_two_processors(usual: Made) -> None:
    assert sum(set_aside(usual).values()) > 2000
    small = set_aside(made(size="small"))
    assert small == {"core-core": 110, "core-core-2": 110, "data": 60, "edge-edge": 120}


def test_what_is_given_for_a_component_goes_before_the_size() -> None:
    edge = {"address": "10.0.0.5", "public_address": "198.51.100.5", "rtpengine": {"cpu": "3", "memory": "4Gi"}}
    pods = dict(made(size="small", edges={"edge": edge}).pods())
    sizes = {each["name"]: each["resources"]["requests"] for each in containers(pods["edge-edge"])}
    assert sizes["rtpengine"] == {"cpu": "3", "memory": "4Gi"}
    assert sizes["kamailio"] == {"cpu": "50m", "memory": "512Mi"}
    cores = {each["name"]: each["resources"]["requests"] for each in containers(pods["core-core-2"])}
    assert cores["asterisk"] == {"cpu": "100m", "memory": "2Gi"}


def test_images_are_pinned_and_every_pod_states_what_it_needs(usual: Made) -> None:
    for name, pod in usual.pods():
        for each in containers(pod):
            assert each["image"].startswith("registry.example.com/pbx/"), name
            assert each["image"].endswith(f"@{DIGEST}"), name
            assert set(each["resources"]["requests"]) == {"cpu", "memory"}, name
            assert set(each["resources"]["limits"]) == {"memory"}, "speech must not wait for its share of a processor"


def test_only_the_edge_is_on_its_machines_network_and_on_labelled_ones(usual: Made) -> None:
    by_name = dict(usual.pods())
    assert [name for name, pod in by_name.items() if pod["spec"].get("hostNetwork")] == ["edge-edge"]
    assert by_name["edge-edge"]["spec"]["nodeSelector"] == {"pbx/edge": "edge"}
    assert by_name["edge-edge"]["spec"]["dnsPolicy"] == "ClusterFirstWithHostNet"


def test_a_core_waits_for_its_calls(usual: Made) -> None:
    pod = usual.of("StatefulSet")["core-core"]["spec"]["template"]
    (asterisk,) = [each for each in pod["spec"]["containers"] if each["name"] == "asterisk"]
    assert asterisk["lifecycle"]["preStop"]["exec"]["command"][-1] == "drain"
    assert {"name": "PBX_DRAIN_SECONDS", "value": "900"} in asterisk["env"]
    assert pod["spec"]["terminationGracePeriodSeconds"] == 930


def test_cores_are_apart(usual: Made) -> None:
    pod = usual.of("StatefulSet")["core-core"]["spec"]["template"]["spec"]
    (term,) = pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
    (spread,) = pod["topologySpreadConstraints"]
    assert spread["topologyKey"] == "topology.kubernetes.io/zone"


def test_what_users_live_with_outlives_its_pod(usual: Made) -> None:
    core = usual.of("StatefulSet")["core-core-2"]["spec"]
    (claim,) = core["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"] == {"storage": "50Gi"}
    (asterisk,) = [each for each in core["template"]["spec"]["containers"] if each["name"] == "asterisk"]
    places = {each["mountPath"]: (each["name"], each.get("subPath")) for each in asterisk["volumeMounts"]}
    assert places["/var/spool/asterisk"] == ("lived", "spool")
    assert places["/etc/asterisk"] == ("etc", None)
    trial = made(storage="ephemeral").of("StatefulSet")["core-core"]["spec"]
    assert not trial.get("volumeClaimTemplates")
    assert {"name": "lived", "emptyDir": {}} in trial["template"]["spec"]["volumes"]


def test_platform_files_are_immutable_secrets_named_by_their_content(usual: Made) -> None:
    (name,) = [
        each for each in usual.of("Secret") if each.startswith("core-core-") and not each.startswith("core-core-2")
    ]
    secret = usual.of("Secret")[name]
    assert secret["immutable"] is True
    pod = usual.of("StatefulSet")["core-core"]["spec"]["template"]["spec"]
    assert {"name": "platform", "secret": {"secretName": name}} in pod["volumes"]


def test_policies_let_through_what_a_call_needs_and_nothing_else(usual: Made) -> None:
    policies = usual.of("NetworkPolicy")
    nobody = policies["nobody"]["spec"]
    assert nobody["podSelector"] in ({}, {"matchLabels": {}})
    assert nobody["policyTypes"] == ["Ingress", "Egress"]
    assert not nobody.get("ingress")
    assert not nobody.get("egress")
    (calls,) = policies["core"]["spec"]["ingress"]
    assert calls["from"] == [{"ipBlock": {"cidr": "10.0.0.5/32"}}]
    assert {"protocol": "UDP", "port": 10000, "endPort": 20000} in calls["ports"]
    (rows,) = policies["data"]["spec"]["ingress"]
    assert rows["ports"] == [{"protocol": "TCP", "port": 5432}]


def test_a_pod_may_read_bundles_and_say_what_it_runs_and_nothing_else(usual: Made) -> None:
    rules = {name: each["rules"] for name, each in usual.of("Role").items()}
    assert set(rules) == {"pbx-core", "pbx-edge", "pbx-data"}
    for name, each in rules.items():
        for rule in each:
            assert "secrets" not in rule["resources"], f"{name} may read secrets of everybody"
            if set(rule["verbs"]) - {"get", "list", "watch"}:
                assert rule["resources"] == ["configmaps"]
                assert all(each.endswith("-status") for each in rule["resourceNames"])


def test_a_database_of_the_providers_own() -> None:
    found = made(database={"external": "db.example.com"})
    assert "data" not in found.of("Service")
    assert set(found.of("PodDisruptionBudget")) == {"core", "edge"}
    (writer,) = found.of("StatefulSet")["data"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "PGHOST", "value": "db.example.com"} in writer["env"]
    login = next(each for each in writer["env"] if each["name"] == "PGPASSWORD")
    assert login["valueFrom"]["secretKeyRef"] == {"name": "database-administrator", "key": "password"}


def test_certificates_and_monitors_where_they_are_asked_for() -> None:
    found = made(certificates={"issuer": "letsencrypt"}, monitors=True, public_name="sip.example.com")
    certificate = found.of("Certificate")["edge-edge"]["spec"]
    assert certificate["dnsNames"] == ["sip.example.com"]
    assert certificate["issuerRef"] == {"name": "letsencrypt", "kind": "ClusterIssuer"}
    assert found.of("PodMonitor")["core"]["spec"]["podMetricsEndpoints"] == [{"port": "status", "path": "/metrics"}]
    assert "figures" in found.of("NetworkPolicy")
