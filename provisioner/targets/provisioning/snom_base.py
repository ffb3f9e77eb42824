"""Snom's settings file (XML) of a DECT base of the M series: extension N belongs to handset N, for calls in and out.

Every handset that the base could have is named, so that one that is gone registers no longer. Signals by TLS and takes
no sound but SRTP. The base's LDAP book has settings of another form; its handsets show the names that calls bear.

Source: Snom's service hub, settings of the M300 and M400.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .objects import EDGE, EXPIRES, SIP_PORT, Base, Handset
from .snom import FILE
from .xml import HEAD, element

MOST_OF_A_NAME = 24
"""Letters that a handset's idle screen shows of its name."""


def files(base: Base, handsets: Sequence[Handset]) -> Iterator[tuple[str, tuple[str, ...]]]:
    known = {each.number: each for each in handsets}
    yield (
        FILE,
        (
            *(HEAD, "<settings>", "<global>"),
            *(element(name, value) for name, value in _of_base(base).items()),
            *("</global>", "<server>"),
            *(element(name, value, idx=1) for name, value in _server(handsets).items()),
            *("</server>", "<extension>"),
            *(line for number in range(1, base.takes + 1) for line in _extension(number, known.get(number))),
            *("</extension>", "</settings>"),
        ),
    )


def _of_base(base: Base) -> dict[str, object]:
    return {
        "setting_server": f"{base.address}/{FILE}",
        "phone_name": base.name,
        # Also what it sends to the tenant's domain goes to the edge.
        "sip_outbound_proxy_mode": "always",
    }


def _server(handsets: Sequence[Handset]) -> dict[str, object]:
    domain = handsets[0].domain if handsets else ""
    return {
        "srv_sip_server_alias": domain,
        "user_host": domain,
        "user_outbound": f"{EDGE}:{SIP_PORT}",
        "user_expiry": EXPIRES,
        "srv_sip_transport": "tls",
        "srv_sip_signal_tcp_port": "on",
        "user_srtp": "enabled",
        "srv_srtp_auth": "on",
        "user_auth_tag": "off",  # 80 bits, as the edge offers first
        "user_dtmf_info": "off",  # keys as RFC 4733 says
        "codec_priority_list": "g722, pcma, pcmu",
        "codec_size": 20,
    }


def _extension(number: int, handset: Handset | None) -> Iterator[str]:
    said: dict[str, object] = {"user_active": "off"}
    if handset:
        said = {
            "user_active": "on",
            "user_name": handset.account,
            "user_pname": handset.account,
            "user_pass": handset.secret,
            "user_realname": handset.name[:MOST_OF_A_NAME],
            "subscr_sip_line_name": handset.extension,
            "subscr_sip_ua_data_server_id": 1,
        }
    yield from (element(name, value, idx=number) for name, value in {**said, "subscr_sip_hs_idx": number}.items())
