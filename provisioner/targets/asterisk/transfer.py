"""Calls that a user's telephone sends on by REFER: the platform's dialplan for them.

Asterisk looks the new destination up in TRANSFER_CONTEXT of the leg that sends the call on. Legs of users have
`CONTEXT` there and all others `NOWHERE`, so nobody outside can send anybody anywhere. The edge asks the telephone for
its password and says in Referred-By who it is: `<sip:anna.desk@klinik>`.

What goes on is the other leg. It keeps who it is (caller ID, language, PBX_USER) and gets what the user who sends it on
may do: her call permission, her site for calls for help, the number that her calls show outside. `<slug>.transfer` says
what can be reached. Where that is nothing, or she may not call it, the call comes back to her. A leg that Asterisk made
itself, for a group say, knows no country whose ringing the caller would hear, so it is told. What a caller says of
herself is never put into a list of assignments (MSet): a comma in it would begin the next one.
"""

from __future__ import annotations

from textwrap import dedent

from . import desks

CONTEXT = "pbx.transfer"
NOWHERE = "pbx.nowhere"
"""Never defined: Asterisk refuses what is to go on there (404), and the call stays as it is."""

EVENT = "transfer"
"""The channel event that tells, before a call goes on, the telephone that sent it: `anna-desk`."""

SENDER = "PBX_SENDER"
"""Of a call that is sent on: the user who did it."""

REACHED = "pbx.reached"
"""Answers for a moment. Asterisk tells a telephone that its transfer succeeded when the call enters a bridge, which one
that goes to a mailbox or a slot never does; until then some telephones hold on to it. What cannot go on comes back as a
call of its own, so it is told at once."""

BACK = "pbx.sent-back"
"""Where a call that cannot go on as its sender wanted goes: to her."""

DIALPLAN = dedent(f"""\
    [{CONTEXT}]
    exten => _[+*#0-9]!,1,Set(PBX_BY=${{FILTER(a-z0-9\\x2d.@,${{CUT(SIPREFERREDBYHDR,:,2)}})}})
    same => n,Set(PBX_OF=${{CUT(PBX_BY,@,2)}})
    same => n,Set(PBX_BY=${{CUT(PBX_BY,@,1)}})
    same => n,Set({SENDER}=${{CUT(PBX_BY,.,1)}})
    same => n,GotoIf($["${{PBX_OF}}" = "" | ("${{PBX_TENANT}}" != "" & "${{PBX_TENANT}}" != "${{PBX_OF}}")]?refuse)
    same => n,GotoIf($[${{DIALPLAN_EXISTS(${{PBX_OF}}.identity,${{{SENDER}}},1)}} = 0]?refuse)
    same => n,Set(PBX_SEAT=${{{SENDER}}})
    same => n,Gosub({desks.CONTEXT},who,1(${{PBX_OF}},${{PBX_SEAT}}))
    same => n,Set({SENDER}=${{GOSUB_RETVAL}})
    same => n,CELGenUserEvent({EVENT},${{PBX_SEAT}}-${{CUT(PBX_BY,.,2)}})
    same => n,MSet(__PBX_TENANT=${{PBX_OF}},__PBX_DEVICE=${{CUT(PBX_BY,.,2)}},__PBX_TELLS=)
    same => n,MSet(PBX_SELF=${{PBX_USER}},PBX_SPOKE=${{CHANNEL(language)}})
    same => n,Set(PBX_NUMBERED=${{CALLERID(num-valid)}})
    same => n,Set(PBX_NUMBER=${{CALLERID(num)}})
    same => n,Set(PBX_NAME=${{CALLERID(name)}})
    same => n,Gosub(${{PBX_OF}}.identity,${{{SENDER}}},1)
    same => n,Set(PBX_SEAT=${{PBX_OF}}.{desks.DESKS},${{PBX_SEAT}},1)
    same => n,GosubIf(${{DIALPLAN_EXISTS(${{PBX_SEAT}})}}?${{PBX_SEAT}})
    same => n,MSet(__PBX_USER=${{PBX_SELF}},CHANNEL(language)=${{PBX_SPOKE}},CHANNEL(tonezone)=${{PBX_TONES}})
    same => n,Set(CALLERID(num)=${{PBX_NUMBER}})
    same => n,Set(CALLERID(num-valid)=${{PBX_NUMBERED}})
    same => n,Set(CALLERID(name)=${{PBX_NAME}})
    same => n,Dial(Local/s@{REACHED}/n,2,g)
    same => n,MSet(DIALSTATUS=,QUEUESTATUS=,PBX_CLOSED=)
    same => n,Set(PBX_TO=${{FILTER(0-9+*#,${{EXTEN}})}})
    same => n,GotoIf($[${{DIALPLAN_EXISTS(${{PBX_OF}}.transfer,${{PBX_TO}},1)}} = 0]?{BACK},s,1)
    same => n,Goto(${{PBX_OF}}.transfer,${{PBX_TO}},1)
    same => n(refuse),Hangup(21)
    [{REACHED}]
    exten => s,1,Answer()
    same => n,Wait(0.2)
    same => n,Hangup()
    [{BACK}]
    exten => s,1,Goto(${{PBX_TENANT}}.user,${{{SENDER}}},1)
    """)
