"""How an external attendant's leg is told from others, and what she may do by keys.

The room `external_attendants` lowers to these names, the platform's dialplan and `pipeline/attendance.py` know them.
"""

from __future__ import annotations

from textwrap import dedent

CALLED = "attendant"
"""The channel event on her leg before it rings: the number that was called, and the caller's."""

CONNECTED = "connected"
"""The channel event on her leg when she connects the caller: the extension."""

FEATURES = "pbx-connect#pbx-announce"
"""What her leg's DYNAMIC_FEATURES names."""

KEYS = "*4"
"""What she presses during a call to connect the caller; then the extension, ended by a hash or by waiting."""

ANNOUNCES = "*5"
"""The same, and she speaks to whoever answers there first, while the caller hears music. She connects by hanging up."""

BACK = "*0"
"""What she presses to leave whom she asked, answered or not, and be with the caller again."""

TENANT = "PBX_ATTENDED"
"""On her leg: the tenant that she answers for."""

CONNECT = "connect"
"""The tenant's context that asks her for the extension, and in which the caller goes on."""


def message(user: str, way: str) -> str:
    """The notice by which she sends a user a message, `mail` or `sms`."""
    return f"attendant.{way}.{user}"


ASKS = "asks"
"""In that context: asks, and announces the caller."""

CONTEXT = "pbx.connect"

DIALPLAN = dedent(f"""\
    [{CONTEXT}]
    exten => _[as]!,1,Set(PBX_KEYED=${{{TENANT}}}.{CONNECT},${{EXTEN}},1)
    same => n,GotoIf(${{DIALPLAN_EXISTS(${{PBX_KEYED}})}}?${{PBX_KEYED}})
    same => n,Return()
    """)

MAP = "".join(
    f'{feature} = {keys},self/both,Gosub,"{CONTEXT},{extension},1",default\n'
    for feature, keys, extension in zip(FEATURES.split("#"), (KEYS, ANNOUNCES), ("s", ASKS), strict=True)
)
"""Lines of features.conf. The caller hears music meanwhile."""

FEATURE_MAP = f"[featuremap]\ndisconnect => {BACK}\n"
"""Of features.conf; known to the call that her leg makes alone (option H of Dial)."""
