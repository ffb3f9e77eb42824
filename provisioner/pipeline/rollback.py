"""Rollback: a tenant's file as a commit has it, byte by byte, planned as any change before it is written back.

What is rolled back is the folder's file: the folder stays the one truth, and the next apply of a pipeline does not undo
it. Prompts, provider.yaml and what users live with stay as they are; a file that no longer fits them is a finding.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from provisioner.core import record
from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.ports.audit import AuditLog
from provisioner.core.ports.commits import Commit, Commits

from . import auditing, load, whole
from .staleness import tenant_paths

_LEFT_OUT = (".git", ".pbx", "secrets")
"""What a copy of the folder for planning does without."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a tenant goes back to."""

    slug: str
    commit: Commit
    files: Mapping[str, bytes]
    """Path in the folder → content."""
    record: str = ""
    """The apply that a day led to, in words."""

    @property
    def told(self) -> str:
        names = ", ".join(self.files)
        return f"{names} as in {self.commit.told}" + (f", applied {self.record}" if self.record else "")


def find(slug: str, to: str, commits: Commits, log: AuditLog) -> Goal:
    """The tenant's file at a revision, or at the commit that was applied last on a day or by a moment.

    Days and moments as in ISO 8601, UTC where they name no zone; a day counts to its end. Raises UsageError where there
    is none, and where the folder holds what would be lost, because it is in no commit.
    """
    until = _until(to)
    last = None if until is None else _applied(slug, until, log)
    commit = commits.commit(to if last is None else str(last["origin"]["commit"]))
    paths = tenant_paths(slug)
    names = commits.files(commit.digest, paths)
    if not names:
        known = {Path(each).parts[1].partition(".")[0] for each in commits.files(commit.digest, ("tenants",))}
        near = nearest(slug, sorted(known))
        hint = f"did you mean {near}?" if near else f"it holds: {', '.join(sorted(known)) or 'no tenant'}"
        raise UsageError(f"{commit.told} holds no tenant {slug!r}", hint)
    if commits.uncommitted(paths):
        raise UsageError(
            f"the folder holds changes of {slug} that are in no commit, and they would be lost",
            "commit them, or put them aside with `git stash`",
        )
    goal = Goal(slug, commit, {each: commits.content(commit.digest, each) for each in names}, _told(last))
    if last and not _is_what_was_applied(goal, last):
        raise _lost("the folder held something that is in no commit", last)
    return goal


def _until(to: str) -> datetime | None:
    """The end of a day, or a moment; None where the text is a revision."""
    try:
        moment = datetime.fromisoformat(to) if to[4:5] == "-" else None
    except ValueError:
        return None
    if moment is None:
        return None
    if len(to) <= len("2026-11-30"):
        moment = datetime.combine(moment.date() + timedelta(days=1), time())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _applied(slug: str, until: datetime, log: AuditLog) -> Mapping[str, Any]:
    """The record of the apply that was the last by then."""
    found, _ = auditing.history(log.read()[0], slug)
    ended = [each for each in found if each["result"] == "applied"]
    last = next((each for each in ended if datetime.fromisoformat(each["at"]) < until), None)
    if last is None:
        first = f"the first apply was {ended[-1]['at'][:19]} UTC" if ended else "it was never applied"
        raise UsageError(f"the record knows nothing of {slug} so early", first)
    if last["command"] == "destroy" or not last["specification"]:
        raise UsageError(f"{slug} had been taken away by then: {_told(last)}", "name a day before that, or a revision")
    if last["tenant"] != slug:
        hint = f"rename it first: `pbx mv {slug} tenant {last['tenant']}`, then name the day again"
        raise UsageError(f"{slug} was the tenant {last['tenant']} then", hint)
    if not last["origin"]["commit"]:
        raise _lost("the folder was not in Git", last)
    return last


def _told(last: Mapping[str, Any] | None) -> str:
    return f"{last['at'][:19].replace('T', ' ')} UTC by {auditing.who(last)}" if last else ""


def _lost(why: str, last: Mapping[str, Any]) -> UsageError:
    return UsageError(
        f"what was applied then cannot be found again: {why} ({_told(last)})",
        "name a revision, as `git log` lists them: --to REVISION",
    )


def _is_what_was_applied(goal: Goal, last: Mapping[str, Any]) -> bool:
    """Whether the commit holds the file that was applied, and not only the folder that it was changed in."""
    if not last.get("file"):
        return not last["origin"]["dirty"]
    with tempfile.TemporaryDirectory(prefix="pbx-rollback-") as place:
        root = Path(place)
        for name, content in goal.files.items():
            whole.put(root / name, content)
        read = load.document(root, goal.slug, load.find(root)[goal.slug])
    return bool(record.digest(record.pack(read.data)) == last["file"])


@contextmanager
def staged(root: Path, goal: Goal) -> Iterator[Path]:
    """A copy of the folder, by links, in which the tenant is as the goal has it; the folder itself stays as it is."""
    hidden = root / ".pbx"
    hidden.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rollback-", dir=hidden) as place:
        copy = Path(place) / "folder"
        shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT), copy_function=_link)
        write(copy, goal)
        yield copy


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk
        shutil.copy2(source, target, follow_symlinks=False)


def differs(root: Path, goal: Goal) -> bool:
    """Whether there is anything to write back."""
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in _now(root, goal.slug)} != goal.files


def write(root: Path, goal: Goal) -> None:
    """Writes the tenant's file back, each file whole or not at all; takes away what the tenant did not have then."""
    before = _now(root, goal.slug)
    for name, content in goal.files.items():
        # In the copy a link may lead to the folder itself, which stays as it is.
        whole.put(root / name, content, through_links=False)
    for each in before:
        if each.relative_to(root).as_posix() not in goal.files:
            each.unlink()
            if each.parent.name == goal.slug and not any(each.parent.iterdir()):
                each.parent.rmdir()


def _now(root: Path, slug: str) -> tuple[Path, ...]:
    return tuple(each for each in load.find(root).get(slug, ()) if each.is_file())
