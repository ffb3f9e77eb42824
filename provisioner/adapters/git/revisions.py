"""The history of a provider's folder in Git, read out of its objects: nothing is checked out and nothing written.

All paths are relative to the folder, which may lie anywhere in its repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from provisioner.core.errors import PbxError, UsageError
from provisioner.core.findings import nearest
from provisioner.core.ports.revisions import Revision

from .command import run

FACTS = "%H%x1f%an <%ae>%x1f%cI%x1f%s"

NOW = Revision("")


class GitRevisions:
    """See core.ports.revisions. Raises UsageError where the folder is not in Git, PbxError where Git fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}", "name a provider's folder with --folder")
        try:
            self._git("rev-parse", "--git-dir")
        except PbxError as error:
            if "not a git repository" not in error.message:
                raise  # such as a folder of somebody else's, which Git refuses to look into
            remedy = "`git init` and commit there, or name another folder"
            raise UsageError(f"{folder} is not in a Git repository", remedy) from None

    def find(self, name: str) -> Revision:
        if not name:
            return NOW
        commit = self._commit(name)
        if commit is None and re.fullmatch(r"\d{4}-\d\d-\d\d", name):
            return self._of_day(name)
        if commit is None:
            raise UsageError(f"no revision {name!r} in the history of {self._folder}", self._hint(name))
        return self._told(name, commit)

    def fork(self, one: Revision, other: Revision) -> Revision:
        commit = self._try("merge-base", one.commit or "HEAD", other.commit or "HEAD")
        if not commit:
            raise UsageError(f"{one.name} and {other.name} have no commit in common", "compare them with two dots")
        return self._told(f"{one.name}...{other.name}", commit)

    def between(self, old: Revision, new: Revision) -> list[Revision]:
        found = self._git(
            "log", "--first-parent", "--reverse", "-z", f"--format={FACTS}", f"{old.commit}..{new.commit or 'HEAD'}",
            "--", ".",
        )  # fmt: skip
        return [_revision(each) for each in found.split("\0") if each]

    def touching(self, paths: Iterable[str], most: int) -> list[Revision]:
        found = self._git("log", "--first-parent", "-z", f"-{most}", f"--format={FACTS}", "HEAD", "--", *paths)
        return [_revision(each) for each in found.split("\0") if each]

    def parent(self, revision: Revision) -> Revision | None:
        commit = self._commit(f"{revision.commit}^")
        return self._told(commit, commit) if commit else None

    def changed(self, old: Revision, new: Revision) -> list[str]:
        if old.commit and new.commit:
            return self._names(
                "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--relative", old.commit, new.commit
            )
        if not old.commit and not new.commit:
            return []
        differing = self._names(
            "diff", "--name-only", "-z", "--no-renames", "--relative", old.commit or new.commit, "--", "."
        )
        unknown = self._names("ls-files", "-z", "--others", "--exclude-standard", "--", ".")
        return sorted({*differing, *unknown})

    def files(self, revision: Revision, below: Iterable[str]) -> Mapping[str, bytes]:
        paths = sorted(set(below))
        if not paths:
            return {}
        if not revision.commit:
            return dict(self._now(paths))
        listed = self._git("ls-tree", "-r", "-z", revision.commit, "--", *paths)
        blobs: dict[str, str] = {}
        for entry in listed.split("\0"):
            facts, _, path = entry.partition("\t")
            mode, _, blob = facts.partition(" blob ")
            if mode in ("100644", "100755"):  # no link and no other repository
                blobs[path] = blob
        return dict(zip(blobs, self._contents(list(blobs.values())), strict=True))

    def naming(self, revision: Revision, words: Iterable[str]) -> list[str]:
        patterns = [part for word in sorted(set(words)) for part in ("-e", word)]
        if not patterns:
            return []
        tree = [revision.commit] if revision.commit else ["--untracked"]
        options = [each for each in tree if each.startswith("--")]
        trees = [each for each in tree if not each.startswith("--")]
        found = self._try("grep", "-l", "-z", "-F", *options, *patterns, *trees, "--", "tenants")
        names = (each for each in (found or "").split("\0") if each)
        return sorted(each.removeprefix(f"{revision.commit}:") for each in names)

    def _of_day(self, name: str) -> Revision:
        try:
            day = date.fromisoformat(name)
        except ValueError:
            raise UsageError(f"{name!r} is no day", "write it as 2027-01-31") from None
        commit = self._try("rev-list", "-1", "--first-parent", f"--before={day}T23:59:59", "HEAD")
        if not commit:
            raise UsageError(f"nothing was committed on {name} or before", "name a later day")
        return self._told(name, commit)

    def _hint(self, name: str) -> str:
        known = (self._try("for-each-ref", "--format=%(refname:short)") or "").split()
        near = nearest(name, known)
        if near:
            return f"did you mean {near}?"
        if self._try("rev-parse", "--is-shallow-repository") == "true":
            return "this clone holds only the latest commits: `git fetch --unshallow` gets the others"
        return "name a branch, a tag, a commit or a day such as 2027-01-31; `git log` shows them"

    def _commit(self, name: str) -> str | None:
        return self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") or None

    def _told(self, name: str, commit: str) -> Revision:
        facts = self._git("log", "-1", "--no-walk", f"--format={FACTS}", commit)
        return _revision(facts.rstrip("\n"), name)

    def _now(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            there = self._folder / path
            for file in sorted(there.rglob("*")) if there.is_dir() else (there,):
                if file.is_file():
                    yield file.relative_to(self._folder).as_posix(), file.read_bytes()

    def _contents(self, blobs: list[str]) -> Iterator[bytes]:
        """Of many objects by one process."""
        if not blobs:
            return
        out = self._run("cat-file", "--batch", given="\n".join(blobs).encode() + b"\n")
        at = 0
        for _ in blobs:
            line_end = out.index(b"\n", at)
            size = int(out[at:line_end].rpartition(b" ")[2])
            yield out[line_end + 1 : line_end + 1 + size]
            at = line_end + 1 + size + 1

    def _names(self, *words: str) -> list[str]:
        return sorted(each for each in self._git(*words).split("\0") if each)

    def _try(self, *words: str) -> str | None:
        try:
            return self._git(*words).strip()
        except PbxError:
            return None

    def _git(self, *words: str) -> str:
        return self._run(*words).decode("utf-8", "replace")

    def _run(self, *words: str, given: bytes = b"") -> bytes:
        return run(self._folder, *words, given=given)


def _revision(facts: str, name: str = "") -> Revision:
    commit, author, at, subject = facts.split("\x1f", 3)
    return Revision(name or commit[:10], commit, author, at, subject)
