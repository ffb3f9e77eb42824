"""The configuration of a core node: everything of Asterisk's that is not a tenant's.

Rendered from `CorePlatform` alone. The node listens on its private address only, knows the edges by theirs, loads the
modules of `modules` and has neither manager nor HTTP interface. Tenants' files come in by pattern from
`pbx/tenants/<slug>/`, so a tenant comes and goes without a change here. Not for anything that a tenant decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from provisioner.core.artifacts import Bundle, Line, TextFile

from . import naming, platform
from .modules import MODULES

PRODUCT = "asterisk-platform"
TENANTS = "pbx/tenants"
"""Where tenants' folders lie, below the configuration folder."""

NAMES = "/var/lib/asterisk/pbx-names.sqlite3"
"""Who callers are by users' own contact books; `pbx-names` fills it."""

MAILBOXES = "/var/lib/asterisk/pbx-mailboxes.sqlite3"
"""The table of mailboxes that the role fills from tenants' voicemail.conf: read at a call and never at the start."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that the core trusts; `name` becomes the SIP endpoint."""

    name: str
    address: str
    port: int = 5060


@dataclass(frozen=True, slots=True)
class CorePlatform:
    """What must be known of a core node. Addresses are of the private network."""

    name: str
    address: str
    edges: tuple[Edge, ...]
    port: int = 5060
    media_ports: tuple[int, int] = (10000, 20000)
    """Of speech; the last five hundred are for faxes by T.38."""
    language: str = "en"
    country: str = "SE"
    """ISO 3166 country whose tones callers hear."""
    call_events: bool = True
    """Whether the channel event log is written."""

    @property
    def fax_ports(self) -> tuple[int, int]:
        return self.media_ports[1] - 499, self.media_ports[1]

    @property
    def tone_zone(self) -> str:
        """Asterisk's name for the tones of the country."""
        return _TONE_ZONES.get(self.country, self.country.lower())


_TONE_ZONES = {"GB": "uk"}
"""Asterisk's own names for tone zones, where they are not the country's code."""


def render(node: CorePlatform) -> Bundle:
    """All files below the configuration folder of the node."""
    texts = {
        "asterisk.conf": _asterisk(node),
        "modules.conf": "[modules]\nautoload = no\n" + "".join(f"load = {each}.so\n" for each in MODULES),
        "logger.conf": _LOGGER,
        "pjsip.conf": _pjsip(node),
        "rtp.conf": f"[general]\nrtpstart = {node.media_ports[0]}\nrtpend = {node.fax_ports[0] - 1}\nicesupport = no\n",
        "cel.conf": _cel(node),
        "cel_custom.conf": _CEL_CUSTOM,
        "cdr.conf": "[general]\nenable = no\n",
        "manager.conf": "[general]\nenabled = no\nwebenabled = no\n",
        "http.conf": "[general]\nenabled = no\n",
        "aeap.conf": _SPEECH,
        "res_fax.conf": "[general]\nmaxrate = 14400\nminrate = 4800\nmodems = v17,v27,v29\necm = yes\n",
        "udptl.conf": f"[general]\nudptlstart = {node.fax_ports[0]}\nudptlend = {node.fax_ports[1]}\n",
        "features.conf": platform.FEATURES,
        "pjproject.conf": "[startup]\nlog_level = 2\n",
        "confbridge.conf": "[general]\n[default_user]\ntype = user\n[default_bridge]\ntype = bridge\n",
        "extensions.conf": _extensions(node),
        "queues.conf": _QUEUES + _include("queues.conf"),
        "voicemail.conf": _VOICEMAIL,
        "extconfig.conf": "[settings]\nvoicemail => sqlite3,pbx,voicemail\nps_aors => sqlite3,pbx,ps_aors\n"
        "names => sqlite3,names,names\n",
        "sorcery.conf": _SORCERY,
        # No batches: a PIN set by phone is on the disk when the caller hears that it was changed, and names are written
        # while others are read.
        "res_config_sqlite3.conf": f"[pbx]\ndbfile = {MAILBOXES}\nbatch = 0\n[names]\ndbfile = {NAMES}\nbatch = 0\n",
        "musiconhold.conf": _MUSIC + _include("musiconhold.conf"),
    }
    files = (TextFile(path, tuple(map(Line, text.splitlines()))) for path, text in texts.items())
    return Bundle("", PRODUCT, tuple(files))


SPEECH_ENGINE = "pbx-speech"
"""What SpeechCreate() is given: the recogniser of the role `speech`, on the loopback."""

_SPEECH = dedent(f"""\
    [{SPEECH_ENGINE}]
    type = client
    url = ws://127.0.0.1:9099
    codecs = !all,slin
    protocol = speech_to_text
    """)


def _include(path: str) -> str:
    # A pattern that matches nothing is an error to #include, and a new node has no tenants yet.
    return f"#tryinclude {TENANTS}/*/{path}\n"


