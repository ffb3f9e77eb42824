"""A cluster, asked what is not as it was applied: the port `Live` where nodes are pods.

Pods say themselves which bundle they run, and the engine compares the platform's objects with what it made. No secret
travels: bundles are told apart by names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from provisioner.adapters.cluster import rollout
from provisioner.adapters.cluster.api import Api, NotFound
from provisioner.adapters.cluster.delivery import ClusterDelivery
from provisioner.core.drift import Applied, Seen, SeenPart
from provisioner.core.site import Role, Site

Astray = Callable[[], Iterable[tuple[str, str]]]
"""Object and field of what somebody changed by hand; an empty field where the object is gone."""

SHOWN = 12
"""Digits of a digest that are shown."""


class ClusterLive:
    """`expected` names the bundle that a tenant should run: by its digest, and whether it is its rows."""

    def __init__(
        self, api: Api, delivery: ClusterDelivery, site: Site, expected: Callable[[str, bool], str], astray: Astray
    ) -> None:
        self._api = api
        self._delivery = delivery
        self._site = site
        self._expected = expected
        self._astray = astray

    def look(self, applied: Applied) -> tuple[Seen, ...]:
        """One answer for each core, one for the rows, and where the platform is looked at one for its objects."""
        cores = {(each.tenant, each.host): each.digest for each in applied.files if each.tenant}
        found = []
        for machine in self._site.of(Role.CORE):
            wanted = {
                slug: self._expected(digest, False) for (slug, host), digest in cores.items() if host == machine.name
            }
            parts = tuple(self._parts(f"core-{machine.name}", wanted, applied.whole))
            found.append(Seen(machine.name, parts=parts, services=self._services(machine.name, applied)))
        rows = {slug: self._expected(digest, True) for slug, digest in applied.rows.items()}
        parts = tuple(self._parts("rows", rows, applied.whole))
        found.append(Seen("data", parts=parts, services=self._services("data", applied)))
        found += [Seen(each.name, services=self._services(each.name, applied)) for each in self._site.of(Role.EDGE)]
        if applied.platform:
            changed = (SeenPart("", name, field, "as applied", "changed by hand") for name, field in self._astray())
            found.append(Seen(self._site.environment, parts=tuple(changed)))
        return tuple(sorted(found, key=lambda each: each.host))

    def _parts(self, goes_to: str, wanted: Mapping[str, str], whole: bool) -> Iterator[SeenPart]:
        try:
            told, runs = self._delivery.wanted(goes_to), self._delivery.running(goes_to)
        except NotFound:
            told, runs = {}, {}
        for slug, digest in sorted(wanted.items()):
            answer = runs.get(slug, {})
            if told.get(slug, {}).get("digest") != digest:
                yield SeenPart(slug, f"{goes_to}-bundles", "digest", digest[:SHOWN], _short(told.get(slug)))
            elif answer.get("digest") != digest or answer.get("error"):
                yield SeenPart(slug, goes_to, "runs", digest[:SHOWN], answer.get("error") or _short(answer))
        if whole:
            for slug in sorted({*told, *runs} - set(wanted)):
                yield SeenPart(slug, f"{goes_to}-bundles", "", None, "there")

    def _services(self, name: str, applied: Applied) -> dict[str, str]:
        if not applied.platform:
            return {}
        words = rollout.troubles(self._api, name)
        return {"pods": words} if words else {}


def _short(facts: Mapping[str, Any] | None) -> str | None:
    return str(facts["digest"])[:SHOWN] if facts and facts.get("digest") else None
