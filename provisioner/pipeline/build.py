"""Build: validate and compile every tenant of a folder, on all cores, keeping no tenant longer than needed.

Tenants are strangers to each other, so each is read, checked and compiled by itself, in whichever process is free; what
comes back is small: findings, claims for the rules over all tenants, and the bundles' digests. The bundles themselves
go to `keep`, a content-addressed store, in the process that made them. The result does not depend on the number of
processes. For one tenant's model and scope, see `validate.validate`.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.core import record
from provisioner.core.artifacts import Bundle
from provisioner.core.feature import Claims
from provisioner.core.findings import Located, Severity

from . import scopes
from .compile import compile_tenant
from .load import Document, Folder, collector_off, document, find, platform
from .validate import by_place, check_platform, locate, provider, understand

FEW = 24
"""Tenants that one process handles sooner than a second one is started."""

PART = 8
"""Tenants that a process takes at a time: few, so that in the end none waits long for another."""

Keep = Callable[[Bundle], object]
Entry = tuple[str, tuple[Path, ...]]
"""A tenant's slug and files."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one tenant."""

    slug: str
    findings: tuple[Located, ...]
    claims: Claims | None
    digests: Mapping[str, str]
    """product → digest of the bundle; empty where there are errors."""
    record: str = ""
    """The tenant file packed for state, where bundles are kept."""


@dataclass(frozen=True, slots=True)
class Build:
    """What came of a folder."""

    outcomes: tuple[Outcome, ...]
    findings: tuple[Located, ...]
    """All of them, sorted by place."""

    @property
    def valid(self) -> bool:
        return not any(each.severity is Severity.ERROR for each in self.findings)


def build(
    root: Path, only: frozenset[str] = frozenset(), *, keep: Keep | None = None, processes: int | None = None
) -> Build:
    """Builds the named tenants, or all where none is named; `processes` is the number of cores where not given."""
    entries = list(find(root, only).items())
    folder = platform(root)
    model, own = provider(folder.provider)
    work = partial(_one, folder, model, keep)
    outcomes = tuple(_spread(work, entries, processes or len(os.sched_getaffinity(0))))
    claims = {each.slug: each.claims for each in outcomes if each.claims}
    files = dict(entries)

    def again(slug: str) -> Document:
        return document(root, slug, files[slug]) if slug else folder.provider

    findings = [
        *own,
        *check_platform(model, claims, again),
        *(finding for each in outcomes for finding in each.findings),
    ]
    return Build(outcomes, tuple(sorted(findings, key=by_place)))


def _one(folder: Folder, model: Any, keep: Keep | None, entry: Entry) -> Outcome:
    slug, files = entry
    written = document(folder.root, slug, files)
    known = understand(written, folder, model)
    claims = scopes.claims(known.scope, written.data) if known.scope else None
    findings = list(known.findings)
    digests = {}
    if known.tenant and known.scope and not any(each.severity is Severity.ERROR for each in findings):
        compiled = compile_tenant(known.tenant, known.scope)
        findings += [locate(finding, written) for finding in compiled.findings]
        for bundle in compiled.bundles:
            digests[bundle.product] = bundle.digest
            if keep:
                keep(bundle)
    return Outcome(slug, tuple(findings), claims, digests, record.pack(written.data) if keep and digests else "")


def _spread(work: Callable[[Entry], Outcome], entries: list[Entry], processes: int) -> Iterable[Outcome]:
    """The outcomes in the order of the entries."""
    if len(entries) <= FEW or processes == 1:
        return _here(work, entries)
    import multiprocessing

    global _work
    _work = work  # children see it as it is now; what cannot be pickled needs not be
    first, *rest = entries
    done = [work(first)]  # here, so that the children inherit calendars, numbering plans and everything else it loads
    gc.freeze()
    parts = [rest[start : start + PART] for start in range(0, len(rest), PART)]
    with multiprocessing.get_context("fork").Pool(processes, _as_worker) as pool:
        return done + [outcome for part in pool.imap(_part, parts) for outcome in part]


_work: Callable[[Entry], Outcome]


def _as_worker() -> None:
    """The parent answers signals; a worker that did too would show a traceback of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _part(entries: list[Entry]) -> list[Outcome]:
    return list(_here(_work, entries))


def _here(work: Callable[[Entry], Outcome], entries: Iterable[Entry]) -> Iterator[Outcome]:
    with collector_off():
        for entry in entries:
            yield work(entry)
