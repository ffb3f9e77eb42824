"""Brakes: how many numbers, users, mailboxes, recordings and tenants a plan takes away, and whether that is too much.

Counted on what state remembers and what the folder says now, so an empty or half-read folder stops before any machine
is touched. A number that moves to another tenant is lost to the first one but not to the environment. Tenants that go
take what they have with them: it counts for the environment. What has another name now does not go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provisioner.core.errors import StoppedByLimit
from provisioner.core.holdings import Holding
from provisioner.features.recording.model import Recording
from provisioner.provider import Brake, Brakes
from provisioner.tenant import FEATURES

from . import moved
from .auditing import Permit
from .sides import Document, Sides

FEW = 3
"""Things that are named; all of them stand in the words of the plan."""

Held = Mapping[Holding, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Stop:
    """A brake that a plan is beyond. `tenant` is empty where it is about the whole environment."""

    holding: Holding
    tenant: str
    names: tuple[str, ...]
    """What would go."""
    of: int
    """How many there are before."""
    most: int
    """How many may go."""
    brake: Brake

    @property
    def text(self) -> str:
        """`numbers: 12 of 40 would go, at most 8 may (25, and 20 %): +46850100100, …`."""
        named = ", ".join(self.names[:FEW]) + (f" and {len(self.names) - FEW} more" if len(self.names) > FEW else "")
        if self.tenant:
            what, limit = f"{self.holding} of {self.tenant}", f"{self.brake.share} %"
        else:
            what, limit = str(self.holding), f"{self.brake.count}, and {self.brake.share} %"
        return f"{what}: {len(self.names)} of {self.of} would go, at most {self.most} may ({limit}): {named}"


def stops(changed: Sides, before: Callable[[], Mapping[str, Document]], brakes: Brakes) -> tuple[Stop, ...]:
    """The brakes that the changes are beyond, the environment's first.

    `before` gives every tenant's file as it was applied; it is asked only where something goes.
    """
    lost = {slug: _lost(moved.followed(old, new)[0], new) for slug, (old, new) in changed.items()}
    if not any(names for each in lost.values() for names in each.values()) and not _leaving(changed):
        return ()
    there = before()
    of_all = list(_of_environment(changed, lost, there, brakes))
    told = {(each.holding, each.names) for each in of_all}
    of_each = _of_tenants(changed, lost, brakes)
    return (*of_all, *(each for each in of_each if (each.holding, _full(each)) not in told))


def hold(found: Iterable[Stop], permit: Permit) -> None:
    """Raises StoppedByLimit where something stops the run that nobody has allowed."""
    left = [each for each in found if each.holding not in permit.allowed]
    if left:
        flags = " ".join(f"--allow {each}" for each in dict.fromkeys(each.holding for each in left))
        raise StoppedByLimit(
            f"more would be taken away than one apply may: {'; '.join(each.text for each in left)}",
            f"look whether the folder is whole and of the right revision; if this is meant, add {flags} --reason TEXT "
            "(limits: `brakes` in provider.yaml)",
        )


def _leaving(changed: Sides) -> list[str]:
    return sorted(slug for slug, (_, new) in changed.items() if new is None)


def _held(document: Document) -> dict[Holding, frozenset[str]]:
    """Only classes of which the tenant has any."""
    found: dict[Holding, set[str]] = {}
    for feature in FEATURES:
        if feature.holds and document:
            for holding, name in feature.holds(document.get(feature.section)):
                found.setdefault(holding, set()).add(name)
    return {holding: frozenset(names) for holding, names in found.items()}


def _lost(old: Document, new: Document) -> dict[Holding, frozenset[str]]:
    before, after = _held(old), _held(new)
    lost = {holding: names - after.get(holding, frozenset()) for holding, names in before.items()}
    if Holding.RECORDINGS in before and _days(new) < _days(old):
        lost[Holding.RECORDINGS] = before[Holding.RECORDINGS]
    return lost


def _days(document: Document) -> int:
    """How long recordings are kept."""
    usual = Recording().retention
    section = document.get("recording") if document else None
    said = str(section.get("retention", usual)) if isinstance(section, Mapping) else ""
    return int(said) if said.isdigit() else usual


def _of_environment(
    changed: Sides, lost: Mapping[str, Held], there: Mapping[str, Document], brakes: Brakes
) -> Iterator[Stop]:
    if stop := _gone(_leaving(changed), len(there), brakes.tenants):
        yield stop
    came = {name for _, new in changed.values() for name in _held(new).get(Holding.NUMBERS, ())}
    total = [_held(each) for each in there.values()]
    for holding in (each for each in Holding if each is not Holding.TENANTS):
        names = tuple(
            _named(slug, name, holding)
            for slug, each in sorted(lost.items())
            for name in sorted(each.get(holding, ()))
            if holding is not Holding.NUMBERS or name not in came
        )
        of, brake = sum(len(each.get(holding, ())) for each in total), brakes.of(holding)
        if len(names) > (most := min(brake.count, brake.most(of))):
            yield Stop(holding, "", names, of, most, brake)


def _gone(leaving: list[str], of: int, brake: Brake) -> Stop | None:
    """All of them are what an empty folder takes away, and never what somebody means by the way."""
    most = min(brake.count, brake.most(of), max(0, of - 1))
    return Stop(Holding.TENANTS, "", tuple(leaving), of, most, brake) if len(leaving) > most else None


def _of_tenants(changed: Sides, lost: Mapping[str, Held], brakes: Brakes) -> Iterator[Stop]:
    for slug, (old, new) in sorted(changed.items()):
        for holding, names in lost[slug].items() if new is not None else ():
            of, brake = len(_held(old)[holding]), brakes.of(holding)
            if len(names) > (most := brake.most(of)):
                yield Stop(holding, slug, tuple(sorted(names)), of, most, brake)


def _full(stop: Stop) -> tuple[str, ...]:
    return tuple(_named(stop.tenant, each, stop.holding) for each in stop.names)


def _named(slug: str, name: str, holding: Holding) -> str:
    """A number says by itself whose it is."""
    return name if holding is Holding.NUMBERS else f"{slug}: {name}"
