"""A core's pod with a real Asterisk: the programs of the pod as they are, on the lab's image, against a real API.

The volumes are folders, mounted as the component mounts them; all runs as the image's own user `asterisk`, who is not
root, in the order in which a kubelet would start it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.adapters.cluster.delivery import ClusterDelivery, Content
from provisioner.core.deployment import Kind, PlayFailed
from provisioner.core.site import pod_address
from provisioner.targets.asterisk import core_node
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.one_pod import OnePod, running

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting the image needs root"),
    pytest.mark.xdist_group("pods"),  # each pod says on one port what it runs
]

ADDRESS = "127.0.0.9"
SOUND = "ab" * 32
SCRIPT = """\
for each in etc sounds lib spool log; do mount --bind $home/volumes/$each $root/pbx/$each; done
as python3 /usr/local/lib/pbx-reloader/main.py prepare-core
mount --bind $home/volumes/etc $root/etc/asterisk
mount --bind $home/volumes/sounds $root/usr/share/asterisk/sounds
mount --bind $home/volumes/lib $root/var/lib/asterisk
mount --bind $home/volumes/spool $root/var/spool/asterisk
mount --bind $home/volumes/log $root/var/log/asterisk
as asterisk -f -n -C /etc/asterisk/asterisk.conf &
as python3 /usr/local/lib/pbx-reloader/main.py core &
while [ ! -e $home/ask ]; do sleep 0.1; done
as python3 /usr/local/lib/pbx-reloader/main.py drain
echo drained >$home/drained
"""


@dataclass
class Pod:
    """The pod and what delivers to it."""

    it: OnePod
    content: dict[str, Content] = field(default_factory=dict)

    def lay(self, slug: str, dialplan: str) -> object:
        files = {
            "extensions.conf": dialplan.encode(),
            "musiconhold.conf": b"",
            "queues.conf": b"",
            "voicemail.conf": f"[{slug}]\n100 => 1234,Anna\n".encode(),
            "sounds.json": json.dumps({SOUND: {"also": ["se/queue-thereare"]}}).encode(),
            f"sounds/{SOUND}.wav": b"RIFF",
        }
        self.content[slug] = Content(f"{len(dialplan):064x}", files, {})
        return self.carry(slug, present=True)

    def carry(self, slug: str, *, present: bool) -> object:
        delivery = ClusterDelivery(self.it.api, lambda _, inputs: self.content[inputs["slug"]], patience=120)
        inputs: Mapping[str, object] = {"slug": slug, "node": "core"}
        return delivery.carry(Kind.CORE_BUNDLE, inputs, lambda _: None, lambda: False, present=present)

    @property
    def tenants(self) -> list[str]:
        return sorted(each.name for each in (self.it.home / "volumes/etc/pbx/tenants").iterdir())


@pytest.fixture
def pod(plane: ControlPlane, tmp_path: Path) -> Iterator[Pod]:
    facts = core_node.CorePlatform("core", pod_address("core"), (core_node.Edge("edge", "127.0.0.5"),))
    with running(
        plane,
        tmp_path,
        namespace="one-core",
        goes_to="core-core",
        user="asterisk",
        volumes=("etc", "sounds", "lib", "spool", "log"),
        platform={file.path: file.text for file in core_node.render(facts).files},
        script=SCRIPT,
        environment={"POD_IP": ADDRESS, "PBX_NODE": "core", "PBX_DRAIN_SECONDS": "60"},
    ) as it:
        yield Pod(it)


def test_a_core_takes_in_what_asterisk_takes_and_drains(pod: Pod) -> None:
    try:
        assert pod.lay("acme", "[acme.main]\nexten => s,1,NoOp(one)\n") == {"core-core": {"ran": 2, "changed": 3}}
        assert pod.tenants == ["acme"]
        assert (pod.it.home / "volumes/sounds/se/queue-thereare.wav").is_symlink()
        pod.lay("bolag", "[bolag.main]\nexten => s,1,NoOp(two)\n")
        with pytest.raises(PlayFailed, match="asterisk refuses the files, nothing was changed"):
            pod.lay("acme", "[acme.main]\nexten => s,1,NoOp(three)\nthis is no line\n")
        running = (pod.it.home / "volumes/etc/pbx/tenants/acme/extensions.conf").read_text()
        assert "NoOp(one)" in running
        pod.carry("bolag", present=False)
        assert pod.tenants == ["acme"]
        config = (pod.it.home / "volumes/etc/pjsip.conf").read_text()
        assert f"bind = {ADDRESS}:5060" in config
        (pod.it.home / "ask").touch()
        ends = time.monotonic() + 60
        while not (pod.it.home / "drained").exists() and time.monotonic() < ends:
            time.sleep(0.2)
        assert (pod.it.home / "drained").exists(), "Asterisk without calls ends at once"
    except Exception as error:
        raise AssertionError(f"{error}\n{pod.it.console}") from error
