"""The whole product as a user has it: a provider's folder, a lab of its own, and the command `pbx`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab

EXAMPLES = Path(__file__).parents[2] / "examples"
PBX = Path(sys.executable).parent / "pbx"
SECONDS = 900


@dataclass(frozen=True)
class House:
    """A provider's folder that is applied to a lab."""

    folder: Path
    lab: Lab

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PBX_LAB": self.lab.name, "PBX_FOLDER": str(self.folder)}

    def try_pbx(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PBX), *arguments], env=self.environment, capture_output=True, text=True, timeout=SECONDS
        )

    def pbx(self, *arguments: str) -> str:
        """Runs a command that must succeed; returns its stdout."""
        done = self.try_pbx(*arguments)
        told = f"pbx {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, told
        return done.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a command in a process group of its own."""
        return subprocess.Popen(
            [str(PBX), *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def tenant(self, slug: str) -> Path:
        return self.folder / "tenants" / f"{slug}.yaml"

    def run(self, machine: str, command: str) -> str:
        done = self.lab.run(machine, ["sh", "-c", command])
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The examples, applied. Whoever changes a file puts it back and applies again."""
    folder = tmp_path_factory.mktemp("provider") / "nordtel"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets"))
    made = House(folder, Lab("accept"))
    made.lab.up()
    try:
        made.pbx("apply", "--yes")
        yield made
    finally:
        if not os.environ.get("PBX_LAB_KEEP"):
            made.lab.down()
