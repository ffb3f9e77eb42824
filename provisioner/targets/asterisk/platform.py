"""The platform's own dialplan: where calls from the edges come in, and the subroutines that tenants' steps use.

`pbx.line` keeps a user's device state true. Each leg to or from a telephone of hers joins a group named after the line;
Asterisk drops a leg from its groups when it ends, so the count cannot leak. It is her own leg and never the other one,
which may go on without her when she sends a call on. The state is written when a leg joins, is answered or hangs up
(hang-up handler), whatever the reason: a line is in use, or rings where each of its legs still does (group `rings`).
Who counts does so again after writing, so of several at once the last one is right.
Asterisk's LOCK does not serve: it is refused to a call that has spoken with the recogniser, whose connection makes the
call's thread one of an outside interface.
A leg from or to a public number that is a user's mobile telephone joins too: `<slug>.mobiles` knows whose it is.
A call from a telephone that users share is the call of whoever is logged in there (`desks`); where it stands stays.
`<slug>.contacts` knows the names of other callers, and is not asked where the number is withheld.

A tenant with limits has `<slug>.limits`: `in` is asked for a call from outside, `leg` counts one that goes out.
"""

from __future__ import annotations

from textwrap import dedent

from . import agents, attendants, desks, logged, naming, pickup, transfer

CONTEXTS = frozenset(
    {
        "from-edge",
        "pbx.agent",
        "pbx.diverted",
        "pbx.engaged",
        "pbx.line",
        "pbx.recorded",
        "pbx.recording",
        "pbx.rest",
        "pbx.to-edge",
        "pbx.told",
        naming.LIGHTS,
        attendants.CONTEXT,
        desks.CONTEXT,
        logged.CALLER,
        logged.TAKEN,
        pickup.CONTEXT,
        pickup.PARKED,
        pickup.RECOUNT,
        transfer.BACK,
        transfer.CONTEXT,
        transfer.REACHED,
    }
)
MUSIC_CLASSES = frozenset({"default"})

HOLD_TONE = "/var/lib/asterisk/sounds/pbx-platform/hold"
"""What waiting callers hear where a tenant has no music of its own; the role makes it."""

_FROM_EDGE = dedent("""\
    [from-edge]
    exten => _[+*#0-9]!,1,Set(__PBX_EDGE=${CHANNEL(endpoint)})
    same => n,Set(__PBX_DIALLED=${FILTER(0-9+*#,${EXTEN})})
    same => n,Set(__PBX_TENANT=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Tenant)})})
    same => n,GotoIf($["${PBX_TENANT}" = ""]?refuse)
    same => n,Set(__PBX_TRUNK=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Trunk)})})
    same => n,GotoIf($["${PBX_TRUNK}" != ""]?trunk)
    same => n,Set(PBX_CALLER=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-User)})})
    same => n,Set(__PBX_DEVICE=${FILTER(a-z0-9\\x2d,${PJSIP_HEADER(read,X-PBX-Device)})})
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.identity,${PBX_CALLER},1)} = 0]?refuse)
    same => n,Set(TRANSFER_CONTEXT=pbx.transfer)
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.desks,${PBX_CALLER},1)} = 0]?line)
    same => n,Set(__PBX_DESK=${PBX_CALLER})
    same => n,Gosub(pbx.desk,who,1(${PBX_TENANT},${PBX_DESK}))
    same => n,GotoIf($["${GOSUB_RETVAL}" = "${PBX_DESK}"]?line)
    same => n,MSet(PBX_CALLER=${GOSUB_RETVAL},__PBX_DEVICE=${PBX_DESK})
    same => n(line),Gosub(pbx.line,enter,1(${PBX_TENANT}.${PBX_CALLER}))
    same => n,Gosub(${PBX_TENANT}.identity,${PBX_CALLER},1)
    same => n,GosubIf($["${PBX_DESK}" != ""]?${PBX_TENANT}.desks,${PBX_DESK},1)
    same => n,Set(PBX_OWN=${PBX_CALLER} ${PBX_DEVICE})
    same => n,CELGenUserEvent(made,${PBX_TENANT} ${PBX_OWN} ${PBX_DIALLED})
    same => n,Gosub(pbx.logged,caller,1)
    same => n,CELGenUserEvent(comes,${PBX_TENANT} ${PBX_FROM_WHOM})
    same => n,Gosub(pbx.recorded,s,1(${PBX_TENANT},${PBX_CALLER},out))
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.outgoing,${PBX_DIALLED},1)} = 0]?unknown)
    same => n,Goto(${PBX_TENANT}.outgoing,${PBX_DIALLED},1)
    same => n(trunk),Set(TRANSFER_CONTEXT=pbx.nowhere)
    same => n,Set(PBX_KNOWN=${PBX_TENANT}.contacts,${FILTER(0-9+,${CALLERID(num)})},1)
    same => n,GotoIf($["${CALLERID(pres):0:6}" = "prohib"]?hers)
    same => n,GosubIf(${DIALPLAN_EXISTS(${PBX_KNOWN})}?${PBX_KNOWN})
    same => n(hers),Set(PBX_HERS=${PBX_TENANT}.mobiles,${FILTER(0-9+,${CALLERID(num)})},1)
    same => n,GosubIf(${DIALPLAN_EXISTS(${PBX_HERS})}?${PBX_HERS}(caller))
    same => n,Gosub(pbx.logged,caller,1)
    same => n,CELGenUserEvent(comes,${PBX_TENANT} ${PBX_FROM_WHOM})
    same => n,GotoIf($[${DIALPLAN_EXISTS(${PBX_TENANT}.numbers,${PBX_DIALLED},1)} = 0]?unknown)
    same => n,GosubIf(${DIALPLAN_EXISTS(${PBX_TENANT}.limits,in,1)}?${PBX_TENANT}.limits,in,1)
    same => n,Goto(${PBX_TENANT}.numbers,${PBX_DIALLED},1)
    same => n(unknown),Hangup(1)
    same => n(refuse),Hangup(21)
    """)

