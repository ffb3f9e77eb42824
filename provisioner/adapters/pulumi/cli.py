"""Gets the `pulumi` command: from PATH, from our cache, from Pulumi's installer, or built from the Go module proxy.

The version is the one in `tools/pulumi/go.mod`; the folder in the cache carries a digest of `go.mod` and `go.sum`, so
an upgrade never meets an old build. What is got is put in place by one rename, under a lock, and a cut-off attempt
leaves nothing that could be taken for an engine. There is no stand-in: without the command an error says what to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from provisioner.adapters import go_tools
from provisioner.adapters.go_tools import Say
from provisioner.core.errors import PbxError

_MODULE = "github.com/pulumi/pulumi/pkg/v3"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_CONNECT_SECONDS = 5
_INSTALL_SECONDS = 180

CLOSED_NETWORK = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    "PULUMI_SUPPRESS_NEO_LINK": "true",
}
"""Keeps the engine from asking anything of a network."""


def command(say: Say, homes: Path | None = None) -> Path:
    """The path of a `pulumi` that fits the SDK; gets it first where there is none."""
    version = wanted_version()
    if found := _on_path(version, say):
        return found
    home = _recipe(version).home(version, homes)
    go_tools.got(home, _recipe(version), ["pulumi"], lambda fresh: _get(fresh, version, say), say)
    return home / "bin" / "pulumi"


def wanted_version() -> str:
    """The engine's version without `v`, as `tools/pulumi/go.mod` names it."""
    return _recipe().version_of(_MODULE)


def _recipe(version: str = "") -> go_tools.Recipe:
    return go_tools.Recipe("pulumi", "the Pulumi engine", f"put a pulumi {version} on PATH")


def _on_path(version: str, say: Say) -> Path | None:
    found = shutil.which("pulumi")
    if found is None:
        return None
    has = version_of(Path(found))
    if has.split(".")[:2] == version.split(".")[:2]:
        return Path(found)
    say(f"{found} is version {has or 'unknown'}, {version} is needed: it is left alone")
    return None


def version_of(program: Path) -> str:
    """What the program calls itself, without `v`; empty where it does not answer."""
    try:
        answer = subprocess.run(
            [str(program), "version"], env={**os.environ, **CLOSED_NETWORK}, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().removeprefix("v") if answer.returncode == 0 else ""


def _get(fresh: Path, version: str, say: Say) -> None:
    if reason := _install(fresh, version, say):
        say(f"Pulumi's installer did not work ({reason}): building the engine from its Go module")
        variables = f"-X {_VERSION_VARIABLE}=v{version}"
        go_tools.build(_recipe(version), f"{_MODULE}/cmd/pulumi", fresh / "bin" / "pulumi", variables, say)
    has = version_of(fresh / "bin" / "pulumi")
    if has != version:
        raise PbxError(f"the engine calls itself {has or 'nothing'}, expected {version}", "run the command again")
    say(f"engine {version} is ready")


_INSTALLER = """
import socket, sys
from semver import VersionInfo
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout(float(sys.argv[3]))
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def _install(root: Path, version: str, say: Say) -> str:
    """Fetches the engine by Pulumi's installer; returns why that did not work, or nothing.

    In a process of its own, because the SDK's function knows no time limit.
    """
    say(f"fetching the Pulumi engine {version}")
    line = [sys.executable, "-c", _INSTALLER, str(root), version, str(_CONNECT_SECONDS)]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=_INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return f"no end after {_INSTALL_SECONDS} s"
    if process.returncode == 0:
        return ""
    return (output.strip().splitlines() or ["no message"])[-1]
