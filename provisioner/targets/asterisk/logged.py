"""What the log of users' calls is made of, beside the nodes of the tenant's file: the platform's dialplan for it.

Calls of users are `made`, who calls `comes`, a user's telephones `rings`, and one of them `takes` the call: the edge
names it in its answer. A number that is withheld is nobody's to read. Names are in base64, for what is no UTF-8 would
lose the event. Who makes entries of it is the role `calls`.

PBX_OWN, who called by which telephone, is not inherited: the leg that rang bears it where somebody else picked the call
up, for who does becomes that leg. It goes by the number of her own call until both are joined, so it is told which one
it takes.
"""

from __future__ import annotations

from textwrap import dedent

CALLER = "pbx.logged"
"""Leaves number and name of who calls in PBX_FROM_WHOM."""

TAKEN = "pbx.taken"

MOBILE = "*mobile"
"""The device of a user who calls from, or answers at, a telephone that is known by its number."""

DIALPLAN = dedent("""\
    [pbx.logged]
    exten => caller,1,Set(PBX_FROM_WHOM=- -)
    same => n,GotoIf($["${CALLERID(pres):0:6}" = "prohib"]?said)
    same => n,Set(LOCAL(number)=${FILTER(+*#0-9,${CALLERID(num)})})
    same => n,GotoIf($["${number}" = ""]?said)
    same => n,Set(PBX_FROM_WHOM=${number} -)
    same => n,GotoIf($[${LEN(${CALLERID(name)})} = 0]?said)
    same => n,Set(PBX_FROM_WHOM=${number} ${BASE64_ENCODE(${CALLERID(name)})})
    same => n(said),Return()
    [pbx.taken]
    exten => s,1,Gosub(pbx.line,taken,1)
    same => n,Set(LOCAL(device)=*mobile)
    same => n,GotoIf($["${CHANNEL(channeltype)}" != "PJSIP"]?tell)
    same => n,Set(LOCAL(device)=)
    same => n,GotoIf($["${PBX_OWN}" != ""]?tell)
    same => n,Set(LOCAL(device)=${FILTER(a-z0-9\\x2d,${PJSIP_RESPONSE_HEADER(read,X-PBX-Device)})})
    same => n(tell),Set(LOCAL(device)=${IF($["${device}" = ""]?-:${device})})
    same => n,CELGenUserEvent(takes,${ARG1} ${ARG2} ${ARG3} ${device} ${PBX_OWN})
    same => n,Return()
    """)


def noted(slug: str, user: str) -> str:
    """The option of Dial by which the log knows who answered; `user` is whose telephones ring, empty for nobody's."""
    return f"U({TAKEN}^{slug}^{user}^${{CHANNEL(linkedid)}})"
