"""What an apply to a cluster takes by the number of tenants: objects in a real API, and seconds of the one who applies.

Pods are answered for by threads that run their program with a daemon written for tests, so a reload is not in it.
`PBX_BENCH_CLUSTER=1,100,1000` measures so many tenants, each number in a namespace of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.cluster import programs
from tests.kubernetes.control_plane import ControlPlane, Impossible, running
from tests.kubernetes.folder import NAMESPACE, PROVIDER, Folder, machines

from . import folder
from .figures import Figure

COUNTS = tuple(map(int, os.environ.get("PBX_BENCH_CLUSTER", "1,100").split(",")))


def cluster() -> Iterator[Figure]:
    """An environment from nothing, the same apply again, and what lies in the API then."""
    if not programs.provider_is_there():
        print(f"skipped: {programs.PLUGIN} has not been built: `make kubernetes`", file=sys.stderr)
        return
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUBECONFIG", f"{home}/kubeconfig")
            try:
                with running(Path(home)) as plane:
                    for variable, value in plane.pod(NAMESPACE).items():
                        patch.setenv(variable, value)
                    yield from _of(count, plane, Path(home) / "provider")
            except Impossible as reason:
                print(f"skipped: {reason}", file=sys.stderr)
                return


def _of(count: int, plane: ControlPlane, root: Path) -> Iterator[Figure]:
    folder.make(root, count)
    file = root / "provider.yaml"
    clustered = PROVIDER[PROVIDER.index("  cloud:\n") :]
    file.write_text(file.read_text(encoding="utf-8").replace("environments:\n", f"environments:\n{clustered}"))
    house = Folder(root, plane)
    name = f"apply of {count} tenant{'s' * (count > 1)} of {folder.USERS} users to a cluster's API"
    command = ("apply", "--env", "cloud", "--yes")
    with machines(house):
        yield Figure(f"{name}, wall", _timed(house, command), "s", "pbx apply --env cloud --yes")
        yield Figure("the same apply again", _timed(house, command), "s", "pbx apply --env cloud --yes")
        objects = sum(map(len, plane.objects(NAMESPACE).values()))
        yield Figure(f"objects of {count} tenant{'s' * (count > 1)} and the platform", objects, "", "kubectl get")


def _timed(house: Folder, command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    house.pbx(*command)
    return round(time.perf_counter() - began, 1)
