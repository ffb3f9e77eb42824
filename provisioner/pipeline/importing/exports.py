"""Exports of other systems as the two sheets that `people` reads: whose columns mean what, and what has no place here.

FusionPBX 5: "Export" of Extensions and of Destinations, whose columns are those of `v_extensions` and `v_destinations`
(fusionpbx/fusionpbx, app/extensions/extension_download.php, app/destinations/destination_download.php).
Wazo: `GET /users/export` of wazo-confd 1.1, CSV (wazo-platform/wazo-confd, plugins/user_import/csvparse.py).
IvozProvider 3 and 4: lists of its client API as JSON, `users/detailed`, `extensions` and `ddis`
(irontec/ivozprovider, web/rest/client/features/provider).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.core.errors import UsageError

from .company import international, places
from .sheet import Columns, Row, Sheet, text_of

FUSIONPBX_USERS: Columns = {
    "name": ("effective caller id name",),
    "first": ("directory first name",),
    "last": ("directory last name",),
    "extension": ("extension",),
    "ring": ("call timeout",),
    "enabled": ("enabled",),
    **{f"{way} {what}": (f"forward {key} {what}",) for way, key in (
        ("always", "all"), ("busy", "busy"), ("no_answer", "no answer"), ("unreachable", "user not registered")
    ) for what in ("destination", "enabled")},
}  # fmt: skip
FUSIONPBX_NUMBERS: Columns = {
    "number": ("destination number",),
    "prefix": ("destination prefix",),
    "type": ("destination type",),
    "app": ("destination app",),
    "data": ("destination data",),
    "actions": ("destination actions",),
    "enabled": ("destination enabled",),
    "title": ("destination description",),
}
WAZO: Columns = {
    "uuid": ("uuid",),
    "first": ("firstname",),
    "last": ("lastname",),
    "extension": ("exten",),
    "email": ("email",),
    "mobile": ("mobile phone number",),
    "incalls": ("incall exten",),
    "ring": ("ring seconds",),
    "language": ("language",),
    "enabled": ("enabled",),
    "voicemail": ("voicemail number",),
}
KINDS = {"ddis": "ddi", "users": "lastname", "extensions": "number"}
"""Lists of IvozProvider → the key that tells an entry of it from the others, in this order."""
SECRET = ("password", "secret", "passwd")
WITHOUT_MEANING = ("uuid", "context", "provisioning code", "accountcode", "line protocol", "username", "entity id")
"""Columns, or how they end, that only that system itself needs."""
OFF = ("", "0", "false", "no", "none", "null")


def fusionpbx(extensions: Sheet, destinations: Sheet | None, country: str) -> tuple[Sheet, Sheet, list[str]]:
    """Users and numbers of FusionPBX, and what of them has no place in a tenant file."""
    left = [*_columns(extensions), *(_columns(destinations) if destinations else ())]
    users = []
    for each in _on(extensions, left):
        cells = {"name": _name(each), "extension": each.get("extension"), "ring": each.get("ring")}
        users.append(Row(each.place, {**cells, **_forwards(each, left, country)}))
    numbers = []
    for each in _on(destinations, left) if destinations else ():
        if each.get("type").lower() not in ("", "inbound"):
            left.append(f"{each.place}: the {each.get('type')} destination {each.get('number')}")
            continue
        written = each.get("prefix") and f"+{each.get('prefix')}{each.get('number')}"
        cells = {"number": written or each.get("number"), "title": each.get("title")}
        numbers.append(Row(each.place, {**cells, "destination": _transfer(each)}))
    return Sheet(tuple(users), ()), Sheet(tuple(numbers), ()), left


def wazo(users: Sheet) -> tuple[Sheet, Sheet, list[str]]:
    """Users and their direct numbers of Wazo."""
    left = _columns(users)
    people, numbers = [], []
    for each in _on(users, left):
        cells = {key: each.get(key) for key in ("extension", "email", "mobile", "ring")}
        cells |= {"name": _name(each), "language": each.get("language")[:2]}
        cells["voicemail"] = "yes" if each.get("voicemail") else "no"
        people.append(Row(each.place, cells))
        for number in filter(None, each.get("incalls").split(";")):
            numbers.append(Row(each.place, {"number": number, "destination": each.get("extension")}))
    return Sheet(tuple(people), ()), Sheet(tuple(numbers), ()), left


def ivozprovider(files: Mapping[str, bytes]) -> tuple[Sheet, Sheet, list[str]]:
    """Users and numbers of IvozProvider: file → a JSON list of the client API."""
    left: list[str] = []
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {"users": [], "extensions": [], "ddis": []}
    for file, content in files.items():
        for place, each in items(content, file):
            kind = next((kind for kind, key in KINDS.items() if key in each), "")
            if kind:
                found[kind].append((place, each))
            else:
                left.append(f"{place}: neither a user, an extension nor a DDI")
    extensions = {_id(each.get("user")): str(each["number"]) for _, each in found["extensions"] if each.get("user")}
    users = Sheet(tuple(_ivoz_user(place, each, extensions) for place, each in found["users"]), ())
    by_user = {
        _id(each.get("id")): row.get("extension") for (_, each), row in zip(found["users"], users.rows, strict=True)
    }
    for place, each in found["extensions"]:
        if each.get("routeType") != "user":
            left.append(f"{place}: extension {each['number']} leads to {each.get('routeType') or 'nothing'}")
    numbers = Sheet(tuple(_ivoz_number(place, each, by_user, left) for place, each in found["ddis"]), ())
    return users, numbers, left


def _name(row: Row) -> str:
    return " ".join(filter(None, (row.get("first"), row.get("last")))) or row.get("name")


def _on(sheet: Sheet, left: list[str]) -> Iterator[Row]:
    """The rows that are switched on. Where others say `1`, a database has written nothing for no."""
    nothing = "0" if any(each.get("enabled") == "1" for each in sheet.rows) else "1"
    for each in sheet.rows:
        if each.cells.get("enabled", nothing).lower() in OFF:
            what = each.get("extension") or each.get("number")
            left.append(f"{each.place}: {what} is switched off there, so it was left out")
        else:
            yield each


def _forwards(row: Row, left: list[str], country: str) -> dict[str, str]:
    made = {}
    for way in ("always", "busy", "no_answer", "unreachable"):
        to = row.get(f"{way} destination")
        if to and row.get(f"{way} enabled").lower() not in OFF:
            if re.fullmatch(r"[0-9]{2,6}", to) or international(to, country):
                made[way] = to
            else:
                left.append(f"{row.place}: forwarding to {to!r}, which is neither an extension nor a public number")
    return made


def _transfer(row: Row) -> str:
    """The extension that a destination transfers to: `transfer` with `101 XML acme.example`."""
    app, data = row.get("app"), row.get("data")
    if actions := row.get("actions"):
        found = re.search(r'"destination_app"\s*:\s*"(\w+)"\s*,\s*"destination_data"\s*:\s*"([^"]*)"', actions)
        app, data = found.groups() if found else ("", actions)
    if app == "transfer" and (extension := re.match(r"([0-9]{2,6}) XML ", data)):
        return extension[1]
    return f"{app} {data}".strip()


def _columns(sheet: Sheet) -> list[str]:
    """Columns of other meaning that hold something, with their lines; of secrets only that they are there."""
    made = []
    for heading, found in sheet.others:
        plain = heading.lower().replace("_", " ").strip()
        if any(word in plain for word in SECRET):
            made.append(f"{places(found)}: {heading} is a secret; telephones get new ones")
        elif not plain.endswith(WITHOUT_MEANING):
            made.append(f"{places(found)}: {heading} is not carried over")
    return made


def items(content: bytes, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON list, each with the line on which it begins; the list may stand below `items`."""
    text, decode = text_of(content, file), json.JSONDecoder().raw_decode
    at = text.find("[") + 1
    if not at or not re.fullmatch(r'\s*(\{\s*("total"\s*:\s*\d+\s*,\s*)?"items"\s*:\s*)?', text[: at - 1]):
        raise UsageError(f"{file} is no JSON list", "save what the API gives for one of its lists")
    try:
        while (at := _skip(text, at)) < len(text) and text[at] != "]":
            each, end = decode(text, at)
            if isinstance(each, dict):
                yield f"{file}:{text.count(chr(10), 0, at) + 1}", each
            at = end
    except (ValueError, RecursionError):
        place = f"{file}:{text.count(chr(10), 0, at) + 1}"
        raise UsageError(f"{place}: no JSON", "save what the API gives, without changing it") from None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _id(found: object) -> str:
    """The id of what is meant, whether it stands there as an object or as an id; empty where nothing does."""
    return str(found.get("id", "")) if isinstance(found, dict) else "" if found is None else str(found)


def _ivoz_user(place: str, user: Mapping[str, Any], extensions: Mapping[str, str]) -> Row:
    own, terminal = user.get("extension"), user.get("terminal")
    number = str(own.get("number", "")) if isinstance(own, dict) else extensions.get(_id(user.get("id")), "")
    cells = {"name": f"{user.get('name') or ''} {user['lastname'] or ''}".strip(), "extension": number}
    cells |= {
        "email": str(user.get("email") or ""),
        "mac": str((terminal.get("mac") if isinstance(terminal, dict) else "") or ""),
    }
    return Row(place, cells)


def _ivoz_number(place: str, ddi: Mapping[str, Any], extension: Mapping[str, str], left: list[str]) -> Row:
    country = ddi.get("country")
    code = country.get("countryCode", "") if isinstance(country, dict) else ""
    number = str(ddi.get("ddie164") or f"{code}{ddi['ddi']}")
    target = extension.get(_id(ddi.get("user")), "") if ddi.get("routeType") == "user" else ""
    if not target:
        left.append(f"{place}: {number} leads to {ddi.get('routeType') or 'nothing'}")
    return Row(place, {"number": number, "destination": target, "title": str(ddi.get("displayName") or "")})
