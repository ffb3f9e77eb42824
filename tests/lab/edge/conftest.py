"""A lab with a data node and an edge, and two tenants; core, carrier and telephones are played by the tests themselves.

The lab is these tests' own, so they may ban, break and empty what they like. PBX_EDGE_LAB names one that is to stay up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab
from tests.running_lab import one_at_a_time

sys.path.insert(0, str(Path(__file__).parent))

from edge_lab import Platform, tenant
from edge_scene import Scene


@pytest.fixture(scope="session")
def shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    kept = os.environ.get("PBX_EDGE_LAB")
    lab = Lab(kept or "test-edge")
    try:
        with one_at_a_time():
            lab.up()
            made = Platform(lab, tmp_path_factory.mktemp("bundles"))
            made.data()
            made.edge()
            made.rows("klinik", tenant("klinik", "+468501101"))
            made.rows("fabrik", tenant("fabrik", "+468501102"))
        yield made
    finally:
        if not kept:
            lab.down()


@pytest.fixture
def platform(shared_platform: Platform) -> Iterator[Platform]:
    shared_platform.forgive()
    shared_platform.world = os.urandom(4).hex()
    yield shared_platform
    while shared_platform.agents:
        shared_platform.agents.pop().close()


@pytest.fixture
def scene(platform: Platform) -> Scene:
    agents = [platform.agent(*each) for each in (("phones", 5071), ("phones", 5072), ("core", 5060), ("carrier", 5060))]
    return Scene(*agents, edge=f"198.19.{platform.slot}.20")
