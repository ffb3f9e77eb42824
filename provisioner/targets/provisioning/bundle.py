"""The files of a tenant's telephones: `<account>/<file>`, and `index.json`, which says where each account's files go.

The secret part of an address is a token in the index, never a path. Passwords are tokens in the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.findings import Finding

from . import generic, grandstream, linphone, poly, snom, yealink
from .models import Maker
from .objects import Telephone

PRODUCT = "provisioning"
INDEX = "index.json"

Files = Callable[[Telephone], Iterator[tuple[str, tuple[str, ...]]]]

_WRITERS: Mapping[Maker, tuple[Files, Callable[[Telephone], str]]] = {
    Maker.SNOM: (snom.files, snom.link),
    Maker.YEALINK: (yealink.files, yealink.link),
    Maker.GRANDSTREAM: (grandstream.files, grandstream.link),
    Maker.POLY: (poly.files, poly.link),
    Maker.LINPHONE: (linphone.files, linphone.link),
    Maker.GENERIC: (generic.files, generic.link),
}
"""Maker → its files by name, and which of them the link names; none where the telephone finds its file by itself."""


def render(slug: str, telephones: Iterable[Telephone]) -> Bundle:
    known = sorted(telephones, key=lambda each: each.account)
    index = json.dumps({each.account: secrets.token(each.link) for each in known}, sort_keys=True)
    files = [TextFile(INDEX, (Line(index),))]
    for each in known:
        for name, lines in _WRITERS[each.maker][0](each):
            files.append(TextFile(f"{each.account}/{name}", tuple(Line(line, each.source) for line in lines)))
    return Bundle(slug, PRODUCT, tuple(files))


def link(telephone: Telephone, edge: str, secret: str) -> str:
    """The address that the telephone is given; whoever has it has its password."""
    return f"https://{edge}/devices/{telephone.tenant}/{secret}/{_WRITERS[telephone.maker][1](telephone)}"


def check(_: Iterable[Telephone]) -> Iterator[Finding]:
    """Nothing to link: accounts are unique at the edge already."""
    return iter(())
