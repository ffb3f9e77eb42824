"""A core's pod with a real Asterisk: the programs of the pod as they are, on the lab's image, against a real API.

The volumes are folders, mounted as the component mounts them; all runs as the image's own user `asterisk`, who is not
root, in the order in which a kubelet would start it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters.cluster import pods
from provisioner.adapters.cluster.api import Api
from provisioner.adapters.cluster.delivery import ClusterDelivery, Content
from provisioner.core.deployment import Kind, PlayFailed
from provisioner.core.site import pod_address
from provisioner.targets.asterisk import core_node
from stacks.kubernetes.core import LIBEXEC
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.real_asterisk import image

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting the image needs root")

ADDRESS = "127.0.0.9"
NAMESPACE = "one-core"
SCRIPT = """\
set -e
mount -t overlay overlay -o lowerdir={image},upperdir={home}/upper,workdir={home}/work {home}/root
mount -t proc proc {home}/root/proc
mount -t tmpfs tmpfs {home}/root/run
chmod 1777 {home}/root/run
for each in etc sounds lib spool log; do mount --bind {home}/volumes/$each {home}/root/pbx/$each; done
as() {{ chroot {home}/root setpriv --reuid asterisk --regid asterisk --clear-groups -- "$@"; }}
as python3 /usr/local/lib/pbx-reloader/main.py prepare-core
mount --bind {home}/volumes/etc {home}/root/etc/asterisk
mount --bind {home}/volumes/sounds {home}/root/usr/share/asterisk/sounds
mount --bind {home}/volumes/lib {home}/root/var/lib/asterisk
mount --bind {home}/volumes/spool {home}/root/var/spool/asterisk
mount --bind {home}/volumes/log {home}/root/var/log/asterisk
as asterisk -f -n -C /etc/asterisk/asterisk.conf &
as python3 /usr/local/lib/pbx-reloader/main.py core &
while [ ! -e {home}/ask ]; do sleep 0.1; done
as python3 /usr/local/lib/pbx-reloader/main.py drain
echo drained >{home}/drained
"""


@dataclass
class Pod:
    """The pod's folder and what delivers to it."""

    home: Path
    api: Api
    content: dict[str, Content]

    def lay(self, slug: str, dialplan: str) -> object:
        files = {
            "extensions.conf": dialplan.encode(),
            "musiconhold.conf": b"",
            "queues.conf": b"",
            "voicemail.conf": b"",
            "sounds.json": b"{}",
        }
        self.content[slug] = Content(f"{len(dialplan):064x}", files, {})
        return self.carry(slug, present=True)

    def carry(self, slug: str, *, present: bool) -> object:
        delivery = ClusterDelivery(self.api, lambda _, inputs: self.content[inputs["slug"]], patience=120)
        inputs: Mapping[str, object] = {"slug": slug, "node": "core"}
        return delivery.carry(Kind.CORE_BUNDLE, inputs, lambda _: None, lambda: False, present=present)

    @property
    def tenants(self) -> list[str]:
        return sorted(each.name for each in (self.home / "volumes/etc/pbx/tenants").iterdir())


@pytest.fixture
def pod(plane: ControlPlane, tmp_path: Path) -> Iterator[Pod]:
    root = image()
    owner = next(line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("asterisk:"))
    uid, gid = (int(each) for each in owner.split(":")[2:4])
    home = tmp_path
    tmp_path.chmod(0o755)
    for each in ("work", "root", "upper/pbx/platform", f"upper{LIBEXEC}", "upper/usr/local/lib/pbx-reloader"):
        (home / each).mkdir(parents=True)
    for path, text in pods.programs().items():
        file = home / (f"upper{LIBEXEC}" if path.startswith("libexec/") else "upper/usr/local/lib/pbx-reloader")
        file = file / path.removeprefix("libexec/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)
    for each in ("etc", "sounds", "lib", "spool", "log"):
        (home / "upper/pbx" / each).mkdir()
        (home / "volumes" / each).mkdir(parents=True)
        os.chown(home / "volumes" / each, uid, gid)
    facts = core_node.CorePlatform("core", pod_address("core"), (core_node.Edge("edge", "127.0.0.5"),))
    for file in core_node.render(facts).files:
        (home / "upper/pbx/platform" / file.path).write_text(file.text, encoding="utf-8")
    api = Api(CONTEXT, NAMESPACE)
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for what in ("bundles", "status"):
        named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"core-core-{what}"}}
        api.create(api.kind("configmaps"), named)
    environment = {**plane.pod(NAMESPACE), "POD_IP": ADDRESS, "PBX_NODE": "core", "PBX_DRAIN_SECONDS": "60"}
    for variable in ("PBX_TOKEN_FILE", "PBX_CA_FILE"):
        given = Path(environment[variable])
        shutil.copy(given, home / "upper/pbx" / given.name)
        (home / "upper/pbx" / given.name).chmod(0o644)
        environment[variable] = f"/pbx/{given.name}"
    script = SCRIPT.format(image=root, home=home)
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "bash", "-c", script]
    log = (home / "console").open("wb")
    process = subprocess.Popen(
        alone,
        stdout=log,
        stderr=log,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )
    try:
        yield Pod(home, api, {})
    finally:
        process.kill()
        process.wait(20)
        log.close()


def test_a_core_takes_in_what_asterisk_takes_and_drains(pod: Pod) -> None:
    try:
        assert pod.lay("acme", "[acme.main]\nexten => s,1,NoOp(one)\n") == {"core-core": {"ran": 1, "changed": 2}}
        assert pod.tenants == ["acme"]
        pod.lay("bolag", "[bolag.main]\nexten => s,1,NoOp(two)\n")
        with pytest.raises(PlayFailed, match="asterisk refuses the files, nothing was changed"):
            pod.lay("acme", "[acme.main]\nexten => s,1,NoOp(three)\nthis is no line\n")
        running = (pod.home / "volumes/etc/pbx/tenants/acme/extensions.conf").read_text()
        assert "NoOp(one)" in running
        pod.carry("bolag", present=False)
        assert pod.tenants == ["acme"]
        config = (pod.home / "volumes/etc/pjsip.conf").read_text()
        assert f"bind = {ADDRESS}:5060" in config
        (pod.home / "ask").touch()
        ends = time.monotonic() + 60
        while not (pod.home / "drained").exists() and time.monotonic() < ends:
            time.sleep(0.2)
        assert (pod.home / "drained").exists(), "Asterisk without calls ends at once"
    except Exception as error:
        raise AssertionError(f"{error}\n{(pod.home / 'console').read_text(errors='replace')[-4000:]}") from error
