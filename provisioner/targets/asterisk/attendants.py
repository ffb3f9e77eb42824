"""How an external attendant's leg is told from others, and what she may do by keys.

The room `external_attendants` lowers to these names, the platform's dialplan and `pipeline/attendance.py` know them.
"""

from __future__ import annotations

from textwrap import dedent

CALLED = "attendant"
"""The channel event on her leg before it rings: the number that was called, and the caller's."""

CONNECTED = "connected"
"""The channel event on her leg when she connects the caller: the extension."""

FEATURE = "pbx-connect"
"""What her leg's DYNAMIC_FEATURES names."""

KEYS = "*4"
"""What she presses during a call; then the extension, ended by a hash or by waiting."""

TENANT = "PBX_ATTENDED"
"""On her leg: the tenant that she answers for."""

CONNECT = "connect"
"""The tenant's context that asks her for the extension, and in which the caller goes on."""


def message(user: str, way: str) -> str:
    """The notice by which she sends a user a message, `mail` or `sms`."""
    return f"attendant.{way}.{user}"


CONTEXT = "pbx.connect"

DIALPLAN = dedent(f"""\
    [{CONTEXT}]
    exten => s,1,GotoIf(${{DIALPLAN_EXISTS(${{{TENANT}}}.{CONNECT},s,1)}}?${{{TENANT}}}.{CONNECT},s,1)
    same => n,Return()
    """)

MAP = f'{FEATURE} = {KEYS},self/both,Gosub,"{CONTEXT},s,1",default\n'
"""The line of features.conf. The caller hears music meanwhile."""
