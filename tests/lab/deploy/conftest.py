"""A provider's folder that is applied to the lab once a session, for tests that only use what runs.

Tests that change it put it right again, or change what no other test looks at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab
from provisioner.wiring import Deployment, Verification

EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass(frozen=True)
class Provider:
    """A folder, and the lab that it is applied to."""

    path: Path
    lab: Lab

    def pbx(self, *words: str, code: int = 0) -> str:
        """Standard output of a command, which must end with that exit code."""
        line = [sys.executable, "-c", "from provisioner.cli.main import main; main()", *words]
        done = subprocess.run(
            [*line, "--folder", str(self.path)],
            capture_output=True,
            text=True,
            timeout=600,
            env=os.environ | {"PBX_LAB": self.lab.name},
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def tenant(self, slug: str) -> Path:
        return self.path / "tenants" / f"{slug}.yaml"

    def verification(self) -> Verification:
        return Verification(Deployment(self.path, "lab", lambda _: None, lab=self.lab.name))


@pytest.fixture(scope="session")
def applied(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    path = tmp_path_factory.mktemp("applied") / "folder"
    shutil.copytree(EXAMPLES, path)
    provider = Provider(path, lab)
    provider.pbx("apply", "--yes")
    return provider
