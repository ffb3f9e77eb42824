"""Runs `git` on a folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from provisioner.core.errors import PbxError, TimedOut

SECONDS = 60


def run(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """What `git` answers; raises PbxError where it fails or is not there."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *words]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, input=given, env=environment, capture_output=True, timeout=SECONDS, check=True)
    except FileNotFoundError:
        raise PbxError("git is not there", "install the package git") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip() or f"ended with {error.returncode}"
        raise PbxError(f"git {words[0]}: {said}", f"try `git -C {folder} {words[0]}` yourself") from None
    except subprocess.TimeoutExpired:
        raise TimedOut(f"git {words[0]} took longer than {SECONDS} s", "try again, or on a local disk") from None
    return done.stdout


def ask(folder: Path, *words: str) -> str | None:
    """What `git` answers, without space around it; None where it fails or is not there."""
    try:
        return run(folder, *words).decode(errors="replace").strip()
    except PbxError:
        return None
