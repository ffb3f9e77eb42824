"""Grandstream's XML file, `cfg<mac>.xml`. Source: the maker's configuration templates; P-values serve all its lines."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Telephone
from .xml import HEAD, element

_TLS, _SRTP_FORCED, _BLF, _LDAPS = 2, 2, 11, 1
_PCMA, _PCMU, _G722 = 8, 0, 9
_LANGUAGES = {"sv": "sv", "de": "de", "fr": "fr", "da": "da", "nb": "nb", "fi": "fi"}


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    values = (element(f"P{number}", value) for number, value in sorted(_values(phone).items()))
    head = (HEAD, '<gs_provision version="1">', element("mac", phone.mac), '<config version="1">')
    yield f"cfg{phone.mac}.xml", (*head, *values, "</config>", "</gs_provision>")


def _values(phone: Telephone) -> dict[int, object]:
    values: dict[int, object] = {
        271: 1,  # the account is active
        270: phone.extension,
        47: phone.domain,
        48: f"{EDGE}:{SIP_PORT}",
        35: phone.account,
        36: phone.account,
        34: phone.secret,
        3: phone.name,
        130: _TLS,
        183: _SRTP_FORCED,
        32: EXPIRES // 60,
        57: _G722,
        58: _PCMA,
        59: _PCMU,
        191: 0,  # codes such as *72 are the platform's, and not the telephone's own
        1362: _LANGUAGES.get(phone.language[:2], "en"),
        237: f"{phone.address}/".removeprefix("https://"),
        212: 2,  # asks by HTTPS
    }
    if phone.book:
        values |= _book(phone)
    for index, key in enumerate(phone.keys, start=1):  # the first is the line itself
        values |= {1363 + 2 * index: _BLF, 1364 + 2 * index: 0}
        values |= {1465 + 2 * index: key.label, 1466 + 2 * index: key.dials}
    return values


def _book(phone: Telephone) -> dict[int, object]:
    """`%` stands for what is typed. Who calls is not looked up: calls bear their names."""
    return {
        8037: _LDAPS,
        8020: EDGE,
        8021: books.PORT,
        8022: books.base(phone.tenant),
        8023: books.login(phone.tenant, phone.account),
        8024: phone.secret,
        8025: "(telephoneNumber=%)",
        8026: "(|(cn=%)(sn=%)(o=%))",
        8028: "cn o",
        8029: "telephoneNumber",
        8030: "cn",
        8031: 50,
        8034: 0,  # neither for calls that she makes
        8035: 0,  # nor for those that come
    }
