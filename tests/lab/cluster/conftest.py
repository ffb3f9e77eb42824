"""One cluster for all tests here, taken down at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from provisioner.adapters.lab_cluster import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Set PBX_CLUSTER to choose its name, and PBX_CLUSTER_KEEP to leave it up between runs."""
    found = Cluster(os.environ.get("PBX_CLUSTER", "tests"))
    found.up(print)
    yield found
    if not os.environ.get("PBX_CLUSTER_KEEP"):
        found.down()
