"""The steps of a probe that send a fax and look for its mail."""

from __future__ import annotations

import asyncio
import re
import time

from provisioner.core import probes as p

from .outcome import Unmet
from .performance import POLL, Performance

PAGE = re.compile(rb"/Type\s*/Page\b")
CLOCKS = 5.0
"""Seconds by which the clocks of two machines may differ."""


async def faxes(run: Performance, step: p.Faxes) -> str:
    run.faxed = time.time()
    run.dialled[run.key(step.caller)] = (step.caller.number, step.number)
    sent = await run.bench.fax.send(step.caller.number, step.number, step.pages, step.within)
    if not sent.confirmed:
        raise Unmet(f"the fax machine says: {sent.error or 'not confirmed'}")
    return "by T.38" if sent.mode == "T38" else "as sound"


async def fax_arrives(run: Performance, step: p.FaxArrives) -> str:
    clock = asyncio.get_running_loop().time
    deadline = clock() + step.within
    while True:
        found = await run.bench.post.faxes(step.mail, step.caller.number, run.faxed - CLOCKS)
        counts = [len(PAGE.findall(each)) for each in found]
        if step.pages in counts:
            return f"{len(found[counts.index(step.pages)])} bytes"
        if clock() > deadline:
            raise Unmet(f"mails with {counts} pages" if counts else "no mail with a PDF")
        await asyncio.sleep(POLL)
