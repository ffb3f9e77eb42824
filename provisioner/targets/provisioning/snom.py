"""Snom's settings file (XML). The telephone asks for the whole address that it was given, so the file has one name.

Source: Snom's service hub, settings of firmware 10.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Telephone
from .xml import HEAD, element

FILE = "snom.xml"
_LANGUAGES = {
    "sv": "Svenska",
    "en": "English",
    "de": "Deutsch",
    "fr": "Francais",
    "da": "Dansk",
    "nb": "Norsk",
    "fi": "Suomi",
}


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield (
        FILE,
        (HEAD, "<settings>", "<phone-settings>", *_settings(phone), "</phone-settings>", *_keys(phone), "</settings>"),
    )


def _settings(phone: Telephone) -> Iterator[str]:
    language = _LANGUAGES.get(phone.language[:2], _LANGUAGES["en"])
    user = {
        "user_active": "on",
        "user_realname": phone.name,
        "user_idle_text": f"{phone.extension} {phone.name}",
        "user_name": phone.account,
        "user_pname": phone.account,
        "user_pass": phone.secret,
        "user_host": phone.domain,
        "user_outbound": f"sip:{EDGE}:{SIP_PORT};transport=tls",
        "user_expiry": EXPIRES,
        "user_srtp": "on",
        "user_savp": "mandatory",
        "user_auth_tag": "off",
        "codec_priority_list": "g722,pcma,pcmu,telephone-event",
    }
    yield from (element(name, value, idx=1, perm="R") for name, value in user.items())
    yield element("language", language, perm="RW")
    yield element("web_language", language, perm="RW")
    yield element("setting_server", f"{phone.address}/{FILE}", perm="R")
    if phone.book:
        yield from (element(f"ldap_{name}", value, perm="R") for name, value in _book(phone).items())


def _book(phone: Telephone) -> dict[str, object]:
    """`%` stands for what is typed. Calls bear their names: the filters of the firmware for callers stay empty."""
    return {
        "server": EDGE,
        "port": books.PORT,
        "over_tls": "on",
        "base": books.base(phone.tenant),
        "username": books.login(phone.tenant, phone.account),
        "password": phone.secret,
        "max_hits": 50,
        "search_filter": "(|(cn=%)(sn=%)(o=%))",
        "number_filter": "(telephoneNumber=%)",
        "name_attributes": "cn o",
        "number_attributes": "telephoneNumber",
        "display_name": "%cn",
        "sort_results": "on",
    }


def _keys(phone: Telephone) -> Iterator[str]:
    if phone.keys:
        yield "<functionKeys>"
        for index, key in enumerate(phone.keys):
            yield element(
                "fkey", f"blf sip:{key.user_part}@{phone.domain}", idx=index, context=1, label=key.label, perm="R"
            )
        yield "</functionKeys>"
