"""Poly's files: `<mac>.cfg` names the one that holds the settings. Source: Poly's UC software administrator guide."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import books

from .objects import EDGE, EXPIRES, SIP_PORT, Telephone
from .xml import HEAD, empty

SETTINGS = "poly.cfg"
_LANGUAGES = {
    "sv": "Swedish_Sweden", "en": "English_United_Kingdom", "de": "German_Germany", "fr": "French_France",
    "da": "Danish_Denmark", "nb": "Norwegian_Norway",
}  # fmt: skip

_ATTRIBUTES = (
    ("sn", "last_name", 1),
    ("givenName", "first_name", 1),
    ("o", "other", 1),
    ("telephoneNumber", "phone_number", 1),
)


def files(phone: Telephone) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{phone.mac}.cfg", (HEAD, empty("APPLICATION", {"APP_FILE_PATH": "", "CONFIG_FILES": SETTINGS}))
    yield SETTINGS, (HEAD, "<polycomConfig>", *_settings(phone), "</polycomConfig>")


def _settings(phone: Telephone) -> Iterator[str]:
    language = _LANGUAGES.get(phone.language[:2], _LANGUAGES["en"])
    yield empty("lcl", {"lcl.ml.lang": language})
    yield empty("device", {"device.set": 1, "device.prov.serverName": phone.address, "device.prov.serverName.set": 1})
    registration = {
        "address": phone.account,
        "auth.userId": phone.account,
        "auth.password": phone.secret,
        "displayName": phone.name,
        "label": phone.extension,
        "server.1.address": phone.domain,
        "server.1.port": SIP_PORT,
        "server.1.transport": "TLS",
        "server.1.expires": EXPIRES,
        "outboundProxy.address": EDGE,
        "outboundProxy.port": SIP_PORT,
        "outboundProxy.transport": "TLS",
        "srtp.offer": 1,
        "srtp.require": 1,
    }
    yield empty("reg", {f"reg.1.{name}": value for name, value in registration.items()})
    if phone.book:
        yield empty("feature", {"feature.corporateDirectory.enabled": 1})
        yield empty("dir", {f"dir.corp.{name}": value for name, value in _book(phone).items()})
    watched: dict[str, object] = {}
    for number, key in enumerate(phone.keys, start=1):
        at = f"attendant.resourceList.{number}"
        watched |= {
            f"{at}.address": f"sip:{key.user_part}@{phone.domain}",
            f"{at}.label": key.label,
            f"{at}.type": "normal",
        }
    if watched:
        yield empty("attendant", watched)


def _book(phone: Telephone) -> dict[str, object]:
    """Where people are looked for, and which attributes are searched and shown, in order."""
    book: dict[str, object] = {
        "address": EDGE,
        "port": books.PORT,
        "transport": "TLS",
        "baseDN": books.base(phone.tenant),
        "scope": "sub",
        "filterPrefix": "(objectClass=inetOrgPerson)",
        "user": books.login(phone.tenant, phone.account),
        "password": phone.secret,
    }
    for number, (name, kind, searched) in enumerate(_ATTRIBUTES, start=1):
        at = f"attribute.{number}"
        book |= {f"{at}.name": name, f"{at}.type": kind, f"{at}.searchable": searched}
    return book
