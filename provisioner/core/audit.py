"""The record of every apply: one line of JSON for each stack, each naming the line before it by its digest.

A line is written when work on a stack begins and when it ends, so a run that was killed shows as begun and never ended.
The head, kept beside the lines, names the last one that was written whole: without it nobody could tell that lines are
missing at the end. Whoever can write lines and head can also write all of them anew; against that stands a digest that
was noted elsewhere, for example in a pipeline's log. What an entry holds are words, names and digests, never a secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

FORMAT_VERSION = 1

GENESIS = "0" * 64
"""What the first line names as the one before it."""


class Result(StrEnum):
    BEGUN = "begun"
    """Written before any machine is touched; where no end follows, the run was cut off or still goes on."""
    APPLIED = "applied"
    PARTLY = "partly"
    """Some of the stack was carried out, then something failed."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who applies, from where, and what the folder's Git says. Empty where it is not known."""

    user: str = ""
    host: str = ""
    pipeline: str = ""
    """The address or number of the pipeline's run."""
    actor: str = ""
    """Who set the pipeline off."""
    commit: str = ""
    dirty: bool = False
    """Whether the folder held something that the commit does not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says. The first fields are those of the whole run."""

    at: str
    """UTC, ISO 8601."""
    run: str
    """Names the run of `pbx`: its lines share it."""
    command: str
    tool: str
    """The version of `pbx`."""
    environment: str
    origin: Origin
    plan: str = ""
    """The digest of the plan that was carried out."""
    allowed: tuple[str, ...] = ()
    """The brakes that were taken off."""
    reason: str = ""
    signed: str = ""
    """Who signed the plan, where that was asked for; lines of earlier versions have no such field."""
    stack: str = ""
    tenant: str = ""
    """Empty for the platform's stack."""
    specification: str = ""
    """The digest of what was wanted of the stack; empty where it was taken away."""
    file: str = ""
    """Names the tenant's file as it was wanted, without its comments; lines of earlier versions have no such field."""
    formerly: str = ""
    """What the tenant was called until now, where it is renamed; lines of earlier versions have no such field."""
    changed: tuple[str, ...] = ()
    """What changed for callers and users, in words; `!` begins what was dangerous."""
    steps: tuple[str, ...] = ()
    """What was carried out: `update CoreBundle core`."""
    result: Result = Result.BEGUN
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """The last line that was written whole: its number, where it ends in the file, and its digest."""

    records: int = 0
    size: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the record is not as it was written; `number` counts lines from 1."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of all lines found."""

    records: int
    digest: str
    """Of the last line."""
    breaks: tuple[Break, ...] = ()
    torn: tuple[int, ...] = ()
    """Lines that a crash left unfinished, with what follows saying so: no break."""
    digests: Sequence[str] = field(default=(), repr=False)
    """Of every line, in order."""


def digest(line: bytes) -> str:
    """Names a line by its bytes, without the newline."""
    return hashlib.sha256(line).hexdigest()


def extend(head: Head, size: int, rest: bytes, entries: Iterable[Entry]) -> tuple[bytes, Head]:
    """The bytes to append to a file of `size` bytes, and the head afterwards.

    `rest` is what the file holds beyond the head: nothing as a rule, and lines of a run that was killed before it could
    write the head. Where the file is shorter than the head says, `rest` is its last byte. The chain goes on from what
    the head says, so that a line that was changed since is found ever after.
    """
    number, before, torn = head.records, head.digest, 0
    *whole, unended = rest.split(b"\n")
    if size >= head.size:
        for line in [*whole, unended] if unended else whole:
            number, before = number + 1, digest(line)
        torn = len(unended) if unended and not parse(unended) else 0
    added = b"\n" if unended else b""
    for each in entries:
        line = _line(each, number + 1, before, torn)
        number, before, torn = number + 1, digest(line), 0
        added += line + b"\n"
    return added, Head(number, size + len(added), before)


def _line(entry: Entry, number: int, before: str, torn: int) -> bytes:
    facts = {"format_version": FORMAT_VERSION, "number": number, "before": before, **asdict(entry)}
    if torn:
        facts["torn"] = torn  # bytes of the unfinished line before this one
    # What is no text, as in a reason typed on a terminal of another encoding, becomes an escape that JSON knows.
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def parse(line: bytes) -> Mapping[str, Any] | None:
    """The record of a line; None where it is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"number", "before", "run", "stack", "result"} <= found.keys() else None


def verify(content: bytes, head: Head | None) -> Verdict:
    """Checks every line against the one after it, and the last one against the head. None where no head is there."""
    *lines, open_end = content.split(b"\n")
    if open_end:
        lines.append(open_end)
    digests = [digest(each) for each in lines]
    found = [parse(each) for each in lines]
    torn = [n for n, each in enumerate(found, 1) if each is None and _forgiven(n, found, head)]
    breaks = [*_broken_links(found, digests, torn), *_against(head, digests, content)]
    return Verdict(
        len(lines), digests[-1] if digests else GENESIS, tuple(sorted(breaks, key=_place)), tuple(torn), digests
    )


def _place(each: Break) -> int:
    return each.number


def _forgiven(number: int, found: Sequence[Mapping[str, Any] | None], head: Head | None) -> bool:
    """Whether an unreadable line was left by a crash: what follows says so, or nothing was written since."""
    if number < len(found):
        return bool((found[number] or {}).get("torn"))
    return head is not None and head.records < number


def _broken_links(
    found: Sequence[Mapping[str, Any] | None], digests: Sequence[str], torn: Sequence[int]
) -> Iterator[Break]:
    for n, each in enumerate(found, 1):
        before = digests[n - 2] if n > 1 else GENESIS
        if each is None:
            if n not in torn:
                yield Break(n, "cannot be read as a record")
        elif each["before"] != before:
            what = "a record before it was changed, removed or put elsewhere" if n > 1 else "it is not the first one"
            yield Break(n, f"does not follow on what stands before it: {what}")
        elif each["number"] != n:
            yield Break(n, f"says that it is number {each['number']}")


def _against(head: Head | None, digests: Sequence[str], content: bytes) -> Iterator[Break]:
    """Where the end is not as the head says."""
    count = len(digests)
    if head is None:
        if count:
            yield Break(count, "no head says that it is the last one: records after it may be missing")
        return
    if head.records > count:
        yield Break(count + 1, f"and all up to {head.records} are missing: {head.records} were written")
    elif head.records and digests[head.records - 1] != head.digest:
        yield Break(head.records, "is not the one that was written last: it was changed, or others were removed")
    elif content[head.size - 1 : head.size] not in (b"\n", b"") or len(content) < head.size:
        yield Break(head.records, "does not end where it was written to end")