_TO_EDGE = dedent("""\
    [pbx.to-edge]
    exten => user,1,GotoIf($["${CHANNEL(channeltype)}" != "PJSIP"]?own)
    same => n,Set(PJSIP_HEADER(add,X-PBX-Tenant)=${ARG1})
    same => n,Set(PJSIP_HEADER(add,X-PBX-Call)=${CHANNEL(linkedid)})
    same => n,GotoIf($["${CONNECTEDLINE(num-pres):0:6}" = "prohib" | "${PBX_TITLED}" != ""]?named)
    same => n,Set(PBX_HERS=${ARG1}.${PBX_RUNG}/${FILTER(0-9+,${CONNECTEDLINE(num)})})
    same => n,Set(PBX_HERS=${REALTIME_FIELD(names,id,${PBX_HERS},name)})
    same => n,GotoIf($[${LEN(${PBX_HERS})} = 0]?named)
    same => n,Set(CONNECTEDLINE(name,i)=${PBX_HERS})
    same => n(named),ExecIf(${DIALPLAN_EXISTS(${PBX_CALLED},1)}?Set(CONNECTEDLINE(name,i)=))
    same => n,MSet(TRANSFER_CONTEXT=pbx.transfer,PICKUPMARK=${ARG1}.${PBX_RUNG})
    same => n,Gosub(pbx.line,enter,1(${ARG1}.${PBX_RUNG},rings))
    same => n,GosubIf(${DIALPLAN_EXISTS(${ARG1}.identity,${PBX_RUNG},1)}?${ARG1}.identity,${PBX_RUNG},1)
    same => n,Gosub(pbx.recorded,s,1(${ARG1},${PBX_RUNG},in))
    same => n(own),Return()
    exten => public,1,GosubIf($["${ARG2}" = "trunk" & "${PBX_NEEDED}" != ""]?${ARG1}.limits,leg,1)
    same => n,MSet(TRANSFER_CONTEXT=pbx.nowhere,__PBX_TRUNK=${ARG2},__PBX_USER=)
    same => n,GotoIf($["${PBX_ALONG}" != ""]?along)
    same => n,GosubIf(${DIALPLAN_EXISTS(${ARG1}.mobiles,${ARG3},1)}?${ARG1}.mobiles,${ARG3},1(callee))
    same => n(along),Set(PJSIP_HEADER(add,X-PBX-Tenant)=${ARG1})
    same => n,Set(PJSIP_HEADER(add,X-PBX-Route)=${ARG2})
    same => n,ExecIf($["${PBX_DIVERTED}" != ""]?Set(PJSIP_HEADER(add,X-PBX-Diverted)=${PBX_DIVERTED}))
    same => n,ExecIf($["${PBX_DIVERTED}" != ""]?Set(PJSIP_HEADER(add,X-PBX-Why)=${PBX_WHY}))
    same => n,Set(PJSIP_HEADER(add,X-PBX-Call)=${CHANNEL(linkedid)})
    same => n,Return()
    """)

