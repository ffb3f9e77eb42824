"""The manual switch of a schedule as it lives on a core node: two entries of AstDB and the lights of its keys.

The dialplan writes them when users dial, `pbx switch` from outside, and the node's own watch ends what was set until a
time (`roles/asterisk/files/end_switches.py`). All of them hold to what stands here.
"""

from __future__ import annotations

from provisioner.core import lights

from . import naming
from .objects import Lamp

OPEN, CLOSED, AUTO = "open", "closed", "auto"
STATES = (OPEN, CLOSED, AUTO)
"""What a switch is set to; with AUTO, or nothing, the schedule decides."""


def state_key(name: str) -> str:
    """Below the tenant's family: what the switch is set to."""
    return f"switch-{name}"


def until_key(name: str) -> str:
    """Below the tenant's family: the second since 1970 at which the schedule decides again; absent for no end."""
    return f"until-{name}"


def lamps(slug: str, name: str, state: str) -> tuple[tuple[str, Lamp], ...]:
    """Light → what it shows in a state: the switch's own key blinks while open and is lit while closed by hand."""
    own, opened, closed = map(naming.light, lights.of_switch(slug, name))
    return (
        (own, {OPEN: Lamp.BLINKS, CLOSED: Lamp.LIT, AUTO: Lamp.DARK}[state]),
        (opened, Lamp.LIT if state == OPEN else Lamp.DARK),
        (closed, Lamp.LIT if state == CLOSED else Lamp.DARK),
    )
