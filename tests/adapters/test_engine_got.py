"""How the engine is got where there is none: by an installer, else by a build. Both are scripts here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.adapters.pulumi import cli
from provisioner.core.errors import PbxError

LAY = """
lay() {
    mkdir -p "${1%/*}"
    printf '#!/bin/sh\\necho v%s\\n' "$2" >"$1"
    chmod 755 "$1"
}
"""

BUILDS = """
case $1 in
env) echo go1.99.0 ;;
list) printf 'one\\ntwo\\n' ;;
build)
    while [ "$1" != -o ]; do shift; done
    lay "$2" VERSION
    ;;
esac
"""


@dataclass
class Machine:
    """A computer on which an installer and a Go are all that there is."""

    folder: Path
    said: list[str] = field(default_factory=list)

    def installer(self, script: str) -> None:
        """What runs as our Python: `$3` is the folder to install into, `$4` the version."""
        self._program("python", script)

    def go(self, script: str, version: str = "") -> None:
        self._program("go", script.replace("VERSION", version or cli.wanted_version()))

    def _program(self, name: str, script: str) -> None:
        file = self.folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        text = f'#!/bin/sh\nPATH=/usr/bin:/bin\necho "{name} $1" >>{self.folder}/ran\n{LAY}{script}\n'
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def command(self) -> Path:
        return cli.command(self.said.append, self.folder / "cache")

    @property
    def ran(self) -> list[str]:
        return (self.folder / "ran").read_text(encoding="utf-8").splitlines()

    @property
    def cached(self) -> list[str]:
        """What stands in the cache beside the lock."""
        return [each.name for each in (self.folder / "cache").iterdir() if each.suffix != ".lock"]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    return Machine(tmp_path)


def test_an_installer_that_works_needs_no_go(machine: Machine) -> None:
    machine.installer('lay "$3/bin/pulumi" "$4"')
    machine.go("exit 1")
    engine = machine.command()
    assert cli.version_of(engine) == cli.wanted_version()
    assert machine.ran == ["python -c"]
    assert machine.cached == [engine.parents[1].name]


def test_an_installer_that_fails_leads_on_to_the_build(machine: Machine) -> None:
    machine.installer("echo a traceback; echo 'urlopen error: no route to host'; exit 1")
    machine.go(BUILDS)
    engine = machine.command()
    assert cli.version_of(engine) == cli.wanted_version()
    assert machine.ran == ["python -c", "go env", "go list", "go build"]
    reason = "Pulumi's installer did not work (urlopen error: no route to host): building the engine from its Go module"
    assert reason in machine.said
    assert "building the Pulumi engine from 2 packages, once for this machine: a few minutes" in machine.said
    assert machine.cached == [engine.parents[1].name]
    assert machine.command() == engine
    assert len(machine.ran) == 4, "what is there is not got again"


def test_an_installer_without_end_leads_on_to_the_build(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_INSTALL_SECONDS", 0.5)
    machine.installer("exec sleep 600")
    machine.go(BUILDS)
    assert cli.version_of(machine.command()) == cli.wanted_version()
    assert (
        "Pulumi's installer did not work (no end after 0.5 s): building the engine from its Go module" in machine.said
    )


@pytest.mark.parametrize("way", ["installer", "build"])
def test_an_engine_of_another_version_is_refused(machine: Machine, way: str) -> None:
    machine.installer('lay "$3/bin/pulumi" 2.0.0' if way == "installer" else "exit 1")
    machine.go(BUILDS, version="2.0.0")
    with pytest.raises(PbxError) as raised:
        machine.command()
    assert raised.value.message == f"the engine calls itself 2.0.0, expected {cli.wanted_version()}"
    assert machine.cached == [], "nothing is left that could be taken for an engine"
    machine.installer('lay "$3/bin/pulumi" "$4"')
    assert cli.version_of(machine.command()) == cli.wanted_version()


def test_a_build_that_fails_says_why(machine: Machine) -> None:
    machine.installer("exit 1")
    machine.go("case $1 in env) echo go1.99.0 ;; *) echo 'proxy.golang.org: dial tcp: no such host'; exit 1 ;; esac")
    with pytest.raises(PbxError, match=r"go list failed: .*dial tcp") as raised:
        machine.command()
    assert "let Go reach a module proxy" in raised.value.remedy
    assert machine.cached == []
