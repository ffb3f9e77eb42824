"""What other rooms may know of the call log: the users' room writes its days beside the tenant's people."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, Scope

from .model import CallLog


def contribute(section: CallLog | None, scope: Scope, _: Files) -> Scope:
    return replace(scope, call_log_days=section.retention) if section else scope
