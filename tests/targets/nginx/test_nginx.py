"""The web server of an edge: its whole file, and which core node a tenant's requests go to."""

from __future__ import annotations

import os
from pathlib import Path

from provisioner.targets.nginx import Settings, render

EXPECTED = Path(__file__).with_name("nginx.conf")


def test_whole_file() -> None:
    settings = Settings("192.0.2.7", "10.0.0.3", {"verk": "10.0.0.4", "klinik": "10.0.0.5"}, largest_file=100)
    (file,) = render(settings).files
    if os.environ.get("PBX_ACCEPT"):
        EXPECTED.write_text(file.text)
    assert file.text == EXPECTED.read_text()


def test_order_of_tenants_does_not_matter() -> None:
    cores = {"verk": "10.0.0.4", "klinik": "10.0.0.5"}
    turned = dict(reversed(cores.items()))
    assert (
        render(Settings("192.0.2.7", "10.0.0.3", cores)).digest
        == render(Settings("192.0.2.7", "10.0.0.3", turned)).digest
    )
