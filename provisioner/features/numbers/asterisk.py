"""The tenant's numbers in Asterisk: one extension each, where calls from outside come in."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps
from provisioner.targets.asterisk.text import literal

from .model import Number


def lower(numbers: dict[str, Number], scope: Scope) -> Iterator[Route]:
    context = naming.context(scope.slug, "numbers")
    for number, what in numbers.items():
        path = ("numbers", number)
        yield Route(context, number, tuple(_steps(number, what, scope)), path)


def _steps(number: str, what: Number, scope: Scope) -> Iterator[Step]:
    path, say = ("numbers", number), Steps(scope.slug)
    yield say.enter(Ref("number", number), path)
    yield Step("Set", f"CHANNEL(language)={what.language or scope.language}", source=path)
    if what.title:
        # Those who answer see what was called; a name that the carrier sent would say less.
        yield Step("Set", f"CALLERID(name)={literal(what.title)}", source=(*path, "title"))
    yield say.goto(what.destination, (*path, "destination"))
