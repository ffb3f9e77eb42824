"""`pbx storage`: how much of their room for files in chat a tenant's users have used."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.feature import Scope
    from provisioner.core.ports.chat_storage import Stored

FORMAT_VERSION = 1


def storage(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show how much of their room for files in chat a tenant's users have used."""
    verification, specification = running(folder, env, tenant)
    scope = specification.scopes[tenant]
    told = facts(asyncio.run(verification.chat_storage().stored(tenant)), scope)
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, "storage": told}, ensure_ascii=False))
        return
    _table(told)


def facts(stored: tuple[Stored, ...], scope: Scope) -> list[dict[str, Any]]:
    """By user; whoever left the file and is not deleted yet stands under the account's name."""
    user_of = {account: user for user, account in scope.at_edge.items()}
    zone = ZoneInfo(scope.time_zone)
    told = [
        {
            "user": (user := user_of.get(each.account, each.account)),
            "left": user not in scope.chat_accounts,
            "files": each.files,
            "bytes": each.bytes,
            "quota": each.quota,
            "oldest": each.oldest.astimezone(zone).isoformat() if each.oldest else None,
        }
        for each in stored
    ]
    return sorted(told, key=lambda each: (-each["bytes"], each["user"]))


def _table(told: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("user", "files", "used", "of", "full", "oldest", box=None, pad_edge=False)
    for each in told:
        share = f"{each['bytes'] * 100 // each['quota']} %" if each["quota"] else ""
        user = f"{each['user']} (left)" if each["left"] else each["user"]
        used, most = size(each["bytes"]), size(each["quota"]) if each["quota"] else "no files"
        table.add_row(user, str(each["files"]), used, most, share, (each["oldest"] or "")[:10])
    table.add_row("", str(sum(each["files"] for each in told)), size(sum(each["bytes"] for each in told)), "", "", "")
    screen.current().console().print(table)


def size(count: int) -> str:
    """Bytes in words: `10 GB`, `1.5 MB`."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{count} B"
