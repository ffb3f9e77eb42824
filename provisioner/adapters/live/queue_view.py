"""The `QueueView` port over SSH: `pbx_figures` on the core node tells, the tenant's own dialplan changes.

A change takes the way of the phone codes, so that log-in, lamp and Asterisk's own memory always agree.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import agents

TELL = "PYTHONPATH=/usr/local/lib/pbx TERM=dumb python3 -P -m pbx_figures show"
WAIT = 5.0
"""Seconds until a change must be seen."""

_REACHED: Mapping[str, Callable[[str], bool]] = {
    "in": lambda state: state not in ("out", "paused"),
    "resume": lambda state: state not in ("out", "paused"),
    "out": lambda state: state == "out",
    "pause": lambda state: state == "paused",
}


def _way_out(state: str, verb: str) -> str:
    if (state, verb) == ("paused", "in"):
        return "she is logged in: `resume` lets her go on"
    if state == "out":
        return "only who is logged in can pause: first say `in`"
    return "look at the core node: `asterisk -rx 'queue show'`"


class SshQueueView:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def figures(self, tenant: str) -> dict[str, Any]:
        told = await self._shell_of(tenant).run(f"{TELL} {shlex.quote(tenant)}")
        found: dict[str, Any] = json.loads(told)
        return found

    async def change(self, tenant: str, kind: str, name: str, member: str, verb: str) -> str:
        way = f"*{verb}*{member}@{agents.context(tenant, Ref(kind, name))}"
        command = f"channel originate Local/{way}/n application NoOp"
        await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")
        ends = asyncio.get_running_loop().time() + WAIT
        while True:
            state = await self._state(tenant, kind, name, member)
            if _REACHED[verb](state):
                return state
            if asyncio.get_running_loop().time() > ends:
                raise ShellError(f"{member} is still {state} in {kind} {name} of {tenant}", _way_out(state, verb))
            await asyncio.sleep(0.2)

    async def _state(self, tenant: str, kind: str, name: str, member: str) -> str:
        told = await self.figures(tenant)
        for each in told["queues" if kind == "queue" else "groups"]:
            if each["name"] == name:
                return next((str(one["state"]) for one in each["members"] if one["name"] == member), "out")
        raise ShellError(f"the core node knows no {kind} {name} of {tenant}", "run `pbx apply` first")
