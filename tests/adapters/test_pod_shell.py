"""Commands in a pod, by a kubectl that writes down how it was called. The real one is in `make k8s-demo`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from provisioner.adapters.cluster.shell import PodShell
from provisioner.adapters.sip.shell import ShellError

KUBECTL = """#!/bin/sh
printf '%s\\n' "$@"
cat
case "$*" in *refused*) echo "no such pod" >&2; exit 1 ;; esac
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PodShell:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return PodShell("prod", "telephony", "core-2")


def test_a_command_goes_to_asterisk_in_the_cores_pod(shell: PodShell) -> None:
    told = asyncio.run(shell.run("asterisk -rx 'core show uptime'", b"secret")).decode().splitlines()
    before = ["--context", "prod", "--namespace", "telephony", "exec", "--stdin", "--container", "asterisk"]
    before += ["core-core-2-0", "--", "sh", "-c"]
    assert told == [*before, "asterisk -rx 'core show uptime'", "secret"]


def test_what_kubectl_says_is_told(shell: PodShell) -> None:
    with pytest.raises(ShellError, match=r"core-core-2-0: 'refused' ended with 1: no such pod"):
        asyncio.run(shell.run("refused"))


def test_who_has_no_kubectl_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ShellError, match="kubectl is not installed here"):
        asyncio.run(PodShell("prod", "telephony", "core").run("true"))
