"""The commits of the provider's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provisioner.core.errors import PbxError, UsageError
from provisioner.core.ports.commits import Commit

from .command import ask, run

_FORM = "--format=%H%x00%cI%x00%an%x00%s"


class GitCommits:
    """See core.ports.commits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def commit(self, revision: str) -> Commit:
        if ask(self._folder, "rev-parse", "--git-dir") is None:
            raise UsageError(f"{self._folder} is not in Git", "only what was committed can be found again")
        # What begins with a dash would be an option.
        found = (
            None if revision.startswith("-") else ask(self._folder, "log", "-1", _FORM, f"{revision}^{{commit}}", "--")
        )
        if not found:
            raise UsageError(f"no revision {revision!r} in {self._folder}", "`git log` lists commits, `git tag` tags")
        return _commit(found)

    def since(self, commit: str, paths: Sequence[str]) -> tuple[Commit, ...]:
        if not commit:
            return ()
        found = ask(self._folder, "log", _FORM, f"{commit}..HEAD", "--", *paths)
        return tuple(_commit(each) for each in (found or "").split("\n") if each)

    def uncommitted(self, paths: Sequence[str]) -> bool:
        return bool(ask(self._folder, "status", "--porcelain", "--untracked-files=all", "--", *paths, _NOT_OURS))

    def files(self, commit: str, paths: Sequence[str]) -> tuple[str, ...]:
        found = ask(self._folder, "ls-tree", "-r", "--name-only", "-z", commit, "--", *paths)
        return tuple(sorted(filter(None, (found or "").split("\0"))))

    def content(self, commit: str, path: str) -> bytes:
        try:
            return run(self._folder, "show", f"{commit}:./{path}")
        except PbxError as error:
            told = f"Git cannot give {path} of {commit[:10]}: {error.message}"
            raise PbxError(told, "look with `git show`") from None


_NOT_OURS = ":(exclude).pbx"
"""`.pbx` is ours and changes with every run, whether the provider ignores it or not."""


def uncommitted(folder: Path) -> bool:
    """Whether the folder holds something that its commit does not; true in doubt."""
    changed = ask(folder, "status", "--porcelain", "--", ".", _NOT_OURS)
    return changed is None or bool(changed)


def _commit(line: str) -> Commit:
    digest, at, author, subject = line.split("\0")
    return Commit(digest, at, author, subject)
