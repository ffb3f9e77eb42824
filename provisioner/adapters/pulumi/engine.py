"""Drives the real Pulumi engine through its Automation API: the adapter behind the port `Engine`.

Programs run inline and the provider inside this process, so one run of a stack costs one `pulumi` process. What is as
wanted is known from state before anything starts. A run that was cut off is healed first: the lock of a dead engine
is released, pending operations are cleared by the engine's own refresh, then everything is carried out again, which is
harmless because each step is idempotent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from provisioner.core.deployment import Ended, Event, Op, Outcome, Plain, Progress, Stack, StackPlan, Step
from provisioner.core.errors import PbxError

from . import cli, locks
from .program import RESULT, without_positions
from .record import last_words
from .session import Session, Settings
from .state import LocalState, local_folder

if TYPE_CHECKING:
    from .carry import Means

T = TypeVar("T")


class PulumiEngine:
    """Stacks of one provider's folder. `means` gives what the provider works with, by the name of the stack."""

    def __init__(self, settings: Settings, means: Callable[[str], Means], progress: Progress) -> None:
        self._settings = settings
        self._means = means
        self._progress = progress
        folder = local_folder(settings.backend)
        self._state = LocalState(folder) if folder else None

    def unchanged(self, stack: Stack) -> bool:
        known = self._state.read(stack.name) if self._state else None
        return known is not None and known.is_as(stack)

    def stacks(self) -> tuple[str, ...]:
        if self._state:
            return self._state.names()
        with self._running() as session:
            return tuple(sorted(each.name for each in session.workspace(None).list_stacks()))

    def outputs(self, name: str) -> Mapping[str, Mapping[str, Plain]]:
        if self._state:
            known = self._state.read(name)
        else:
            with self._running() as session:
                known = session.export(name)
        return {each.name: {**each.inputs, RESULT: dict(each.hosts)} for each in known.resources} if known else {}

    def plan(self, stacks: Sequence[Stack]) -> tuple[StackPlan, ...]:
        fresh = [each for each in stacks if self._state and not self._state.exists(each.name)]
        plans = {each.name: _as_new(each) for each in fresh}
        changed = [each for each in stacks if each.name not in plans and not self.unchanged(each)]
        if changed:
            with self._running() as session:
                plans |= {each.stack: each for each in session.previews(changed)}
        return tuple(plans.get(each.name) or _as_it_is(each) for each in stacks)

    def apply(
        self, stacks: Sequence[Stack], ended: Ended = lambda _: None, again: frozenset[str] = frozenset()
    ) -> tuple[Outcome, ...]:
        same = [each.name for each in stacks if each.name not in again and self.unchanged(each)]
        outcomes = {each: Outcome(each, skipped=True) for each in same}
        changed = [each for each in stacks if each.name not in outcomes]
        if changed:
            with self._running(again) as session:
                self._apply(changed, session, outcomes, ended)
        return tuple(outcomes[each.name] for each in stacks)

    def _apply(self, stacks: Sequence[Stack], session: Session, outcomes: dict[str, Outcome], ended: Ended) -> None:
        """The platform first: no tenant goes to a platform that is not as it should be."""
        tenants = [each for each in stacks if not each.name.endswith(".platform")]
        platforms = [each for each in stacks if each not in tenants]
        outcomes.update({each.stack: each for each in session.all(_telling(session.up, ended), platforms)})
        failed = [name for name, each in outcomes.items() if each.error]
        if failed:
            why = PbxError(f"not begun, because {failed[0]} failed", f"mend {failed[0]}, then repeat")
            for each in tenants:
                outcomes[each.name] = Outcome(each.name, error=why, begun=False)
                ended(outcomes[each.name])
            return
        outcomes.update({each.stack: each for each in session.all(_telling(session.up, ended), tenants)})

    def destroy(self, names: Sequence[str], ended: Ended = lambda _: None) -> tuple[Outcome, ...]:
        """Tenants first, the platform last."""
        existing = set(self.stacks())
        there = [each for each in names if each in existing]
        outcomes = {each: Outcome(each, skipped=True) for each in names}
        if there:
            with self._running() as session:
                for last in (False, True):
                    group = [each for each in there if each.endswith(".platform") is last]
                    outcomes.update({each.stack: each for each in session.all(_telling(session.destroy, ended), group)})
        return tuple(outcomes[each] for each in names)

    def locked(self) -> Mapping[str, tuple[str, ...]]:
        """stack → who laid the engine's own locks on it; known of a local folder only."""
        known = {name: self._state.locks(name) for name in self._state.names()} if self._state else {}
        told = {
            name: tuple(each.owner + (", dead" if each.dead else "") for each in found) for name, found in known.items()
        }
        return {name: owners for name, owners in told.items() if owners}

    def astray(self, name: str) -> tuple[tuple[str, str], ...]:
        """Objects of a cluster that are not as the engine made them, and the field; asks the cluster about each."""
        with self._running() as session:
            return session.astray(name)

    def release(self, name: str) -> None:
        """Takes the engine's own locks of a stack away; raises LockHeld where an owner lives on this machine."""
        if self._state:
            locks.broken(self._state, name)
        else:
            with self._running() as session:
                session.cancel(name)

    @contextmanager
    def _running(self, again: frozenset[str] = frozenset()) -> Iterator[Session]:
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # else gRPC logs a line at each start of a playbook
        from .provider import PbxProvider
        from .server import serve

        program = cli.command(lambda text: self._progress(Event(text)), self._settings.cache)
        provider = PbxProvider(self._means, self._progress, again)
        from pulumi.automation import CommandError

        with serve(provider) as port, without_positions():
            try:
                yield Session(self._settings, self._state, self._progress, program, provider, port)
            except CommandError as error:
                raise PbxError(
                    f"the engine cannot use the state at {self._settings.backend}: {last_words(str(error))}",
                    "check that the place is there and that you may use it, then repeat",
                ) from error


def _telling(work: Callable[[T], Outcome], ended: Ended) -> Callable[[T], Outcome]:
    """The work, and whoever waits for its outcome told at once: the run may be cut off before the last stack ends."""

    def told(item: T) -> Outcome:
        outcome = work(item)
        ended(outcome)
        return outcome

    return told


def _as_it_is(stack: Stack) -> StackPlan:
    steps = [Step(stack.name, each.kind, each.name, Op.SAME, (), each.inputs, each.inputs) for each in stack.resources]
    return StackPlan(stack.name, stack.digest, tuple(steps))


def _as_new(stack: Stack) -> StackPlan:
    """What the engine says of a stack that is not there: half a second of CPU for each of a thousand."""
    steps = [Step(stack.name, each.kind, each.name, Op.CREATE, (), {}, each.inputs) for each in stack.resources]
    return StackPlan(stack.name, stack.digest, tuple(steps))
