"""The rows of one tenant as JSON text: the bundle's file `rows.json`, the same bytes for the same objects.

Tables and rows are sorted by key, so a difference of two files is a difference of two tenants. Each row stands on a
line of its own and remembers its source. In place of a password stands the token of its handle (`secret`); `with_ha1`
puts the digest there on the way to the database, and that text is never stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile

from .objects import Domain, Light, Number, Object, Subscriber, Tenant

PRODUCT = "kamailio"
FORMAT_VERSION = 2
FILE = "rows.json"
TABLES = ("tenants", "domains", "numbers", "subscriber", "lights")
RELOADS = ("htable.reload tenants", "htable.reload domains", "htable.reload numbers")
"""What makes an edge read the tables again that it holds in memory, in the order in which the role does it."""

_Row = dict[str, str]


class Clash(ValueError):
    """Two objects of one tenant claim the same row."""


def render(slug: str, objects: Iterable[Object]) -> Bundle:
    """The tenant's bundle for the edge: one file. Raises `Clash` where two objects differ but have one key."""
    return Bundle(slug, PRODUCT, (write(slug, objects),))


def write(slug: str, objects: Iterable[Object]) -> TextFile:
    tables: dict[str, dict[tuple[str, ...], Object]] = {table: {} for table in TABLES}
    for each in objects:
        table, key = key_of(each)
        known = tables[table].setdefault(key, each)
        if known is not each and row_of(known) != row_of(each):
            raise Clash(f"{table} {'@'.join(key)} is defined twice, from {known.source} and {each.source}")

    lines = [Line("{"), Line(f'"format": {FORMAT_VERSION},'), Line(f'"tenant": {json.dumps(slug)},')]
    if former := [name for each in tables["tenants"].values() if isinstance(each, Tenant) for name in each.formerly]:
        lines.append(Line(f'"formerly": {json.dumps(former)},', ("moved",)))
    lines.append(Line('"tables": {'))
    for table in TABLES:
        rows = sorted(tables[table].items(), key=itemgetter(0))
        lines.append(Line(f"{json.dumps(table)}: ["))
        for index, (_, each) in enumerate(rows, start=1):
            lines.append(Line(_text(row_of(each)) + ("," if index < len(rows) else ""), each.source))
        lines.append(Line("]" + ("," if table != TABLES[-1] else "")))
    lines += [Line("}"), Line("}")]
    return TextFile(FILE, tuple(lines))


def with_ha1(text: str, password: Callable[[str], str]) -> str:
    """The same rows with HA1 in place of each password's token; `password` resolves a handle.

    What comes back opens the tenant's telephones: keep it in memory or in a file of mode 0600.
    """
    document: dict[str, Any] = json.loads(text)
    for row in document["tables"]["subscriber"]:
        (handle,) = secrets.handles(row.pop("secret"))
        row["ha1"] = secrets.ha1(row["username"], row["domain"], password(handle))
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


_text = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each row


def key_of(each: Object) -> tuple[str, tuple[str, ...]]:
    """Table and key of an object."""
    match each:
        case Tenant():
            return "tenants", (each.slug,)
        case Domain():
            return "domains", (each.name,)
        case Number():
            return "numbers", (each.number,)
        case Subscriber():
            return "subscriber", (each.username, each.domain)
        case Light():
            return "lights", (each.dialled,)


def row_of(each: Object) -> _Row:
    """The columns of an object by name, sorted. The column `tenant` is the writer's business, not the row's."""
    match each:
        case Tenant():
            return {"core": each.core, "main_number": each.main_number, "slug": each.slug}
        case Domain():
            return {"domain": each.name}
        case Number():
            return {"number": each.number}
        case Subscriber():
            return {
                "device": each.device,
                "domain": each.domain,
                "extension": each.extension,
                "pbx_user": each.user,
                "secret": secrets.token(each.secret),
                "username": each.username,
            }
        case Light():
            return {"dialled": each.dialled, "light": each.light}
