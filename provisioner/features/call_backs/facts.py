"""What other rooms may know of call-back menus: that they are sold."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import CallBack


def contribute(call_backs: dict[str, CallBack], scope: Scope, _: Files) -> Scope:
    uses = (Use(Capability.CALLBACK, ("call_backs",)),) if call_backs else ()
    return replace(scope, uses=scope.uses + uses)
