"""Linphone's remote provisioning (XML). Source: liblinphone's lpconfig schema; its own client is a test of ours."""

from __future__ import annotations

from collections.abc import Iterator

from .objects import EDGE, EXPIRES, SIP_PORT, Telephone
from .xml import HEAD, element

FILE = "linphone.xml"


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    lines = [HEAD, '<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">']
    for name, entries in _sections(phone).items():
        lines += [f'<section name="{name}">']
        lines += [element("entry", value, name=key, overwrite="true") for key, value in entries.items()]
        lines += ["</section>"]
    yield FILE, (*lines, "</config>")


def _sections(phone: Telephone) -> dict[str, dict[str, object]]:
    edge = f"sip:{EDGE}:{SIP_PORT};transport=tls"
    return {
        "sip": {"default_proxy": 0, "media_encryption": "srtp", "media_encryption_mandatory": 1},
        "proxy_0": {
            "reg_identity": f'"{_quoted(phone.name)}" <sip:{phone.account}@{phone.domain}>',
            "reg_proxy": f"<{edge}>",
            "reg_route": f"<{edge};lr>",
            "reg_expires": EXPIRES,
            "reg_sendregister": 1,
            "publish": 0,
        },
        "auth_info_0": {
            "username": phone.account,
            "passwd": phone.secret,
            "realm": phone.domain,
            "domain": phone.domain,
            "algorithm": "MD5",
        },
        "net": {"mtu": 1300},
    }


def _quoted(name: str) -> str:
    """The inside of a SIP display name in quotes (RFC 3261, quoted-string)."""
    return name.replace("\\", "\\\\").replace('"', '\\"')
