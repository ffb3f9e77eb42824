"""Our resource provider: check, diff, create, read, update and delete of the coarse resources.

A preview never leaves this process. What a resource is in state: its inputs, and `hosts`, what the last run did on
each host; neither holds a path or a secret. `failures` keeps the typed error behind each failed resource, because the
engine passes on text only.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import PropertyValue

from provisioner.core.deployment import Event, Kind, Progress, Stack
from provisioner.core.errors import PbxError

from .carry import REPLACES, REQUIRED, SHARED, Means, Way, carry_out, run, way
from .clusters import surroundings
from .delivery import Delivery, Wish
from .gathering import Gathering
from .program import PACKAGE, RESULT

if TYPE_CHECKING:
    from stacks.kubernetes.facts import Surroundings

Values = Mapping[str, PropertyValue]


class PbxProvider(protocol.Provider):
    """Carries resources out with `means`, made at the first need: a preview needs none."""

    def __init__(self, means: Callable[[str], Means], progress: Progress, again: frozenset[str] = frozenset()) -> None:
        self._means = means
        self._progress = progress
        self.again = again
        """Stacks that are carried out although nothing differs."""
        self._cancelled = threading.Event()
        self.gathering: Gathering[Way, Wish, dict[str, Any]] = Gathering(Delivery(progress, self._cancelled.is_set))
        """What stacks of tenants ask for at the same time is carried out together."""
        self.failures: dict[str, PbxError] = {}
        """URN → why its last operation failed."""
        self.results: dict[str, dict[str, Any]] = {}
        """URN → what its last operation did on each host."""

    async def check(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        known = {each.value for each in Kind}
        if _kind_name(request.type) not in known:
            reason = f"found {request.type}, expected {PACKAGE}:index: and one of {', '.join(sorted(known))}"
            return protocol.CheckResponse(request.new_inputs, [protocol.CheckFailure("", reason)])
        inputs = plain(request.new_inputs)
        failures = [
            protocol.CheckFailure(name, f"found {type(inputs.get(name)).__name__}, expected {kind.__name__}")
            for name, kind in REQUIRED[_kind(request.type)].items()
            if not isinstance(inputs.get(name), kind)
        ]
        return protocol.CheckResponse(request.new_inputs, failures)

    async def diff(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        old, new = dict(request.old_state), request.new_inputs
        old.pop(RESULT, None)
        names = sorted(each for each in {*old, *new} if old.get(each) != new.get(each))
        replaces = [each for each in names if each in REPLACES[_kind(request.type)]]
        detailed = {each: protocol.PropertyDiff(_difference(each, old, new, replaces), True) for each in names}
        changes = bool(names) or _stack(request.urn) in self.again
        return protocol.DiffResponse(changes, replaces=replaces, diffs=names, detailed_diff=detailed)

    async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
        if request.preview:
            return protocol.CreateResponse("", dict(request.properties))
        state = await self._carry(request.urn, request.type, request.properties, present=True)
        return protocol.CreateResponse(request.name, state)

    async def read(self, request: protocol.ReadRequest) -> protocol.ReadResponse:
        """What state says: comparing with the hosts is `pbx drift`."""
        return protocol.ReadResponse(request.resource_id, request.properties, request.inputs)

    async def update(self, request: protocol.UpdateRequest) -> protocol.UpdateResponse:
        if request.preview:
            return protocol.UpdateResponse(dict(request.news))
        return protocol.UpdateResponse(await self._carry(request.urn, request.type, request.news, present=True))

    async def delete(self, request: protocol.DeleteRequest) -> None:
        await self._carry(request.urn, request.type, request.properties, present=False)

    def around(self, stack: Stack) -> Surroundings | None:
        """What the program of a stack needs beside its resources."""
        return surroundings(stack, lambda: self._means(stack.name))

    async def cancel(self) -> None:
        """The engine was interrupted."""
        self.stop()

    def stop(self) -> None:
        """Ends the playbooks that run, and lets no further one run for long."""
        self._cancelled.set()
        self.gathering.hurry()

    async def _carry(self, urn: str, token: str, properties: Values, *, present: bool) -> dict[str, PropertyValue]:
        stack, kind, inputs = _stack(urn), _kind(token), plain(properties)
        again = stack in self.again

        def tell(event: Event) -> None:
            self._progress(Event(event.text, stack, event.host))

        def work(means: Means) -> dict[str, Any]:
            if cluster := means.cluster:
                return cluster.carry(kind, inputs, tell, self._cancelled.is_set, present=present, again=again)
            play = carry_out(kind, inputs, means, present=present, again=again)
            return run(play, means, tell, self._cancelled.is_set) if play else {}

        try:
            means = self._means(stack)
            if kind in SHARED and means.cluster is None:
                wish = Wish(stack, inputs, means)
                asked = self.gathering.ask(way(kind, inputs, present=present, again=again), wish)
                hosts = await asyncio.wrap_future(asked)
            else:
                hosts = await asyncio.to_thread(work, means)
        except PbxError as error:
            self.failures[urn] = error
            raise
        self.results[urn] = hosts
        return {**properties, RESULT: _value(hosts)}


def plain(values: Values) -> dict[str, Any]:
    """Inputs as plain data; whole numbers are integers."""
    return {name: _plain(each) for name, each in values.items() if name != RESULT}


def _plain(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, Mapping):
        return {name: _plain(each) for name, each in inner.items()}
    if isinstance(inner, tuple):
        return [_plain(each) for each in inner]
    return int(inner) if isinstance(inner, float) and inner.is_integer() else inner


def _value(data: Any) -> PropertyValue:
    if isinstance(data, Mapping):
        return PropertyValue({name: _value(each) for name, each in data.items()})
    return PropertyValue(float(data) if isinstance(data, int) else data)


def _stack(urn: str) -> str:
    return urn.split("::")[0].removeprefix("urn:pulumi:")


def _kind_name(token: str) -> str:
    return token.rsplit("$", 1)[-1].removeprefix(f"{PACKAGE}:index:")


def _kind(token: str) -> Kind:
    return Kind(_kind_name(token))


def _difference(name: str, old: Values, new: Values, replaces: list[str]) -> protocol.PropertyDiffKind:
    known = protocol.PropertyDiffKind
    if name not in old:
        return known.ADD_REPLACE if name in replaces else known.ADD
    if name not in new:
        return known.DELETE_REPLACE if name in replaces else known.DELETE
    return known.UPDATE_REPLACE if name in replaces else known.UPDATE
