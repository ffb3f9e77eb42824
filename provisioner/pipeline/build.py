"""Build: validate and compile every tenant of a folder, on all cores, keeping no tenant longer than needed.

Tenants are strangers to each other, so each is read, checked and compiled by itself, in whichever process is free; what
comes back is small: findings, claims for the rules over all tenants, and the bundles' digests. The bundles themselves
go to `keep`, a content-addressed store, in the process that made them. The result does not depend on the number of
processes, nor on what is remembered of earlier builds. For one tenant's model and scope, see `validate.validate`.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.core import record
from provisioner.core.artifacts import Bundle
from provisioner.core.feature import Scope
from provisioner.core.findings import Located, Severity
from provisioner.core.ports.builds import Builds, Remembered
from provisioner.tenant import Tenant

from . import scopes, unchanged
from .compile import Compiled, compile_tenant, link_tenant
from .load import Document, Folder, collector_off, document, find, platform
from .outcome import Outcome
from .validate import by_place, check_platform, locate, provider, understand

FEW = 24
"""Tenants that one process handles sooner than a second one is started."""

PART = 8
"""Tenants that a process takes at a time: few, so that in the end none waits long for another."""

Keep = Callable[[Bundle], object]
Compiling = Callable[[Tenant, Scope], Compiled]
Entry = tuple[str, tuple[Path, ...]]
"""A tenant's slug and files."""


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
    root: Path,
    only: frozenset[str] = frozenset(),
    *,
    keep: Keep | None = None,
    builds: Builds | None = None,
    processes: int | None = None,
    render: bool = True,
) -> Build:
    """Builds the named tenants, or all where none is named; `processes` is the number of cores where not given.

    Without `render` the findings are the same, and there are no bundles.
    What `builds` remembers, and would come the same, is not built; what is to be remembered stands in the outcomes,
    for whoever has taken the bundles in.
    """
    entries = list(find(root, only).items())
    folder = platform(root)
    model, own = provider(folder.provider)
    keys = _keys(builds, folder, entries) if builds else {}
    known = _recalled(builds, folder, keys) if builds else {}
    work = partial(_one, folder, model, compile_tenant if render else link_tenant, keep, keys)
    missing = [entry for entry in entries if entry[0] not in known]
    known |= {each.slug: each for each in _spread(work, missing, processes or len(os.sched_getaffinity(0)))}
    outcomes = tuple(known[slug] for slug, _ in entries)
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


def _keys(builds: Builds, folder: Folder, entries: Iterable[Entry]) -> dict[str, str]:
    own = folder.provider.files[0].read_bytes()
    return {slug: unchanged.key(builds.tool, own, folder.root, files) for slug, files in entries}


def _recalled(builds: Builds, folder: Folder, keys: Mapping[str, str]) -> dict[str, Outcome]:
    """slug → what would come of it now, where that is known and its bundles are there."""
    now = datetime.now(UTC)
    same = {slug: each.text for slug, each in builds.recall().items() if keys.get(slug) == each.key}
    found = [each for slug, text in same.items() if (each := unchanged.unpack(slug, text, folder, now))]
    kept = builds.kept(digest for each in found for digest in each.digests.values())
    return {each.slug: each for each in found if kept.issuperset(each.digests.values())}


def _one(
    folder: Folder, model: Any, compiling: Compiling, keep: Keep | None, keys: Mapping[str, str], entry: Entry
) -> Outcome:
    slug, files = entry
    written = document(folder.root, slug, files)
    beside = unchanged.Watched(folder)
    known = understand(written, beside, model)
    claims = scopes.claims(known.scope, written.data) if known.scope else None
    findings = list(known.findings)
    digests = {}
    if known.tenant and known.scope and not any(each.severity is Severity.ERROR for each in findings):
        compiled = compiling(known.tenant, known.scope)
        findings += [locate(finding, written) for finding in compiled.findings]
        for bundle in compiled.bundles:
            digests[bundle.product] = bundle.digest
            if keep:
                keep(bundle)
    packed = record.pack(written.data) if keep and digests else ""
    outcome = Outcome(slug, tuple(findings), claims, digests, packed)
    if not (known.scope and packed and keys.get(slug)) or findings:
        return outcome
    text = unchanged.pack(outcome, known.scope.time_zone, beside.answers)
    return replace(outcome, fresh=Remembered(keys[slug], text))


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
