"""A pod without a kubelet: the lab's image, folders mounted as volumes, and the pod's programs as the image's own user.

A test gives the script that starts what a kubelet would start, in its order; `as` in it runs a command in the image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.cluster import pods
from provisioner.adapters.cluster.api import Api
from stacks.kubernetes.core import LIBEXEC
from stacks.kubernetes.pods import PROGRAMS
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.real_asterisk import image

_MOUNTED = """\
set -e
home={home}; root={home}/root
mount -t overlay overlay -o lowerdir={image},upperdir={home}/upper,workdir={home}/work $root
mount -t proc proc $root/proc
mount -t tmpfs tmpfs $root/run
mount -t tmpfs tmpfs $root/dev/shm
chmod 1777 $root/run $root/dev/shm
as() {{ chroot $root setpriv --reuid {user} --regid {user} --clear-groups -- "$@"; }}
"""


@dataclass(frozen=True)
class OnePod:
    """The pod's folder on this machine, and its namespace."""

    home: Path
    api: Api

    @property
    def console(self) -> str:
        """What its programs printed last."""
        return (self.home / "console").read_text(errors="replace")[-4000:]


@contextmanager
def running(
    plane: ControlPlane,
    home: Path,
    *,
    namespace: str,
    goes_to: str,
    user: str,
    volumes: Sequence[str],
    platform: Mapping[str, str],
    script: str,
    environment: Mapping[str, str],
) -> Iterator[OnePod]:
    """The script runs until the end, on volumes `home/volumes/…`, with the platform's files in /pbx/platform."""
    root = image()
    for each in (home, *list(home.parents)[:2]):
        each.chmod(0o755)  # the image's user looks into it
    for each in ("work", "root", "upper/pbx/platform"):
        (home / each).mkdir(parents=True)
    for path, text in pods.programs().items():
        place = LIBEXEC if path.startswith("libexec/") else PROGRAMS
        file = home / f"upper{place}" / path.removeprefix("libexec/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)
    for each in volumes:
        (home / "upper/pbx" / each).mkdir()
        (home / "volumes" / each).mkdir(parents=True)
        # As kubelet makes them: root's, and the pod's user writes there by its group.
        os.chown(home / "volumes" / each, 0, _group(root, user))
        (home / "volumes" / each).chmod(0o2777)
    for path, text in platform.items():
        (home / "upper/pbx/platform" / path).write_text(text, encoding="utf-8")
    given = {**plane.pod(namespace), **environment}
    for variable in ("PBX_TOKEN_FILE", "PBX_CA_FILE"):
        inside = home / "upper/pbx" / Path(given[variable]).name
        shutil.copy(given[variable], inside)
        inside.chmod(0o644)
        given[variable] = f"/pbx/{inside.name}"
    api = Api(CONTEXT, namespace)
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    for what in ("bundles", "status"):
        named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{goes_to}-{what}"}}
        api.create(api.kind("configmaps"), named)
    whole = _MOUNTED.format(image=root, home=home, user=user) + script
    alone = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--", "bash", "-c", whole]
    own = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    with (home / "console").open("wb") as log:
        process = subprocess.Popen(alone, stdout=log, stderr=log, env={**own, **given})
        try:
            yield OnePod(home, api)
        finally:
            process.kill()
            process.wait(20)
            api.close()


def _group(root: Path, user: str) -> int:
    lines = (root / "etc/passwd").read_text(encoding="utf-8").splitlines()
    fields = next(line for line in lines if line.startswith(f"{user}:")).split(":")
    return int(fields[3])
