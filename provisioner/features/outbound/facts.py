"""What other rooms may know of calls to the public network."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, Scope

from .model import Outbound


def contribute(outbound: Outbound, scope: Scope, _: Files) -> Scope:
    return replace(scope, outside_prefix=outbound.prefix or "")
