"""The bundle of one tenant's chat: `host.yml`, its virtual host for ejabberd, and `chat.json`, what shall be in there.

`host.yml` is read by the daemon with those of all other tenants, so it names nothing but the tenant's own domain and
database. `chat.json` is for the module `chat_host`, which compares it with what the daemon answers; one object a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.findings import Finding
from provisioner.core.json_lines import listed
from provisioner.core.secrets import defuse

from .objects import Account, ChatObject, Group, Host, Room

PRODUCT = "chat"
HOST = "host.yml"
WANTED = "chat.json"
SPOOL = "/var/lib/pbx-chat"
"""Where the daemon keeps the tenants' databases; a role of its own makes it."""


def render(slug: str, objects: Iterable[ChatObject]) -> Bundle:
    known = tuple(objects)
    (host,) = (each for each in known if isinstance(each, Host))
    return Bundle(slug, PRODUCT, (_host(slug, host), _wanted(host, known)))


def _host(slug: str, host: Host) -> TextFile:
    lines = (
        "hosts:",
        f'  - "{host.domain}"',
        "host_config:",
        f'  "{host.domain}":',
        f'    sql_database: "{SPOOL}/{slug}.sqlite3"',
    )
    return TextFile(HOST, tuple(Line(each, host.source) for each in lines))


def _wanted(host: Host, known: Sequence[ChatObject]) -> TextFile:
    accounts = [each for each in known if isinstance(each, Account)]
    groups = [each for each in known if isinstance(each, Group)]
    rooms = [each for each in known if isinstance(each, Room)]
    page = json.dumps({"name": defuse(host.name), "language": host.language}, ensure_ascii=False)
    lines = [
        Line(f'{{"domain": {json.dumps(host.domain)}, "grace": {host.grace}, "page": {page},', host.source),
        *([Line(f'"formerly": {json.dumps(host.formerly)},', ("moved",))] if host.formerly else []),
        *listed("accounts", ((_account(each), each.source) for each in accounts)),
        # A group can only be seen once it is there: the order is the room's.
        *listed("groups", ((_group(each), each.source) for each in groups)),
        *listed("rooms", ((_room(each), each.source) for each in rooms), last=True),
    ]
    return TextFile(WANTED, (*lines, Line("}")))


def _account(each: Account) -> dict[str, Any]:
    facts: dict[str, Any] = {"user": each.user, "name": defuse(each.name), "password": secrets.token(each.password)}
    more = {"until": each.until, "storage": each.storage}
    return facts | {key: value for key, value in more.items() if value}


def _group(each: Group) -> dict[str, Any]:
    return {"id": each.id, "title": defuse(each.title), "members": sorted(each.members), "sees": list(each.sees)}


def _room(each: Room) -> dict[str, Any]:
    options = {
        "title": defuse(each.title),
        "persistent": "true",
        "members_only": "true",
        # Encryption between the members needs to know who they are (XEP-0384 5.8.1), and colleagues do anyhow.
        "anonymous": "false",
        "moderated": "false",
        "password_protected": "false",
        "allow_user_invites": "false",
        # Members see it in the list of rooms nevertheless.
        "public": "false",
        "public_list": "false",
        "max_users": "1000",
        "mam": "true",
    }
    return {"id": each.id, "options": options, "affiliations": {user: str(what) for user, what in each.affiliations}}


def check(_: Iterable[ChatObject]) -> Iterator[Finding]:
    """Nothing to link: names are unique in the tenant's file, and references are linked there."""
    return iter(())
