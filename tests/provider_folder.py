"""A provider's folder that is applied to a lab, and `pbx` as its engineer calls it.

The folder lies among the lab's own files, so that both go together: what the folder's state says of the machines is
true of these machines. A lab that stays up (`PBX_LAB_KEEP`) keeps its folder too, and the next session applies only
what has changed since.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.adapters.lab import Lab
from provisioner.core.holdings import Holding
from provisioner.wiring import Deployment, Verification
from tests.running_lab import one_at_a_time

EXAMPLES = Path(__file__).parents[1] / "examples"
PBX = Path(sys.executable).with_name("pbx")
SECONDS = 900
OWN = (".pbx", "secrets", "__pycache__")
"""What `pbx` keeps beside a provider's files: it is the lab's, not the source's."""

WHATEVER_GOES = (*(word for each in Holding for word in ("--allow", each.value)), "--reason", "a test puts it back")
"""For what a test added, and for what an older revision of a folder left in a lab that stayed up."""


@dataclass(frozen=True)
class ProviderFolder:
    """Whoever changes a file puts it back and applies again: `changed` does both."""

    path: Path
    lab: Lab

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PBX_LAB": self.lab.name, "PBX_FOLDER": str(self.path)}

    def try_pbx(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PBX), *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def pbx(self, *words: str, code: int = 0) -> str:
        """Standard output of a command, which must end with that exit code."""
        done = self.try_pbx(*words)
        told = f"pbx {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert done.returncode == code, told
        return done.stdout

    def document(self, *words: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pbx(*words, "--format", "json", code=code))
        return found

    def apply(self) -> dict[str, str]:
        """stack → what came of it."""
        return {each["stack"]: each["result"] for each in self.document("apply", "--yes")["stacks"]}

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Starts a command in a process group of its own; its progress comes on standard error."""
        return subprocess.Popen(
            [str(PBX), *words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def kill_at(self, moment: str, *words: str) -> None:
        """Kills a command as soon as its progress tells of the moment, with everything that it started."""
        run = self.begin(*words)
        assert run.stderr is not None
        told = []
        for line in run.stderr:
            told.append(line)
            if moment in line:
                break
        else:
            raise AssertionError(f"{moment!r} was never told:\n{''.join(told)}")
        os.killpg(run.pid, signal.SIGKILL)
        assert run.wait(60) == -signal.SIGKILL, "it had ended before it could be killed"

    def held(self, slug: str) -> dict[str, list[str]]:
        """What the platform holds of a tenant: the core's files and dialplan, and the edge's rows."""
        files = f"cd /etc/asterisk/pbx/tenants/{slug}/ && find . -type f | sort | xargs sha256sum"
        tables = ("tenants", "domains", "numbers", "subscriber", "lights")
        rows = "; ".join(f"SELECT to_jsonb(each) - 'id' FROM {table} each WHERE tenant = '{slug}'" for table in tables)
        return {
            "files": self.run("core", files).splitlines(),
            "dialplan": self.asterisk(f"dialplan show {slug}.numbers").splitlines(),
            "rows": sorted(self.run("data", f'runuser -u postgres -- psql -d kamailio -Atc "{rows}"').splitlines()),
        }

    def tenant(self, slug: str) -> Path:
        return self.path / "tenants" / f"{slug}.yaml"

    @contextlib.contextmanager
    def changed(self, slug: str, words: Mapping[str, str]) -> Iterator[None]:
        """The tenant's file with these words replaced, not applied yet; put back and applied in the end."""
        file = self.tenant(slug)
        written = file.read_text(encoding="utf-8")
        text = written
        for old, new in words.items():
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(written, encoding="utf-8")
            self.pbx("apply", "--yes", *WHATEVER_GOES)

    def deployment(self) -> Deployment:
        return Deployment(self.path, "lab", lambda _: None, lab=self.lab.name)

    def verification(self) -> Verification:
        return Verification(self.deployment())

    def run(self, machine: str, command: str) -> str:
        """Standard output of a shell command on a machine, which must succeed."""
        done = self.lab.run(machine, ["sh", "-c", command])
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def asterisk(self, command: str) -> str:
        return self.run("core", f'asterisk -rx "{command}"')


def applied(source: Path, lab: Lab) -> ProviderFolder:
    """The source's files, applied to a lab that is up."""
    path = lab.directory / "provider"
    for old in path.iterdir() if path.is_dir() else ():
        if old.name not in OWN:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(source, path, ignore=shutil.ignore_patterns(*OWN), dirs_exist_ok=True)
    folder = ProviderFolder(path, lab)
    with one_at_a_time():
        folder.pbx("apply", "--yes", *WHATEVER_GOES)
    return folder
