"""Carrying out one probe: each kind of step is one small function that acts, or waits and judges.

An expectation that is not met raises `Unmet` with what was found instead; trouble with the agents or the machines is
left to raise by itself and makes the probe an error, not a failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from provisioner.core import probes as p

from . import fax, signalling, sound
from .outcome import StepResult, Unmet
from .performance import Performance

STEPS: Mapping[type, Callable[[Performance, Any], Awaitable[str | None]]] = {
    p.Registers: signalling.registers,
    p.Dials: signalling.dials,
    p.Rings: signalling.rings,
    p.Reaches: signalling.reaches,
    p.Answers: signalling.answers,
    p.Rejects: signalling.rejects,
    p.StaysQuiet: signalling.stays_quiet,
    p.IsAnswered: signalling.is_answered,
    p.Hears: sound.hears,
    p.Presses: signalling.presses,
    p.Waits: signalling.waits,
    p.Speaks: sound.speaks,
    p.TalkBothWays: sound.talk_both_ways,
    p.HangsUp: signalling.hangs_up,
    p.IsEnded: signalling.is_ended,
    p.MessageLeft: sound.message_left,
    p.Faxes: fax.faxes,
    p.FaxArrives: fax.fax_arrives,
    p.Passes: signalling.passes,
}
"""kind of step → what carries it out and returns what was found, for the table."""


async def perform(run: Performance) -> None:
    """Does the steps in order; raises `Unmet` at the first expectation that is not met."""
    await run.prepare()
    clock = asyncio.get_running_loop().time
    for step in run.probe.steps:
        begin = clock()
        try:
            found = await STEPS[type(step)](run, step)
        except Unmet as unmet:
            run.results.append(StepResult(str(step), False, clock() - begin, str(unmet)))
            raise
        except TimeoutError:
            # The probe's own time-out comes as a cancellation, so this is one step that waited in vain.
            run.results.append(StepResult(str(step), False, clock() - begin, "nothing happened"))
            raise Unmet(f"nothing happened within {clock() - begin:.0f} s") from None
        run.results.append(StepResult(str(step), True, clock() - begin, found or ""))
