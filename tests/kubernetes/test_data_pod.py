"""The pod of the database with a real PostgreSQL of the lab's image, against a real API: schema, rows, a password."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.adapters.cluster.delivery import ClusterDelivery, Content
from provisioner.core import secrets
from provisioner.core.deployment import Kind, PlayFailed
from provisioner.targets.kamailio import schema
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.one_pod import OnePod, running

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting the image needs root"),
    pytest.mark.xdist_group("pods"),  # each pod says on one port what it runs
]

ADDRESS = "127.0.0.8"
SCRIPT = """\
mount --bind $home/volumes/data $root/var/lib/postgresql
as python3 /usr/local/lib/pbx-reloader/main.py database &
as python3 /usr/local/lib/pbx-reloader/main.py rows &
while [ ! -e $home/ask ]; do sleep 0.1; done
as psql -h $POD_IP -U kamailio kamailio -Atc "$(cat $home/ask)" >$home/new 2>&1 || true
mv $home/new $home/answer
sleep 60
"""


@dataclass
class Pod:
    """The pod and what delivers to it."""

    it: OnePod
    rows: dict[str, str] = field(default_factory=dict)

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

        delivery = ClusterDelivery(self.it.api, content, patience=120)
        inputs = {"slug": slug, "core": "core"}
        return delivery.carry(Kind.EDGE_ROWS, inputs, lambda _: None, lambda: False, present=present)

    def asked(self, question: str) -> str:
        """What the edge's own login is answered over the network."""
        (self.it.home / "ask").write_text(question)
        ends = time.monotonic() + 30
        while not (self.it.home / "answer").exists() and time.monotonic() < ends:
            time.sleep(0.1)
        return (self.it.home / "answer").read_text().strip()


@pytest.fixture
def pod(plane: ControlPlane, tmp_path: Path) -> Iterator[Pod]:
    password = "not-a-secret-of-anybody"
    with running(
        plane,
        tmp_path,
        namespace="one-database",
        goes_to="rows",
        user="postgres",
        volumes=("data",),
        platform={file.path: secrets.fill(file.text, lambda _: password) for file in schema.files()},
        script=SCRIPT,
        environment={"POD_IP": ADDRESS, "PBX_NODE": "rows", "PGPASSWORD": password},
    ) as it:
        yield Pod(it)


def test_rows_are_written_and_an_edge_reads_them_with_its_password(pod: Pod) -> None:
    try:
        assert pod.lay("acme", ["+46980319200"]) == {"rows": {"ran": 1, "changed": 2}}
        pod.lay("bolag", ["+46980319201"])
        with pytest.raises(
            PlayFailed, match=r"claims rows of numbers that are another's: \+46980319200 belongs to tenant acme"
        ):
            pod.lay("dieb", ["+46980319200"])
        pod.carry("bolag", present=False)
        status = pod.it.api.get(f"{pod.it.api.kind('configmaps')}/rows-status")
        assert status["metadata"]["annotations"]["pbx/revision"] == "3"
        assert set(status["data"]) == {"acme"}, "whoever was refused is named nowhere"
        assert pod.asked("SELECT number, tenant FROM numbers") == "+46980319200|acme"
    except Exception as error:
        raise AssertionError(f"{error}\n{pod.it.console}") from error
