"""A traced call as text: each node, and below it what happened there, with its line in the tenant file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from . import Shown, outcome

LONGEST = 110
"""Characters of what happened; a prompt's words are cut there. JSON has them whole."""


def lines(shown: Shown) -> Iterator[str]:
    call = shown.trail.call
    yield f"A call from {call.caller} to {call.dialled}, {call.at:%a %Y-%m-%d %H:%M} ({shown.zone})"
    width = max((len(shown.place(step)) for each in shown.trail.visited for step in each.steps), default=0)
    for visited in shown.trail.visited:
        if not visited.within:
            yield f"{visited.node}"
        for step in visited.steps:
            why = f" ({step.why})" if step.why else ""
            what = textwrap.shorten(step.what + why, LONGEST, placeholder=" …")
            yield f"  {shown.place(step):<{width}}  {what}"
    yield f"Outcome: {outcome(shown.trail.end)}"