_DIVERTED = dedent("""\
    [pbx.diverted]
    exten => s,1,Set(_PBX_DIVERTED=${IF($["${PBX_TRUNK}" != ""]?${PBX_DIALLED}:)})
    same => n,Set(_PBX_WHY=${IF($["${PBX_CLOSED}" = "yes"]?time-of-day:unconditional)})
    same => n,ExecIf($["${DIALSTATUS}${QUEUESTATUS}" != ""]?Set(_PBX_WHY=unavailable))
    same => n,ExecIf($["${DIALSTATUS}" = "NOANSWER" | "${QUEUESTATUS}" = "TIMEOUT"]?Set(_PBX_WHY=no-answer))
    same => n,ExecIf($["${DIALSTATUS}" = "BUSY" | "${QUEUESTATUS}" = "FULL"]?Set(_PBX_WHY=user-busy))
    same => n,Return()
    """)
"""A call that came from outside is sent on to the public network: the number it was for, and why (RFC 5806's words)."""

_LINE = dedent("""\
    [pbx.line]
    exten => enter,1,Set(CHANNEL(hangup_handler_push)=pbx.line,leave,1(${ARG1}))
    same => n,Set(GROUP(line)=${ARG1})
    same => n,ExecIf($["${ARG2}" = "rings"]?Set(GROUP(rings)=${ARG1}))
    same => n,Gosub(count,1(${ARG1}))
    same => n,Return()
    exten => s,1,Goto(taken,1)
    exten => taken,1,GotoIf($["${GROUP(rings)}" = ""]?done)
    same => n,Set(GROUP(rings)=idle)
    same => n,Gosub(count,1(${GROUP(line)}))
    same => n(done),Return()
    exten => leave,1,Set(LOCAL(line)=${GROUP(line)})
    same => n,Set(GROUP(line)=idle)
    same => n,Set(GROUP(rings)=idle)
    same => n,Gosub(count,1(${ARG1}))
    same => n,GosubIf(${REGEX("^(|idle|${ARG1})$" ${line})}?:count,1(${line}))
    same => n,ExecIf($["${ATTENDEDTRANSFER}" != ""]?Originate(Local/${ARG1}@pbx.recount/n,app,NoOp,,,5,a))
    same => n,Return()
    exten => count,1,Set(LOCAL(ringing)=${GROUP_COUNT(${ARG1}@rings)})
    same => n,Set(LOCAL(calls)=${GROUP_COUNT(${ARG1}@line)})
    same => n,Set(LOCAL(state)=${IF($[${calls} > 0]?RINGING:NOT_INUSE)})
    same => n,ExecIf($[${calls} > ${ringing}]?Set(LOCAL(state)=INUSE))
    same => n,Set(DEVICE_STATE(Custom:${STRREPLACE(ARG1,-,_)})=${state})
    same => n,GotoIf($["${GROUP_COUNT(${ARG1}@rings)} ${GROUP_COUNT(${ARG1}@line)}" != "${ringing} ${calls}"]?count,1)
    same => n,Return()
    exten => rings,1,Set(LOCAL(slug)=${CUT(ARG1,.,1)})
    same => n,Set(LOCAL(user)=${CUT(ARG1,.,2)})
    same => n,Set(_PBX_CALLED=${slug}.number-alone,${user})
    same => n,Set(_PBX_RUNG=${user})
    same => n,Set(PBX_RINGS=)
    same => n,Set(PBX_ALSO=)
    same => n,Set(PBX_ENGAGED=)
    same => n,GosubIf(${DIALPLAN_EXISTS(${slug}.engaged,${user},1)}?${slug}.engaged,${user},1)
    same => n,GotoIf($["${PBX_ENGAGED}" != "yes" | ${GROUP_COUNT(${ARG1}@line)} = 0]?free)
    same => n,Set(PBX_RINGS=mobile)
    same => n,Set(PBX_ALSO=ENGAGED_LINE)
    same => n,Goto(known)
    same => n(free),GotoIf($[${DIALPLAN_EXISTS(${slug}.mobile,${user},1)} = 0]?known)
    same => n,Set(PBX_RINGS=${DB(pbx/${slug}/rings-${user})})
    same => n,GotoIf($["${PBX_RINGS}" = "fixed"]?known)
    same => n,Set(PBX_ALSO=${IF($["${PBX_RINGS}" = "mobile"]?:&)}Local/${user}@${slug}.mobile/n)
    same => n(known),GosubIf(${DIALPLAN_EXISTS(${slug}.guests,${user},1)}?pbx.desk,rings,1(${slug},${user}))
    same => n,GosubIf(${DIALPLAN_EXISTS(${slug}.at-edge,${user},1)}?${slug}.at-edge,${user},1)
    same => n,Gosub(pbx.told,s,1(${slug},${user}))
    same => n,Gosub(pbx.logged,caller,1)
    same => n,CELGenUserEvent(rings,${slug} ${user} ${PBX_FROM_WHOM})
    same => n,Return()
    [pbx.engaged]
    exten => s,1,Busy(1)
    """).replace("ENGAGED_LINE", naming.ENGAGED_LINE)
