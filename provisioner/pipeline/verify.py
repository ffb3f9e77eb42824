"""Verify: carry out probes on a running platform and tell what came of each.

Probes run beside each other where they share no telephone and no line, the longest first; probes of one tenant that
want another time of day run after the others, those of the same time together, while that tenant's clock is shifted.
Each is bounded in time, each ends with all its calls down, and the clock is put right whatever happens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from provisioner.core.errors import PbxError
from provisioner.core.probes import Probe

from .probing.cast import NoSuchParty
from .probing.outcome import Outcome, ProbeResult, Unmet
from .probing.perform import perform
from .probing.performance import Bench, Performance
from .turns import Turns

Watch = Callable[[Probe, ProbeResult | None], None]
"""Told when a probe begins (no result yet) and when it has ended."""


def unwatched(_: Probe, __: ProbeResult | None) -> None:
    """Nobody looks on."""


async def verify(
    probes: Sequence[Probe],
    bench: Bench,
    *,
    parallel: int = 8,
    evidence: Path | None = None,
    watch: Watch = unwatched,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[ProbeResult, ...]:
    """Results in the order of the probes. What failed leaves recordings and logs in a folder of `evidence`."""
    run = _Run(bench, parallel, evidence, watch, now)
    with contextlib.suppress(PbxError, NoSuchParty):
        # All at once is quicker. Whoever cannot be started fails again, with its reason, in the probe that needs it.
        await bench.cast.enter((probe.tenant, party) for probe in probes for party in probe.everybody)
    tenants = dict.fromkeys(probe.tenant for probe in probes)
    done = await asyncio.gather(*(run.tenant([each for each in probes if each.tenant == name]) for name in tenants))
    by_place = {(result.probe.tenant, result.probe.id): result for results in done for result in results}
    return tuple(by_place[probe.tenant, probe.id] for probe in probes)


class _Run:
    """One verification."""

    def __init__(
        self, bench: Bench, parallel: int, evidence: Path | None, watch: Watch, now: Callable[[], datetime]
    ) -> None:
        self._bench, self._evidence, self._watch, self._now = bench, evidence, watch, now
        self._turns = Turns(parallel)

    async def tenant(self, probes: Sequence[Probe]) -> list[ProbeResult]:
        """Those of the present first, then one time of day after the other."""
        results: list[ProbeResult] = []
        for at in sorted({probe.at for probe in probes}, key=lambda each: (each is not None, each or self._now())):
            wave = [probe for probe in probes if probe.at == at]
            if at is None:
                results += await asyncio.gather(*map(self._probe, wave))
                continue
            results += await self._then(at, wave)
        return results

    async def _then(self, at: datetime, wave: Sequence[Probe]) -> list[ProbeResult]:
        """Those of one time of day. A clock that cannot be put right again makes all of them errors."""
        core, slug = self._bench.core, wave[0].tenant
        try:
            try:
                await core.shift_clock(slug, round((at - self._now()).total_seconds()))
                return await asyncio.gather(*map(self._probe, wave))
            finally:
                await asyncio.shield(core.shift_clock(slug, None))
        except PbxError as problem:
            return [ProbeResult(probe, Outcome.ERROR, (), 0.0, found=problem.message) for probe in wave]

    async def _probe(self, probe: Probe) -> ProbeResult:
        try:
            keys = frozenset(self._bench.cast.key(probe.tenant, party) for party in probe.everybody)
        except NoSuchParty as problem:
            return self._told(ProbeResult(probe, Outcome.ERROR, (), 0.0, found=str(problem)))
        async with self._turns.hold(keys, probe.seconds):
            self._watch(probe, None)
            return self._told(await self._perform(probe))

    def _told(self, result: ProbeResult) -> ProbeResult:
        self._watch(result.probe, result)
        return result

    async def _perform(self, probe: Probe) -> ProbeResult:
        performance = Performance(probe, self._bench)
        clock = asyncio.get_running_loop().time
        begin, outcome, found = clock(), Outcome.PASSED, ""
        try:
            async with asyncio.timeout(probe.seconds):
                await perform(performance)
        except Unmet as unmet:
            outcome, found = Outcome.FAILED, str(unmet)
        except TimeoutError:
            outcome, found = Outcome.FAILED, f"not done within {probe.seconds:g} s"
        except (PbxError, NoSuchParty, OSError) as problem:
            outcome, found = Outcome.ERROR, str(problem)
        seconds, trail, kept = clock() - begin, tuple[str, ...](), tuple[str, ...]()
        if outcome is not Outcome.PASSED:
            with contextlib.suppress(PbxError, TimeoutError):
                trail = await performance.trail()
            kept = await self._keep(performance)
        try:
            await performance.finish()
        except PbxError as problem:
            outcome, found = Outcome.ERROR, found or f"not put right afterwards: {problem.message}"
        return ProbeResult(
            probe,
            outcome,
            tuple(performance.results),
            seconds,
            "" if outcome is Outcome.PASSED else _expected(performance),
            found,
            trail,
            kept,
        )

    async def _keep(self, performance: Performance) -> tuple[str, ...]:
        if self._evidence is None:
            return ()
        folder = self._evidence / performance.probe.tenant / performance.probe.id
        folder.mkdir(parents=True, exist_ok=True)
        kept = []
        for key, call in performance.calls.items():
            with contextlib.suppress(PbxError):
                (folder / f"{key}.wav").write_bytes(await call.heard())
                kept.append(str(folder / f"{key}.wav"))
        for party in performance.probe.everybody:
            with contextlib.suppress(PbxError, NoSuchParty):
                agent = await self._bench.cast.agent(performance.probe.tenant, party)
                (folder / f"{agent.spec.name}.log").write_text(await agent.log(), encoding="utf-8")
                kept.append(str(folder / f"{agent.spec.name}.log"))
        return tuple(kept)


def _expected(performance: Performance) -> str:
    """The step that was not met; where it broke off between steps, the next one."""
    for result in performance.results:
        if not result.passed:
            return result.words
    done = len(performance.results)
    steps = performance.probe.steps
    return str(steps[done]) if done < len(steps) else ""
