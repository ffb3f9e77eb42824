"""The port to the history of the provider's folder in Git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: who changed the folder, when (ISO 8601, with zone) and what for."""

    digest: str
    at: str
    author: str
    subject: str

    @property
    def told(self) -> str:
        return f"commit {self.digest[:10]} by {self.author}, {self.at[:10]}: “{self.subject}”"


class Commits(Protocol):
    """Commits of one folder; paths are relative to it. A folder outside of Git has none."""

    def commit(self, revision: str) -> Commit:
        """The commit that a revision names; raises UsageError where there is none."""
        ...

    def since(self, commit: str, paths: Sequence[str]) -> tuple[Commit, ...]:
        """Commits after that one which touched any of the paths, newest first; none where it is not known."""
        ...

    def uncommitted(self, paths: Sequence[str]) -> bool:
        """Whether the folder holds something else at these paths than its commit."""
        ...

    def files(self, commit: str, paths: Sequence[str]) -> tuple[str, ...]:
        """The files that the commit holds at or below these paths, sorted."""
        ...

    def content(self, commit: str, path: str) -> bytes:
        """A file as the commit holds it, byte by byte; raises PbxError where it cannot be read."""
        ...
