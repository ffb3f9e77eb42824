"""The history of a provider's folder, and its files at any point of it, without touching what lies in the folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Revision:
    """A point in the history of the folder; without a commit it is the folder's files as they are now."""

    name: str
    """As it was asked for."""
    commit: str = ""
    author: str = ""
    at: str = ""
    """When it was committed, ISO 8601 with offset."""
    subject: str = ""

    @property
    def short(self) -> str:
        return self.commit[:10] or "the files as they are now"


class Revisions(Protocol):
    """All paths are relative to the folder, with slashes."""

    def find(self, name: str) -> Revision:
        """A revision by branch, tag, commit or day (`2027-01-31`: the last commit of that day); the files as they are
        now where the name is empty. Raises UsageError where there is none."""

    def fork(self, one: Revision, other: Revision) -> Revision:
        """Where the histories of two revisions part; raises UsageError where they have nothing in common."""

    def between(self, old: Revision, new: Revision) -> list[Revision]:
        """The commits after `old` up to `new` that touch the folder, oldest first, along first parents."""

    def touching(self, paths: Iterable[str], most: int) -> list[Revision]:
        """The last commits up to now that touch one of the paths or what lies below one, newest first, `most` at most,
        along first parents."""

    def parent(self, revision: Revision) -> Revision | None:
        """The commit before; None for the first."""

    def changed(self, old: Revision, new: Revision) -> list[str]:
        """The files that differ, that are only on one side too."""

    def files(self, revision: Revision, below: Iterable[str]) -> Mapping[str, bytes]:
        """Contents of those that are one of the paths, or lie below one, by path, sorted; others are left out."""

    def naming(self, revision: Revision, words: Iterable[str]) -> list[str]:
        """The tenants' files in which one of the words stands."""
