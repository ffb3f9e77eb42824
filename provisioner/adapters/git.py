"""The history of the provider's folder, asked of `git`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from provisioner.core.errors import PbxError, UsageError
from provisioner.core.ports.revisions import Commit

SECONDS = 10
_FORM = "--format=%H%x00%cI%x00%an%x00%s"


class GitRevisions:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def commit(self, revision: str) -> Commit:
        if git(self._folder, "rev-parse", "--git-dir") is None:
            raise UsageError(f"{self._folder} is not in Git", "only what was committed can be found again")
        # What begins with a dash would be an option.
        found = (
            None if revision.startswith("-") else git(self._folder, "log", "-1", _FORM, f"{revision}^{{commit}}", "--")
        )
        if not found:
            raise UsageError(f"no revision {revision!r} in {self._folder}", "`git log` lists commits, `git tag` tags")
        return _commit(found)

    def since(self, commit: str, paths: Sequence[str]) -> tuple[Commit, ...]:
        if not commit:
            return ()
        found = git(self._folder, "log", _FORM, f"{commit}..HEAD", "--", *paths)
        return tuple(_commit(each) for each in (found or "").splitlines())

    def uncommitted(self, paths: Sequence[str]) -> bool:
        return bool(git(self._folder, "status", "--porcelain", "--untracked-files=all", "--", *paths, _NOT_OURS))

    def files(self, commit: str, paths: Sequence[str]) -> tuple[str, ...]:
        found = git(self._folder, "ls-tree", "-r", "--name-only", "-z", commit, "--", *paths)
        return tuple(sorted(filter(None, (found or "").split("\0"))))

    def content(self, commit: str, path: str) -> bytes:
        try:
            return _run(self._folder, "show", f"{commit}:./{path}")
        except (OSError, subprocess.SubprocessError) as error:
            raise PbxError(f"Git cannot give {path} of {commit[:10]}: {error}", "look with `git show`") from None


_NOT_OURS = ":(exclude).pbx"
"""`.pbx` is ours and changes with every run, whether the provider ignores it or not."""


def uncommitted(folder: Path) -> bool:
    """Whether the folder holds something that its commit does not; true in doubt."""
    changed = git(folder, "status", "--porcelain", "--", ".", _NOT_OURS)
    return changed is None or bool(changed)


def git(folder: Path, *words: str) -> str | None:
    """What `git` answers, without space around it; None where it fails or is not there."""
    try:
        return _run(folder, *words).decode(errors="replace").strip()
    except (OSError, subprocess.SubprocessError):
        return None


def _run(folder: Path, *words: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(folder), *words],
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        capture_output=True,
        timeout=SECONDS,
        check=True,
    ).stdout


def _commit(line: str) -> Commit:
    digest, at, author, subject = line.split("\0")
    return Commit(digest, at, author, subject)
