"""What tests of several rooms share: the running lab.

`lab` is brought up once a session and taken down at its end; set PBX_LAB_KEEP to leave it up between runs, and PBX_LAB
to choose its name. A lab that was up before stays up. Tests that use it carry the mark `lab` and need root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from provisioner.adapters.lab import Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("lab"):
            # One worker runs them all: they share machines.
            item.add_marker(pytest.mark.xdist_group("lab"))
            if os.geteuid() != 0:
                item.add_marker(pytest.mark.skip(reason="the lab needs root"))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    shared = Lab(os.environ.get("PBX_LAB") or "test")
    was_up = shared.status().phase == "ready"
    shared.up()
    yield shared
    if not was_up and not os.environ.get("PBX_LAB_KEEP"):
        shared.down()
