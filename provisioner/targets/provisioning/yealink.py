"""Yealink's configuration file, `<mac>.cfg`. Source: Yealink's description of configuration parameters, firmware V86.

A value cannot hold a line break; everything else is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Account, Telephone

BLF, TLS, SRTP_ALONE, LDAPS = 16, 2, 2, 2
_LANGUAGES = {
    "sv": "Swedish",
    "en": "English",
    "de": "German",
    "fr": "French",
    "da": "Danish",
    "nb": "Norwegian",
    "fi": "Finnish",
}


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{phone.mac}.cfg", ("#!version:1.0.0.1", *(one_line(*each) for each in _settings(phone)))


def one_line(name: str, value: object) -> str:
    return f"{name} = {' '.join(str(value).split())}"


def _settings(phone: Telephone) -> Iterator[tuple[str, object]]:
    yield "lang.gui", _LANGUAGES.get(phone.language[:2], "English")
    yield "static.auto_provision.server.url", f"{phone.address}/"
    yield from ((f"account.1.{name}", value) for name, value in account(phone).items())
    if phone.book:
        yield from ((f"ldap.{name}", value) for name, value in book(phone.tenant, phone).items())
    for number, key in enumerate(phone.keys, start=2):  # the first is the line itself
        of_key = {"type": BLF, "line": 1, "value": key.dials, "label": key.label}
        yield from ((f"linekey.{number}.{name}", value) for name, value in of_key.items())


def account(who: Account) -> dict[str, object]:
    """Below `account.N.`."""
    return {
        "enable": 1,
        "label": who.extension,
        "display_name": who.name,
        "user_name": who.account,
        "auth_name": who.account,
        "password": who.secret,
        "sip_server.1.address": who.domain,
        "sip_server.1.port": SIP_PORT,
        "sip_server.1.transport_type": TLS,
        "sip_server.1.expires": EXPIRES,
        "outbound_proxy_enable": 1,
        "outbound_proxy.1.address": EDGE,
        "outbound_proxy.1.port": SIP_PORT,
        "srtp_encryption": SRTP_ALONE,
        "codec.g722.enable": 1,
        "codec.pcma.enable": 1,
        "codec.pcmu.enable": 1,
        "codec.g729.enable": 0,
    }


def book(tenant: str, who: Account) -> dict[str, object]:
    """Below `ldap.`. `%` stands for what is typed. Who calls is not looked up: calls bear their names."""
    return {
        "enable": 1,
        "host": EDGE,
        "port": books.PORT,
        "tls_mode": LDAPS,
        "version": 3,
        "base": books.base(tenant),
        "user": books.login(tenant, who.account),
        "password": who.secret,
        "max_hits": 50,
        "name_filter": "(|(cn=%)(sn=%)(o=%))",
        "number_filter": "(telephoneNumber=%)",
        "name_attr": "cn",
        "numb_attr": "telephoneNumber",
        "display_name": "%cn",
        "call_in_lookup": 0,
        "ldap_sort": 1,
    }
