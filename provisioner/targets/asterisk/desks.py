"""Telephones that users share: the platform's dialplan for them, and where a core node keeps who is logged in.

`who` answers whose call it is that comes from a place: hers who is logged in there, as long as her time is not over and
she may; else the place's own. `rings` adds the place to what rings for her, where she is.
"""

from __future__ import annotations

from textwrap import dedent

from . import naming

CONTEXT = "pbx.desk"
DESKS, SEATS, GUESTS = "desks", "seats", "guests"
"""The tenant's contexts: places and where they stand, what rings at each, and who may log in."""


def entry(slug: str, desk: str) -> str:
    """The entry of AstDB that says who is logged in at a place, `<user>:<epoch of the end>`."""
    return f"{naming.database_family(slug)}/desk-{desk}"


def pointer(slug: str, user: str) -> str:
    """The entry that says at which place a user logged in last."""
    return f"{naming.database_family(slug)}/guest-{user}"


DIALPLAN = dedent(f"""\
    [{CONTEXT}]
    exten => who,1,Set(LOCAL(kept)=${{DB({entry("${ARG1}", "${ARG2}")})}})
    same => n,Set(LOCAL(guest)=${{CUT(kept,:,1)}})
    same => n,Set(LOCAL(until)=0${{CUT(kept,:,2)}})
    same => n,GotoIf($[${{EPOCH}} + 0${{DB({naming.database_family("${ARG1}")}/clock-offset)}} >= ${{until}}]?own)
    same => n,GotoIf($[${{DIALPLAN_EXISTS(${{ARG1}}.{GUESTS},${{guest}},1)}} = 0]?own)
    same => n,Return(${{guest}})
    same => n(own),Return(${{ARG2}})
    exten => rings,1,Set(LOCAL(desk)=${{DB({pointer("${ARG1}", "${ARG2}")})}})
    same => n,GotoIf($["${{desk}}" = "" | "${{PBX_RINGS}}" = "mobile"]?done)
    same => n,GotoIf($[${{DIALPLAN_EXISTS(${{ARG1}}.{SEATS},${{desk}},1)}} = 0]?done)
    same => n,Gosub(who,1(${{ARG1}},${{desk}}))
    same => n,GotoIf($["${{GOSUB_RETVAL}}" != "${{ARG2}}"]?done)
    same => n,Gosub(${{ARG1}}.{SEATS},${{desk}},1)
    same => n,Set(PBX_ALSO=${{PBX_ALSO}}&${{GOSUB_RETVAL}})
    same => n(done),Return()
    """)
