"""One control plane for all tests here that need one, or the reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.cluster import programs
from provisioner.adapters.pulumi import cli
from tests.kubernetes.control_plane import ControlPlane, Impossible, running


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    folder: Path = tmp_path_factory.mktemp("cluster")
    before = os.environ.get("KUBECONFIG")
    os.environ["KUBECONFIG"] = str(folder / "kubeconfig")
    try:
        with running(folder) as found:
            yield found
    except Impossible as reason:
        if os.environ.get("PBX_REQUIRE_KUBERNETES"):
            raise
        pytest.skip(str(reason))
    finally:
        if before is None:
            os.environ.pop("KUBECONFIG", None)
        else:
            os.environ["KUBECONFIG"] = before


@pytest.fixture(scope="session")
def plugin() -> Path:
    """The folder of the engine's provider for Kubernetes."""
    required = bool(os.environ.get("PBX_REQUIRE_KUBERNETES"))
    if not required and not programs.provider_is_there():
        pytest.skip(f"{programs.PLUGIN} has not been built: `make kubernetes`, or set PBX_REQUIRE_KUBERNETES=1")
    return programs.provider(cli.command(print), print)
