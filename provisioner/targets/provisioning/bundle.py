"""The files of a tenant's telephones: `<account>/<file>`, and `index.json`, which says where each account's files go.

The secret part of an address is a token in the index, never a path. Passwords are tokens in the files. A DECT base has
one file with the accounts of all its handsets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.findings import Finding

from . import generic, grandstream, linphone, poly, snom, snom_base, yealink, yealink_base
from .models import Maker
from .objects import Base, Handset, Telephone

PRODUCT = "provisioning"
INDEX = "index.json"

Files = Iterator[tuple[str, tuple[str, ...]]]

_WRITERS: Mapping[Maker, tuple[Callable[[Telephone], Files], str]] = {
    Maker.SNOM: (snom.files, snom.FILE),
    Maker.YEALINK: (yealink.files, ""),
    Maker.GRANDSTREAM: (grandstream.files, ""),
    Maker.POLY: (poly.files, ""),
    Maker.LINPHONE: (linphone.files, linphone.FILE),
    Maker.GENERIC: (generic.files, generic.FILE),
}
"""Maker → its files by name, and which of them the link names; none where the telephone finds its file by itself."""

_BASES: Mapping[Maker, Callable[[Base, Sequence[Handset]], Files]] = {
    Maker.SNOM: snom_base.files,
    Maker.YEALINK: yealink_base.files,
    Maker.GENERIC: generic.base_files,
}


def render(slug: str, objects: Iterable[Telephone | Base | Handset]) -> Bundle:
    known = list(objects)
    asking = sorted((each for each in known if not isinstance(each, Handset)), key=lambda each: each.account)
    handsets: dict[str, list[Handset]] = {}
    for each in sorted((each for each in known if isinstance(each, Handset)), key=lambda each: each.number):
        handsets.setdefault(each.base, []).append(each)
    index = json.dumps({each.account: secrets.token(each.link) for each in asking}, sort_keys=True)
    files = [TextFile(INDEX, (Line(index),))]
    for one in asking:
        written = (
            _BASES[one.maker](one, handsets.get(one.name, ())) if isinstance(one, Base) else _WRITERS[one.maker][0](one)
        )
        for name, lines in written:
            files.append(TextFile(f"{one.account}/{name}", tuple(Line(line, one.source) for line in lines)))
    return Bundle(slug, PRODUCT, tuple(files))


def link(asking: Telephone | Base, edge: str, secret: str) -> str:
    """The address that the telephone or base is given; whoever has it has its passwords."""
    return f"https://{edge}/devices/{asking.tenant}/{secret}/{_WRITERS[asking.maker][1]}"


def check(_: Iterable[Telephone | Base | Handset]) -> Iterator[Finding]:
    """Nothing to link: accounts are unique at the edge already, and bases of handsets are linked by name."""
    return iter(())
