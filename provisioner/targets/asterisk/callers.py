"""Who calls, as far as her number says it: what lists of callers are held against.

The subroutine leaves the caller's number in `PBX_FROM` (only a plus and digits, whatever a telephone sends), empty
where it is withheld. A number counts as withheld where there is none in international form, and where the caller asked
to keep it private (RFC 3323). It answers 1 where the call is not to be screened: from a colleague, and for some hours
after the tenant called for help, because a rescuer may call back from anywhere.
"""

from __future__ import annotations

from provisioner.core.callers import expression
from provisioner.core.source import Path

from . import naming
from .objects import Route, Step

RESCUE = 4 * 3600
"""Seconds after a call for help in which everybody gets through to every number of the tenant."""


def subroutine(context: str, extension: str, slug: str, source: Path) -> Route:
    called = f"${{DB({naming.database_family(slug)}/{naming.CALLED_FOR_HELP})}}"
    private = '$["${CALLERID(pres):0:6}" = "prohib" | ${REGEX("^[+][0-9]+$" ${PBX_FROM})} = 0]'
    steps = (
        Step("Set", "PBX_FROM=${FILTER(+0-9,${CALLERID(num)})}"),
        Step("ExecIf", f"{private}?Set(PBX_FROM=)"),
        Step("Return", f'$["${{PBX_TRUNK}}" = "" | ${{EPOCH}} < 0{called} + {RESCUE}]'),
    )
    return Route(context, extension, steps, source)


def one_of(patterns: list[str]) -> str:
    """1 where one of the patterns holds the caller's number."""
    return f'${{REGEX("{expression(patterns)}" ${{PBX_FROM}})}}'
