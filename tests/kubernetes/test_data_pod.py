"""The pod of the database with a real PostgreSQL of the lab's image, against a real API: schema, rows, a password."""

from __future__ import annotations

import json
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
from provisioner.core import secrets
from provisioner.core.deployment import Kind, PlayFailed
from provisioner.targets.kamailio import schema
from tests.kubernetes.control_plane import CONTEXT, ControlPlane
from tests.real_asterisk import image

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting the image needs root")

ADDRESS = "127.0.0.8"
NAMESPACE = "one-database"
SCRIPT = """\
set -e
mount -t overlay overlay -o lowerdir={image},upperdir={home}/upper,workdir={home}/work {home}/root
mount -t proc proc {home}/root/proc
mount -t tmpfs tmpfs {home}/root/run
mount -t tmpfs tmpfs {home}/root/dev/shm
chmod 1777 {home}/root/run {home}/root/dev/shm
mount --bind {home}/volume {home}/root/var/lib/postgresql
as() {{ chroot {home}/root setpriv --reuid postgres --regid postgres --clear-groups -- "$@"; }}
as python3 /usr/local/lib/pbx-reloader/main.py database &
as python3 /usr/local/lib/pbx-reloader/main.py rows &
while [ ! -e {home}/ask ]; do sleep 0.1; done
as psql -h {address} -U kamailio kamailio -Atc "$(cat {home}/ask)" >{home}/new 2>&1 || true
mv {home}/new {home}/answer
sleep 60
"""


@dataclass
class Pod:
    """The pod's folder and what delivers to it."""

    home: Path
    api: Api
    rows: dict[str, str]

    def lay(self, slug: str, numbers: list[str]) -> object:
        tables = {
            "tenants": [{"slug": slug, "core": "core", "main_number": ""}],
            "numbers": [{"number": each} for each in numbers],
        }
        self.rows[slug] = json.dumps({"format": 2, "tenant": slug, "tables": tables})
        return self.carry(slug, present=True)

    def carry(self, slug: str, *, present: bool) -> object:
        def content(_: Kind, inputs: Mapping[str, object]) -> Content:
            text = self.rows[str(inputs["slug"])]
            return Content(f"{hash(text)}", {}, {"rows.json": text.encode()}, "keyed")

        delivery = ClusterDelivery(self.api, content, patience=120)
        inputs = {"slug": slug, "core": "core"}
        return delivery.carry(Kind.EDGE_ROWS, inputs, lambda _: None, lambda: False, present=present)

    def asked(self, question: str) -> str:
        """What the edge's own login is answered over the network."""
        (self.home / "ask").write_text(question)
        ends = time.monotonic() + 30
        while not (self.home / "answer").exists() and time.monotonic() < ends:
            time.sleep(0.1)
        return (self.home / "answer").read_text().strip()


@pytest.fixture
def pod(plane: ControlPlane, tmp_path: Path) -> Iterator[Pod]:
    root = image()
    owner = next(line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("postgres:"))
    uid, gid = (int(each) for each in owner.split(":")[2:4])
    home = tmp_path
    for folder in (home, *list(home.parents)[:2]):
        folder.chmod(0o755)
    programs = home / "upper/usr/local/lib/pbx-reloader"
    for each in ("work", "root", "volume", "upper/pbx/platform"):
        (home / each).mkdir(parents=True)
    os.chown(home / "volume", uid, gid)
    for path, text in pods.programs().items():
        (programs / path).parent.mkdir(parents=True, exist_ok=True)
        (programs / path).write_text(text, encoding="utf-8")
    for file in schema.files():
        filled = secrets.fill(file.text, lambda _: "not-a-secret-of-anybody")
        (home / "upper/pbx/platform" / file.path).write_text(filled, encoding="utf-8")
    api = Api(CONTEXT, NAMESPACE)
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for what in ("bundles", "status"):
        named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"rows-{what}"}}
        api.create(api.kind("configmaps"), named)
    environment = {**plane.pod(NAMESPACE), "POD_IP": ADDRESS, "PBX_NODE": "rows", "PBX_EDGES": "127.0.0.1"}
    for variable in ("PBX_TOKEN_FILE", "PBX_CA_FILE"):
        given = Path(environment[variable])
        shutil.copy(given, home / "upper/pbx" / given.name)
        (home / "upper/pbx" / given.name).chmod(0o644)
        environment[variable] = f"/pbx/{given.name}"
    script = SCRIPT.format(image=root, home=home, address=ADDRESS)
    alone = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--", "bash", "-c", script]
    own = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "PGPASSWORD": ""}
    log = (home / "console").open("wb")
    process = subprocess.Popen(
        alone, stdout=log, stderr=log, env={**own, **environment, "PGPASSWORD": "not-a-secret-of-anybody"}
    )
    try:
        yield Pod(home, api, {})
    finally:
        process.kill()
        process.wait(20)
        log.close()


def test_rows_are_written_and_an_edge_reads_them_with_its_password(pod: Pod) -> None:
    try:
        assert pod.lay("acme", ["+46980319200"]) == {"rows": {"ran": 1, "changed": 2}}
        pod.lay("bolag", ["+46980319201"])
        with pytest.raises(
            PlayFailed, match=r"claims rows of numbers that are another's: \+46980319200 belongs to tenant acme"
        ):
            pod.lay("dieb", ["+46980319200"])
        pod.carry("bolag", present=False)
        status = pod.api.get(f"{pod.api.kind('configmaps')}/rows-status")
        assert status["metadata"]["annotations"]["pbx/revision"] == "3"
        assert set(status["data"]) == {"acme"}, "whoever was refused is named nowhere"
        assert pod.asked("SELECT number, tenant FROM numbers") == "+46980319200|acme"
    except Exception as error:
        raise AssertionError(f"{error}\n{(pod.home / 'console').read_text(errors='replace')[-4000:]}") from error
