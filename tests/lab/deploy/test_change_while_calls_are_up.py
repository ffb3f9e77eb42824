"""A changed prompt and queue are carried out while twenty calls are up: none drops, the next caller hears it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.adapters.sip.sipp import Sipp
from provisioner.core.artifacts import Speech
from provisioner.core.ports.ear import Match
from provisioner.core.ports.sip import CallState, LoadResult
from provisioner.core.probes import Outside
from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "nordverk"
QUEUE, MENU = "+46313900605", "+46313900600"
CALLS, SECONDS = 20, 75
OLD_TIMEOUT, NEW_TIMEOUT = "timeout: 90s", "timeout: 100s"
CLOSED = "Our offices are closed. Please leave your name and number after the tone and we will call you back."
OLD, NEW = "Our offices are closed.", "Nobody is at our offices at this hour."


def to_sunday() -> int:
    """Seconds from now until a Sunday noon."""
    now = datetime.now(UTC)
    sunday = (now + timedelta(days=(6 - now.weekday()) % 7 or 7)).replace(hour=12, minute=0, second=0)
    return round((sunday - now).total_seconds())


@pytest.mark.row("N7")
def test_no_call_drops_and_the_next_caller_hears_the_new_prompt(examples: ProviderFolder) -> None:
    verification = examples.verification()

    async def change() -> str:
        """Waits until the calls are up, then carries the change out; tells the plan."""
        await asyncio.sleep(8)
        plan = await asyncio.to_thread(examples.pbx, "plan")
        await asyncio.to_thread(examples.pbx, "apply", "--yes")
        return plan

    async def next_caller() -> Match:
        """How well the new prompt is found in what a caller hears on a Sunday."""
        specification = verification.specification()
        agents = verification.agents()
        try:
            bench = verification.bench(agents, specification)
            agent = await bench.cast.agent(TENANT, Outside("+46701740650"))
            await bench.core.shift_clock(TENANT, to_sunday())
            call = await agent.call(MENU)
            assert await call.until(CallState.UP, timeout=10) is CallState.UP
            sound = Speech(CLOSED.replace(OLD, NEW), "en")
            assert sound in specification.scopes[TENANT].sounds["closed"].values()
            reference = await bench.sounds(sound)
            await asyncio.sleep(bench.ear.seconds(reference) + 1)
            heard = await call.heard()
            await call.hang_up()
            return bench.ear.match(heard, reference)
        finally:
            await verification.core_view().shift_clock(TENANT, None)
            await agents.close()

    async def run() -> tuple[LoadResult, str, Match]:
        load = asyncio.create_task(
            Sipp(verification.machines()).hold(
                machine="carrier",
                number=QUEUE,
                calls=CALLS,
                seconds=SECONDS,
                caller="+46701740690",
                proxy=verification.edge,
            )
        )
        plan = await change()
        assert not load.done(), "the calls were over before the change was carried out"
        heard = await next_caller()
        return await load, plan, heard

    with examples.changed(TENANT, {OLD: NEW, OLD_TIMEOUT: NEW_TIMEOUT}):
        result, plan, heard = asyncio.run(run())
    for sentence in (
        r"~ callers hear in closed \(en\): .*Nobody is at our.* instead of .*Our offices are closed",
        r"~ callers wait in the queue \S+ at most 100s instead of 90s",
    ):
        assert re.search(sentence, plan), plan
    assert heard.heard, heard
    assert result == LoadResult(wanted=CALLS, held=CALLS, dropped=0)
