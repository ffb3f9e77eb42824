"""The platform's own dialplan: where calls from the edges come in, and the subroutines that tenants' steps use.

`pbx.line` keeps a user's device state true. Each channel that belongs to a user's call joins a group named after the
line, once as `caller` or `callee`; Asterisk drops a channel from its groups when it ends, so the count cannot leak.
The state is written under a lock when a channel joins, leaves, or hangs up (hang-up handler), whatever the reason.
"""

from __future__ import annotations

from textwrap import dedent

CONTEXTS = frozenset({"from-edge", "pbx.line", "pbx.to-edge"})
MUSIC_CLASSES = frozenset({"default"})

HOLD_TONE = "/var/lib/asterisk/sounds/pbx-platform/hold"
"""What waiting callers hear where a tenant has no music of its own; the role makes it."""

_FROM_EDGE = dedent("""\
    [from-edge]
    exten => _[+*#0-9]!,1,Set(__PBX_EDGE=${CHANNEL(endpoint)})
    same => n,Set(PBX_DIALLED=${FILTER(0-9+*#,${EXTEN})})
    same => n,Set(__PBX_TENANT=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Tenant)})})
    same => n,GotoIf($["${PBX_TENANT}" = ""]?refuse)
    same => n,Set(__PBX_TRUNK=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Trunk)})})
    same => n,GotoIf($["${PBX_TRUNK}" != ""]?trunk)
    same => n,Set(PBX_CALLER=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-User)})})
    same => n,Set(__PBX_DEVICE=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Device)})})
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.identity,${PBX_CALLER},1)} = 0]?refuse)
    same => n,Gosub(pbx.line,enter,1(caller,${PBX_TENANT}.${PBX_CALLER}))
    same => n,Gosub(${PBX_TENANT}.identity,${PBX_CALLER},1)
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.outgoing,${PBX_DIALLED},1)} = 0]?unknown)
    same => n,Goto(${PBX_TENANT}.outgoing,${PBX_DIALLED},1)
    same => n(trunk),GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.numbers,${PBX_DIALLED},1)} = 0]?unknown)
    same => n,Goto(${PBX_TENANT}.numbers,${PBX_DIALLED},1)
    same => n(unknown),Hangup(1)
    same => n(refuse),Hangup(21)
    """)

_TO_EDGE = dedent("""\
    [pbx.to-edge]
    exten => user,1,Set(PJSIP_HEADER(add,X-PBX-Tenant)=${ARG1})
    same => n,Set(PJSIP_HEADER(add,X-PBX-Call)=${CHANNEL(linkedid)})
    same => n,Return()
    exten => public,1,Set(PJSIP_HEADER(add,X-PBX-Tenant)=${ARG1})
    same => n,Set(PJSIP_HEADER(add,X-PBX-Route)=${ARG2})
    same => n,Set(PJSIP_HEADER(add,X-PBX-Call)=${CHANNEL(linkedid)})
    same => n,Return()
    """)

_LINE = dedent("""\
    [pbx.line]
    exten => enter,1,GotoIf($["${GROUP(${ARG1})}" = ""]?fresh)
    same => n,Gosub(leave,1(${ARG1}))
    same => n,Goto(join)
    same => n(fresh),Set(CHANNEL(hangup_handler_push)=pbx.line,leave,1(${ARG1}))
    same => n(join),Set(LOCAL(held)=${LOCK(${ARG2})})
    same => n,Set(GROUP(${ARG1})=${ARG2})
    same => n,Set(DEVICE_STATE(Custom:${ARG2})=INUSE)
    same => n,Set(LOCAL(held)=${UNLOCK(${ARG2})})
    same => n,Return()
    exten => leave,1,Set(LOCAL(line)=${GROUP(${ARG1})})
    same => n,GotoIf($["${line}" = "" | "${line}" = "idle"]?done)
    same => n,Set(LOCAL(held)=${LOCK(${line})})
    same => n,Set(GROUP(${ARG1})=idle)
    same => n,Set(LOCAL(calls)=$[${GROUP_COUNT(${line}@caller)} + ${GROUP_COUNT(${line}@callee)}])
    same => n,Set(DEVICE_STATE(Custom:${line})=${IF($[${calls} > 0]?INUSE:NOT_INUSE)})
    same => n,Set(LOCAL(held)=${UNLOCK(${line})})
    same => n(done),Return()
    """)

DIALPLAN = _FROM_EDGE + _TO_EDGE + _LINE
