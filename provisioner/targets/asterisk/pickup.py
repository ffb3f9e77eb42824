"""Calls that somebody takes while they ring at another user's telephones: the platform's dialplan for them.

Each leg that rings a user's telephones bears her line as its mark, and Asterisk's Pickup finds it by that. Who takes a
call becomes that leg, and the count of her line and her hang-up handlers go along (masquerade). Nothing of Asterisk's
runs for the line that rang, so a moment later a channel made for it counts it anew.
"""

from __future__ import annotations

from textwrap import dedent

CONTEXT = "pbx.pickup"

PARKED = "pbx.parked"
"""Lets a leg that rings at a parking slot be taken by a mark of its own: a subroutine of Dial's option b."""

RECOUNT = "pbx.recount"

MARK = "PICKUPMARK"
"""Asterisk's name for it."""

DIALPLAN = dedent(f"""\
    [{CONTEXT}]
    exten => s,1,Set(LOCAL(left)=${{ARG2}})
    same => n(next),Set(LOCAL(user)=${{SHIFT(left,&)}})
    same => n,GotoIf($["${{user}}" = ""]?done)
    same => n,Set(LOCAL(line)=${{ARG1}}.${{user}})
    same => n,GotoIf($[${{GROUP_COUNT(${{line}}@rings)}} = 0]?next)
    same => n,Originate(Local/${{line}}@{RECOUNT}/n,app,NoOp,,,5,a)
    same => n,Pickup(${{line}}@{MARK})
    same => n,Goto(next)
    same => n(done),Return()
    [{PARKED}]
    exten => s,1,Set({MARK}=${{ARG1}})
    same => n,Return()
    [{RECOUNT}]
    exten => _[a-z].,1,Wait(1)
    same => n,Gosub(pbx.line,count,1(${{EXTEN}}))
    same => n,Hangup()
    """)
"""Takes a call that rings at one of several users: tenant, names joined by `&`. Returns where there is none."""


def arguments(slug: str, users: tuple[str, ...]) -> str:
    """What Gosub() is given."""
    return f"{CONTEXT},s,1({slug},{'&'.join(users)})"
