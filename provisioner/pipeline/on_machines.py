"""What a plan does on each machine, in the order in which it happens there: files, rows, and what is read again.

Told by what the bundles hold before and after. Where the one before is no longer kept on this machine, all that could
differ is told, so the list may hold a reload too many, and never one too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.deployment import BundleKeeper, Kind, Op, StackPlan, Step
from provisioner.core.errors import PbxError
from provisioner.core.site import Role, Site
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.kamailio import rows as kamailio

from .sides import TENANT


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing that is done on a machine."""

    what: str
    """`solglantan: extensions.conf, queues.conf`."""
    reloads: tuple[str, ...] = ()
    """Commands by which the daemon reads it again, in order. No call is touched by them."""


@dataclass(frozen=True, slots=True)
class OnMachine:
    machine: str
    doings: tuple[Doing, ...]


def told(stacks: Iterable[StackPlan], site: Site, bundles: BundleKeeper) -> tuple[OnMachine, ...]:
    """By machine, in the order in which work on each begins."""
    found: dict[str, list[Doing]] = {}
    for stack in stacks:
        for step in stack.changes:
            for machine, doing in _DOINGS[step.kind](step, site, bundles):
                found.setdefault(machine, []).append(doing)
    return tuple(OnMachine(machine, tuple(doings)) for machine, doings in found.items())


Doings = Iterator[tuple[str, Doing]]


def _platform_node(step: Step, _: Site, bundles: BundleKeeper) -> Doings:
    facts = {**step.before, **step.after}
    if step.op is Op.DELETE:
        yield str(facts["machine"]), Doing("is no longer of the platform, and is left as it is")
        return
    files = _differing(step, "bundle", bundles, whole="installation" in step.changed)
    roles = ", ".join(map(str, facts["roles"])) if isinstance(facts["roles"], list | tuple) else ""
    yield str(facts["machine"]), Doing(f"roles {roles}" + (f": {', '.join(files)}" if files else ""))


def _core_bundle(step: Step, _: Site, bundles: BundleKeeper) -> Doings:
    old, new = step.before.get("node"), step.after.get("node")
    if new:
        whole = step.op is not Op.UPDATE or not {"secrets", "installation"}.isdisjoint(step.changed)
        files = _differing(step, "digest", bundles, whole)
        yield str(new), Doing(f"{_slug(step)}: {', '.join(files) or 'sounds'}", _reloads(files))
    if old and old != new:
        yield str(old), Doing(f"{_slug(step)}: taken away", _reloads(asterisk.RELOADS))


def _reloads(files: Iterable[str]) -> tuple[str, ...]:
    return tuple(command for name, command in asterisk.RELOADS.items() if name in files)


_FILES = {"devices": "files of telephones", "book": "the contact book"}
"""What an edge gets of a tenant beside its rows."""


def _edge_rows(step: Step, site: Site, _: BundleKeeper) -> Doings:
    done = "rows taken away" if step.op is Op.DELETE else "rows written"
    for each in site.of(Role.DATA)[:1]:
        yield each.name, Doing(f"{_slug(step)}: {done}")
    for each in site.of(Role.EDGE):
        there = {**step.before, **step.after}
        changed = there if step.op is not Op.UPDATE else step.changed
        files = "".join(f", {words}" for key, words in _FILES.items() if key in changed and key in there)
        yield each.name, Doing(f"{_slug(step)}: users, numbers and lights{files}", kamailio.RELOADS)


def _chat_host(step: Step, _: Site, __: BundleKeeper) -> Doings:
    old, new = step.before.get("node"), step.after.get("node")
    if new:
        yield str(new), Doing(f"{_slug(step)}: chat accounts, contact lists and channels", ("reload_config",))
    if old and old != new:
        yield str(old), Doing(f"{_slug(step)}: chat taken away", ("reload_config",))


def _video_rooms(step: Step, _: Site, __: BundleKeeper) -> Doings:
    old, new = step.before.get("node"), step.after.get("node")
    if new:
        yield str(new), Doing(f"{_slug(step)}: video rooms and who takes part")
    if old and old != new:
        yield str(old), Doing(f"{_slug(step)}: video rooms taken away")


def _tenant_file(_step: Step, _site: Site, _bundles: BundleKeeper) -> Doings:
    yield from ()


_DOINGS = {
    Kind.PLATFORM_NODE: _platform_node,
    Kind.CORE_BUNDLE: _core_bundle,
    Kind.EDGE_ROWS: _edge_rows,
    Kind.CHAT_HOST: _chat_host,
    Kind.VIDEO_ROOMS: _video_rooms,
    Kind.TENANT_FILE: _tenant_file,
}


def _slug(step: Step) -> str:
    return step.stack.partition(TENANT)[2]


def _differing(step: Step, key: str, bundles: BundleKeeper, whole: bool = False) -> list[str]:
    """The files of a bundle that are not the same before and after; all of the new one's where that is not known."""
    before, after = (_files(facts, key, bundles) for facts in (step.before, step.after))
    if whole or before is None or after is None:
        return sorted(after or {})
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _files(facts: Mapping[str, Any], key: str, bundles: BundleKeeper) -> dict[str, str] | None:
    """path → content; nothing where the bundle is not kept here."""
    digest = facts.get(key)
    if not digest:
        return None
    try:
        return {name: bundles.text(digest, name) for name in bundles.manifest(digest)["files"]}
    except PbxError:
        return None
