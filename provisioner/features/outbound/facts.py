"""What other rooms may know of calls to the public network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Files, Scope

from .model import Outbound

SERVICE = Service("override", "*33", "opens what is barred to her for one call, by her PIN, to the number that follows")


def contribute(outbound: Outbound, scope: Scope, _: Files) -> Scope:
    return replace(scope, outside_prefix=outbound.prefix or "")


def codes(outbound: Outbound, scope: Scope) -> Iterator[Claim]:
    if outbound.override:
        yield Claim(scope.code(SERVICE.name), SERVICE.title, ("outbound", "override"), SERVICE.name, input="NUMBER")


def pin_secret(slug: str, user: str) -> str:
    """The handle of a user's PIN for barred calls; the deployment makes six digits where there are none."""
    return f"{slug}/pin/calls-{user}"
