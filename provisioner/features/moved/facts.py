"""Moved: what the tenant itself was called, for all who keep something under its name."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, Scope

from .model import Move, formerly


def contribute(moves: list[Move], scope: Scope, _: Files) -> Scope:
    return replace(scope, formerly=formerly(((each.old, each.new) for each in moves), scope.slug))
