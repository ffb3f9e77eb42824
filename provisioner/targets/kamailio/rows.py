"""The rows of one tenant as JSON text: the bundle's file `rows.json`, the same bytes for the same objects.

Tables and rows are sorted by key, so a difference of two files is a difference of two tenants. Each row stands on a
line of its own and remembers its source. In place of a password stands the token of its handle (`secret`); `with_ha1`
puts the digest there on the way to the database, and that text is never stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile

from .objects import Domain, Number, Object, Subscriber, Tenant

PRODUCT = "kamailio"
FORMAT_VERSION = 1
FILE = "rows.json"
TABLES = ("tenants", "domains", "numbers", "subscriber")

_Row = dict[str, str]


class Clash(ValueError):
    """Two objects of one tenant claim the same row."""


def render(slug: str, objects: Iterable[Object]) -> Bundle:
    """The tenant's bundle for the edge: one file. Raises `Clash` where two objects differ but have one key."""
    return Bundle(slug, PRODUCT, (write(slug, objects),))


def write(slug: str, objects: Iterable[Object]) -> TextFile:
    tables: dict[str, dict[tuple[str, ...], tuple[_Row, Object]]] = {table: {} for table in TABLES}
    for each in objects:
        table, key, row = row_of(each)
        known = tables[table].setdefault(key, (row, each))
        if known[0] != row:
            raise Clash(f"{table} {'@'.join(key)} is defined twice, from {known[1].source} and {each.source}")

    lines = [Line("{"), Line(f'"format": {FORMAT_VERSION},'), Line(f'"tenant": {json.dumps(slug)},')]
    lines.append(Line('"tables": {'))
    for table in TABLES:
        rows = sorted(tables[table].items())
        lines.append(Line(f"{json.dumps(table)}: ["))
        for index, (_, (row, each)) in enumerate(rows, start=1):
            lines.append(Line(_text(row) + ("," if index < len(rows) else ""), each.source))
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
        row["ha1"] = ha1(row["username"], row["domain"], password(handle))
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def ha1(username: str, realm: str, password: str) -> str:
    """The digest that authenticates without the password (RFC 2617 3.2.2.2; desk phones still know MD5 only)."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


_text = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode  # json.dumps would make an encoder for each row


def row_of(each: Object) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Table, key and columns of an object. The column `tenant` is the writer's business, not the row's."""
    match each:
        case Tenant():
            return "tenants", (each.slug,), {"slug": each.slug, "core": each.core, "main_number": each.main_number}
        case Domain():
            return "domains", (each.name,), {"domain": each.name}
        case Number():
            return "numbers", (each.number,), {"number": each.number}
        case Subscriber():
            columns = ("username", "domain", "pbx_user", "device", "extension", "secret")
            secret = secrets.token(each.secret)
            values = (each.username, each.domain, each.user, each.device, each.extension, secret)
            row = dict(zip(columns, values, strict=True))
            return "subscriber", (each.username, each.domain), row
