"""A public number as its caller meets it: nothing is heard, the call goes on."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import Number


def visit(numbers: dict[str, Number], ref: Ref, scope: Scope, _: Caller) -> Visit | None:
    number = numbers.get(ref.name) if ref.kind == "number" else None
    if number is None:
        return None
    onward = Way(id="", title="", to=number.destination, language=number.language or scope.language)
    return Visit(ways=(onward,), rows=("N1",))
