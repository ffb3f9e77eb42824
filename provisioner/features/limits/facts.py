"""What other rooms may know of limits."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, Scope

from .model import Limits


def contribute(limits: Limits, scope: Scope, _: Files) -> Scope:
    # A rescuer who calls back must find a line: sites note when somebody called for help.
    screens = scope.screens_callers or limits.incoming_limited
    return replace(
        scope,
        limits_calls=limits.outgoing_limited,
        counts_lines=limits.outgoing_counted,
        screens_callers=screens,
    )
