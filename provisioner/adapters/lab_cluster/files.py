"""The texts that a one-machine cluster's programs read. Pure.

What is set against the defaults is what a machine in a container wants: a kernel with the old control groups, no right
to make a process less likely to be killed when memory is short, and nothing that can be pulled from anywhere.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

USERS: Mapping[str, tuple[str, str]] = {
    "admin": ("admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "kubelet": ("system:node:{node}", "system:nodes"),
}
"""Who logs in: the file of the login → its name and group in the cluster."""


@dataclass(frozen=True)
class Facts:
    """What the texts speak of. `pods` is a range, `pause` the image that holds a pod's network."""

    node: str
    address: str
    pods: str
    pause: str
    open_files: int
    tokens: Mapping[str, str] = field(default_factory=lambda: {each: secrets.token_hex(16) for each in USERS})

    @property
    def api(self) -> str:
        return f"https://{self.address}:6443"


def texts(facts: Facts, authority: str) -> dict[str, str]:
    """File name → text; `authority` is the certificate (PEM) that the API's own is checked against."""
    logins = {f"{user}.conf": _login(facts, user, authority) for user in USERS}
    return {
        "tokens.csv": _tokens(facts),
        "containerd.toml": _containerd(facts),
        "network.conflist": _network(facts),
        "kubelet.yaml": _kubelet(facts),
        "kube-proxy.yaml": _proxy(facts),
        **logins,
    }


def _json(document: Mapping[str, Any]) -> str:
    """YAML's readers read JSON too."""
    return json.dumps(document, indent=2) + "\n"


def _tokens(facts: Facts) -> str:
    lines = []
    for user, (name, group) in USERS.items():
        lines.append(f'{facts.tokens[user]},{name.format(node=facts.node)},{user},"{group}"')
    return "".join(f"{line}\n" for line in lines)


def _login(facts: Facts, user: str, authority: str) -> str:
    name = "pbx-cluster"
    data = base64.b64encode(authority.encode()).decode()
    return _json(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": facts.api, "certificate-authority-data": data}}],
            "users": [{"name": user, "user": {"token": facts.tokens[user]}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
            "current-context": name,
        }
    )


def _containerd(facts: Facts) -> str:
    return f"""\
version = 3
# Below nought asks for a right that a machine in a container has not.
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{facts.pause}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
"""


def _network(facts: Facts) -> str:
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": facts.pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": "/run/cni",
    }
    # Pods are reached by their own addresses from the machine and from the host: nothing is translated.
    bridge = {"type": "bridge", "bridge": "pods", "isGateway": True, "ipMasq": False, "hairpinMode": True}
    plugins = [{**bridge, "ipam": addresses}, {"type": "loopback"}]
    return _json({"cniVersion": "1.0.0", "name": "pbx", "plugins": plugins})


def _kubelet(facts: Facts) -> str:
    return _json(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": "/etc/kubernetes/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
            "cgroupDriver": "cgroupfs",
            # From 1.35 on kubelet does not start on the old control groups by itself.
            "failCgroupV1": False,
            "failSwapOn": False,
            "oomScoreAdj": 0,
            "maxOpenFiles": facts.open_files,
            "enforceNodeAllocatable": [],
            "localStorageCapacityIsolation": False,
            "registerWithTaints": [],
            # The disk is the engineer's own: how full it is is her business.
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "resolvConf": "/etc/resolv.conf",
        }
    )


def _proxy(facts: Facts) -> str:
    return _json(
        {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "clientConnection": {"kubeconfig": "/etc/kubernetes/kube-proxy.conf"},
            "mode": "nftables",
            "clusterCIDR": facts.pods,
            "oomScoreAdj": 0,
            # Settings of the kernel that are the host's.
            "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        }
    )
