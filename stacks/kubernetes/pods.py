"""What all pods have in common: who they run as, what they may write, and the program beside their daemon.

A pod runs as one user that is not root, on a root file system that it cannot write, without capabilities. Whoever needs
more says why, in an annotation of the pod that starts with `why.pbx/`; a test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi_kubernetes as k8s

from provisioner.core.site import Workload

from .facts import USER

core = k8s.core.v1

PROGRAMS = "/usr/local/lib/pbx-reloader"
LIBEXEC = "libexec/"
"""Folder of the programs that a daemon runs itself."""
STATUS_PORT = 8080
HOST_NETWORK = "why.pbx/host-network"
ROOT = "why.pbx/root"


def security() -> k8s.core.v1.PodSecurityContextArgs:
    """Of a pod."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER,
        run_as_group=USER,
        fs_group=USER,
        # Else the owner of each message is set anew at every start.
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def confined() -> k8s.core.v1.SecurityContextArgs:
    """Of a container: nothing that the pod does not have."""
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
    )


def first_root(capabilities: Sequence[str]) -> k8s.core.v1.SecurityContextArgs:
    """Of a container whose daemon begins as root and gives it up; the pod must say why."""
    return core.SecurityContextArgs(
        run_as_non_root=False,
        run_as_user=0,
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"], add=list(capabilities)),
    )


def resources(size: Workload) -> k8s.core.v1.ResourceRequirementsArgs:
    """The processor is set aside and not limited: a packet of speech that waits for its turn is a lost one."""
    requests = {"cpu": size.cpu, "memory": size.memory}
    return core.ResourceRequirementsArgs(requests=requests, limits={"memory": size.memory})


def empty(*names: str) -> list[k8s.core.v1.VolumeArgs]:
    """Volumes that live as long as their pod."""
    return [core.VolumeArgs(name=each, empty_dir=core.EmptyDirVolumeSourceArgs()) for each in names]


def mounts(places: Mapping[str, str], read_only: bool = False) -> list[k8s.core.v1.VolumeMountArgs]:
    """path → volume, or volume/folder in it."""
    found = []
    for path, name in places.items():
        volume, _, folder = name.partition("/")
        found.append(
            core.VolumeMountArgs(name=volume, mount_path=path, sub_path=folder or None, read_only=read_only or None)
        )
    return found


def program(mode: str) -> list[str]:
    """The command by which an image runs a mode of the program beside its daemon."""
    return ["python3", f"{PROGRAMS}/main.py", mode]


def programs_volume(name: str, paths: Sequence[str]) -> k8s.core.v1.VolumeArgs:
    """The programs, laid out as in their folder; keys of an object know no slash."""
    items = [core.KeyToPathArgs(key=key(each), path=each) for each in paths if not each.startswith(LIBEXEC)]
    return core.VolumeArgs(name="programs", config_map=core.ConfigMapVolumeSourceArgs(name=name, items=items))


def libexec_volume(name: str, paths: Sequence[str]) -> k8s.core.v1.VolumeArgs:
    """Those programs that a daemon runs itself."""
    found = [each for each in paths if each.startswith(LIBEXEC)]
    items = [core.KeyToPathArgs(key=key(each), path=each.removeprefix(LIBEXEC)) for each in found]
    source = core.ConfigMapVolumeSourceArgs(name=name, items=items, default_mode=0o755)
    return core.VolumeArgs(name="libexec", config_map=source)


def key(path: str) -> str:
    return path.replace("/", "__")


def told() -> list[k8s.core.v1.EnvVarArgs]:
    """Where the pod is, in its own environment."""
    fields = {"POD_NAME": "metadata.name", "POD_NAMESPACE": "metadata.namespace", "POD_IP": "status.podIP"}
    found = [
        core.EnvVarArgs(
            name=name,
            value_from=core.EnvVarSourceArgs(field_ref=core.ObjectFieldSelectorArgs(field_path=path)),
        )
        for name, path in fields.items()
    ]
    return [*found, core.EnvVarArgs(name="HOME", value="/tmp")]


def environment(more: Mapping[str, str]) -> list[k8s.core.v1.EnvVarArgs]:
    return [*told(), *(core.EnvVarArgs(name=name, value=value) for name, value in more.items())]


def asks(command: Sequence[str], every: int = 10, failures: int = 3) -> k8s.core.v1.ProbeArgs:
    """A probe by a command in the container."""
    return core.ProbeArgs(
        exec_=core.ExecActionArgs(command=list(command)),
        period_seconds=every,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def listens(port: int, host: str | None = None) -> k8s.core.v1.ProbeArgs:
    """A probe by a connection."""
    return core.ProbeArgs(
        tcp_socket=core.TCPSocketActionArgs(port=port, host=host), period_seconds=10, failure_threshold=3
    )


def claim(name: str, disk: str, storage_class: str) -> k8s.core.v1.PersistentVolumeClaimArgs:
    """A volume that outlives its pod."""
    return core.PersistentVolumeClaimArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(name=name),
        spec=core.PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            storage_class_name=storage_class or None,
            resources=core.VolumeResourceRequirementsArgs(requests={"storage": disk}),
        ),
    )
