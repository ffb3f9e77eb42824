"""A folder as a revision of Git has it, laid down for as long as it is looked at. The working folder is not touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.core.errors import PbxError, UsageError

SECONDS = 60


@contextmanager
def laid_down(folder: Path, revision: str) -> Iterator[Path]:
    """The folder of that revision, to be read; it is gone afterwards.

    Raises UsageError where Git knows no such revision, and PbxError where the folder is not kept in Git.
    """
    if not _git(folder, "rev-parse", "--is-inside-work-tree"):
        raise PbxError(f"{folder} is not kept in Git", "leave out the revision, or keep the folder in Git")
    # A revision is asked for by its name alone: what begins with a dash would be an option.
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise UsageError(f"Git knows no revision {revision!r}", "`git log` lists them; a branch, a tag, HEAD~1 will do")
    archive = _git(folder, "archive", "--format=tar", commit.decode().strip())
    if archive is None:
        raise UsageError(f"the folder {folder} is not in the revision {revision!r}", "take a later one")
    with TemporaryDirectory(prefix="pbx-") as home:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(home, filter="data")
        yield Path(home)


def _git(folder: Path, *words: str) -> bytes | None:
    """What Git says; None where it refuses."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, timeout=SECONDS, check=True)
    except FileNotFoundError:
        raise PbxError("Git is not installed", "install it to look at revisions") from None
    except subprocess.SubprocessError:
        return None
    return done.stdout