def _asterisk(node: CorePlatform) -> str:
    return dedent(f"""\
        [options]
        systemname = {node.name}
        defaultlanguage = {node.language}
        live_dangerously = no
        execincludes = no
        hideconnect = yes
        transmit_silence = yes
        """)


_LOGGER = dedent("""\
    [general]
    dateformat = %F %T.%3q
    queue_log = yes
    [logfiles]
    messages.log => notice,warning,error
    """)


def _pjsip(node: CorePlatform) -> str:
    head = dedent(f"""\
        [global]
        type = global
        user_agent = pbx
        endpoint_identifier_order = ip
        [private]
        type = transport
        protocol = udp
        bind = {node.address}:{node.port}
        tos = cs3
        """)
    return head + "".join(_edge(node, each) for each in node.edges)


def _edge(node: CorePlatform, edge: Edge) -> str:
    """Who answered is not told: it would cost a re-INVITE for each call and name users to the public network."""
    return dedent(f"""\
        [{edge.name}]
        type = endpoint
        transport = private
        context = from-edge
        aors = {edge.name}
        outbound_proxy = sip:{edge.address}:{edge.port}\\;lr
        identify_by = ip
        disallow = all
        allow = alaw,ulaw,g722
        direct_media = no
        dtmf_mode = auto
        trust_id_inbound = yes
        trust_id_outbound = yes
        send_pai = yes
        send_connected_line = no
        send_diversion = yes
        allow_subscribe = yes
        subscribe_context = {naming.LIGHTS}
        language = {node.language}
        tone_zone = {node.tone_zone}
        tos_audio = ef
        t38_udptl = yes
        t38_udptl_ec = redundancy
        t38_udptl_maxdatagram = 400
        [{edge.name}]
        type = aor
        contact = sip:{edge.address}:{edge.port}
        [{edge.name}]
        type = identify
        endpoint = {edge.name}
        match = {edge.address}
        """)


def _cel(node: CorePlatform) -> str:
    events = "CHAN_START,ANSWER,BRIDGE_ENTER,BRIDGE_EXIT,USER_DEFINED,HANGUP,CHAN_END"
    return dedent(f"""\
        [general]
        enable = {"yes" if node.call_events else "no"}
        events = {events}
        """)


CALL_EVENTS: Mapping[str, str] = {
    "event": "eventenum",
    "time": "eventtime",
    "name": "userdeftype",
    "extra": "eventextra",
    "call": "CHANNEL(linkedid)",
    "leg": "CHANNEL(uniqueid)",
    "channel": "CHANNEL(channame)",
    "extension": "CHANNEL(exten)",
    "context": "CHANNEL(context)",
    "caller": "CALLERID(num)",
}
"""The columns of the channel event log, in order, and what fills them. A node of a tenant's file leaves a row with
event USER_DEFINED, name `node` and `{"extra": "ivr:main"}` in extra; time is seconds since 1970."""

CALL_EVENTS_FILE = "/var/log/asterisk/cel-custom/calls.csv"

# This form, with these functions alone, is read by every Asterisk and turned into the quick one by new ones.
_CEL_CUSTOM = f"[mappings]\ncalls.csv => {','.join(f'${{CSV_QUOTE(${{{each}}})}}' for each in CALL_EVENTS.values())}\n"


def _extensions(node: CorePlatform) -> str:
    head = dedent(f"""\
        [general]
        static = yes
        writeprotect = yes
        autofallthrough = yes
        clearglobalvars = yes
        [globals]
        PBX_EDGE = {node.edges[0].name}
        PBX_TONES = {node.tone_zone}
        """)
    return head + platform.DIALPLAN + _include("extensions.conf")


_QUEUES = dedent("""\
    [general]
    persistentmembers = yes
    autofill = yes
    shared_lastcall = yes
    log_membername_as_agent = yes
    """)

# Whose lamp shows which mailboxes is asked for by name, never read as a whole: a node has fifty thousand users.
_SORCERY = dedent("""\
    [res_pjsip]
    aor = config,pjsip.conf,criteria=type=aor
    aor = realtime,ps_aors,allow_unqualified_fetch=no
    """)

# A lamp is lit when it is asked about, also after a restart, and follows messages that were taken away by hand. A
# caller who says no more ends her message. How short one may be stands at each mailbox: Asterisk counts it without the
# silence, yet refuses a shortest message here that is not longer than the silence.
_VOICEMAIL = dedent("""\
    [general]
    pollmailboxes = yes
    pollfreq = 30
    format = wav
    passwordlocation = spooldir
    maxsecs = 300
    maxsilence = 10
    maxlogins = 3
    maxmsg = 200
    attach = yes
    """)

_MUSIC = dedent(f"""\
    [general]
    [default]
    mode = playlist
    entry = {platform.HOLD_TONE}
    """)