"""A leg of a user's call begins or ends, and `rings`: a leg is about to ring her telephones. `s` is `taken`, where Dial
asks for no other extension.

Who takes another leg's place (masquerade) brings her hang-up handlers and her group along, and the other group is gone.
So a leg may end for two lines; and where calls are joined, one that ended just before is counted once more later.
"""

_TOLD = dedent("""\
    [pbx.told]
    exten => s,1,GotoIf($["${CHANNEL(channeltype)}" != "PJSIP"]?rung)
    same => n,GosubIf(${DIALPLAN_EXISTS(${ARG1}.tells,${ARG2},1)}?${ARG1}.tells,${ARG2},1)
    same => n(rung),Set(PBX_TOLD=)
    same => n,GotoIf($["${PBX_TELLS}" = ""]?done)
    same => n,Set(PBX_TOLD=A(${PBX_TELLS}))
    same => n(done),Return()
    """)
"""Callers of a recorded user are told before her telephones ring: what is played to a call that nobody took is lost.
Whom a recorded user calls hears PBX_TELLS at the answer. A leg of a queue or group is the member's: nobody is on it."""

_RECORDING = dedent("""\
    [pbx.recorded]
    exten => s,1,GosubIf(${DIALPLAN_EXISTS(${ARG1}.recorded,${ARG2},1)}?${ARG1}.recorded,${ARG2},1(${ARG3}))
    same => n,Return()
    [pbx.recording]
    exten => _[a-z]!,1,GotoIf(${DIALPLAN_EXISTS(${PBX_KEEPER}.recording,${EXTEN},1)}?${PBX_KEEPER}.recording,${EXTEN},1)
    same => n,Return()
    """)
"""A leg of a user's call begins, `in` or `out`. Later she presses a code of `KEYS`; PBX_KEEPER is her tenant then."""

KEYS = {"*1": "start", "*2": "pause", "*3": "stop"}
"""What users with the right press during a call. Not dialled, so no phone code of a tenant can meet them."""

FEATURES = (
    "[general]\nfeaturedigittimeout = 1500\n"
    + attendants.FEATURE_MAP
    + "[applicationmap]\n"
    + "".join(f'pbx-{what} = {keys},self/both,Gosub,"pbx.recording,{what},1"\n' for keys, what in KEYS.items())
    + attendants.MAP
)
"""features.conf. A channel knows those that its DYNAMIC_FEATURES names."""

_LIGHTS = dedent(f"""\
    [{naming.LIGHTS}]
    exten => _[a-z].,hint,{naming.light("${EXTEN}")}
    """)
"""What telephones watch: of a pattern Asterisk makes a hint for each light that is really watched, and no other.

One line, however many tenants: a reload walks all hints for each that it takes away or adds. What may be watched is
known to the edge; here every name would do.
"""

DIALPLAN = "".join(
    (_FROM_EDGE, _TO_EDGE, _DIVERTED, _LINE, _TOLD, _RECORDING, _LIGHTS, agents.DIALPLAN, transfer.DIALPLAN,
     pickup.DIALPLAN, attendants.DIALPLAN, logged.DIALPLAN, desks.DIALPLAN)
)  # fmt: skip
