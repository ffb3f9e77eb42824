"""The steps of a probe that show in the signalling: registrations, calls that come, go on and end, and their ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from urllib.parse import unquote

from provisioner.core import probes as p
from provisioner.core.ports.sip import CallState, SipCall

from .outcome import Unmet
from .performance import POLL, Performance


async def registers(run: Performance, step: p.Registers) -> str:
    if not step.wrong_password:
        told = await (await run.agent(step.phone)).registration(10)
        if not told.accepted:
            raise Unmet(f"refused: {told.reason}")
        return told.reason
    told = await run.bench.cast.impostor(run.probe.tenant, step.phone)
    if told.accepted:
        raise Unmet(f"accepted: {told.reason}")
    return told.reason


async def dials(run: Performance, step: p.Dials) -> None:
    agent = await run.agent(step.caller)
    key = run.key(step.caller)
    run.dialled[key] = (step.caller.number if isinstance(step.caller, p.Outside) else "", step.number)
    run.listened.pop(key, None)
    run.calls[key] = await agent.call(step.number)


async def rings(run: Performance, step: p.Rings) -> str:
    phones = step.phone.phones if isinstance(step.phone, p.AnyOf) else (step.phone,)
    waits = [asyncio.create_task((await run.agent(phone)).incoming(step.within)) for phone in phones]
    try:
        call = await _first(waits)
    except TimeoutError:
        raise Unmet(f"no call came within {step.within:g} s{run.callers_fate()}") from None
    run.calls[run.key(step.phone)] = call
    if step.caller and call.caller != step.caller:
        raise Unmet(f"it shows {call.caller or 'no number'}")
    return f"shows {call.caller}" if call.caller else ""


async def reaches(run: Performance, step: p.Reaches) -> str:
    agent = await run.agent(step.network)
    try:
        call = await agent.incoming(step.within)
    except TimeoutError:
        raise Unmet(f"no call came within {step.within:g} s{run.callers_fate()}") from None
    run.calls[run.key(step.network)] = call
    told = await call.identity()
    shown = told.asserted or told.caller
    dialled = unquote(told.dialled)
    if dialled != step.number:
        raise Unmet(f"called as {dialled}, showing {shown or 'no number'}")
    withheld = told.private or told.caller in ("anonymous", "")
    if step.withheld and not withheld:
        raise Unmet(f"the number {shown} is shown")
    if step.caller and (shown != step.caller or withheld):
        raise Unmet(f"it shows {'no number' if withheld else shown}")
    if step.diverted and (told.diverted, told.why) != (step.diverted, step.why):
        raise Unmet(f"it says {f'sent on by {told.diverted}, {told.why}' if told.diverted else 'nothing'} of its way")
    await call.answer()
    await run.until_up(call, 5)
    return f"shows {'no number' if withheld else shown}"


async def answers(run: Performance, step: p.Answers) -> None:
    call = run.call(step.phone)
    if call.state is not CallState.RINGING:
        raise Unmet(f"it no longer rings: {call.state} {call.reason}".rstrip())
    await call.answer()
    await run.until_up(call, 5)


async def rejects(run: Performance, step: p.Rejects) -> None:
    await run.call(step.phone).hang_up()


async def stays_quiet(run: Performance, step: p.StaysQuiet) -> None:
    try:
        call = await (await run.agent(step.phone)).incoming(step.during)
    except TimeoutError:
        return
    run.calls[run.key(step.phone)] = call
    raise Unmet(f"it rings and shows {call.caller or 'no number'}")


async def is_answered(run: Performance, step: p.IsAnswered) -> None:
    await run.until_up(run.call(step.caller), step.within)


async def presses(run: Performance, step: p.Presses) -> None:
    call = run.call(step.party)
    await run.until_up(call, 10)
    # What was heard before the key says nothing of what the key does.
    run.listened[run.key(step.party)] = run.bench.ear.seconds(await call.heard())
    await call.press(step.keys)


async def waits(_: Performance, step: p.Waits) -> None:
    await asyncio.sleep(step.seconds)


async def hangs_up(run: Performance, step: p.HangsUp) -> None:
    await run.call(step.party).hang_up()


async def is_ended(run: Performance, step: p.IsEnded) -> str:
    call = run.call(step.party)
    try:
        await call.until(timeout=step.within)
    except TimeoutError:
        raise Unmet(f"after {step.within:g} s it is still {call.state}") from None
    if step.status and not call.reason.startswith(step.status):
        raise Unmet(call.reason or "it ended without a reason")
    return call.reason


async def passes(run: Performance, step: p.Passes) -> str:
    key = run.key(step.caller)
    if key not in run.dialled:
        raise Unmet(f"{step.caller} made no call")
    found: tuple[str, ...] = ()
    for _ in range(8):
        found = await run.bench.core.trail(run.probe.tenant, run.mark, *run.dialled[key])
        if _in_order(step.nodes, found):
            return " → ".join(found)
        await asyncio.sleep(POLL)
    raise Unmet(" → ".join(found) or "the call left no trail")


async def _first(waits: Sequence[asyncio.Task[SipCall]]) -> SipCall:
    """What the first of them gives; the others are given up. `TimeoutError` when none gives anything."""
    try:
        for wait in asyncio.as_completed(waits):
            with contextlib.suppress(TimeoutError):
                return await wait
        raise TimeoutError
    finally:
        for each in waits:
            each.cancel()


def _in_order(wanted: Collection[str], found: Collection[str]) -> bool:
    rest = iter(found)
    return all(node in rest for node in wanted)
