"""`pbx history`: who changed what of a tenant, and when, out of the record of applies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from . import screen
from .deployment import EnvironmentOption
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1
FEW = 8
"""Sentences that the table shows of one apply."""


def history(
    tenant: Annotated[str, typer.Argument(help="The tenant; everything, machines too, where none is named.")] = "",
    since: Annotated[datetime | None, typer.Option("--since", help="Only from this day or time on, in UTC.")] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List who changed what when, newest first."""
    from provisioner.core.audit import verify
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.pipeline import auditing
    from provisioner.wiring import Deployment

    content, head = Deployment(folder, env, lambda _: None).audit.read()
    found, known = auditing.history(content, tenant, since.replace(tzinfo=UTC) if since else None)
    if tenant and tenant not in known:
        near = nearest(tenant, known)
        hint = f"did you mean {near}?" if near else f"it tells of: {', '.join(sorted(known)) or 'no tenant'}"
        raise UsageError(f"the record of {env} tells nothing of a tenant {tenant!r}", hint)
    if verify(content, head).breaks:
        screen.current().note(f"the record of {env} is not as it was written: see `pbx audit verify --env {env}`", -1)
    if form is Format.JSON:
        document = {"format_version": FORMAT_VERSION, "environment": env, "records": found}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    _print(found, tenant)


def _print(found: list[Mapping[str, Any]], tenant: str) -> None:
    """A block for each, as `git log` has them: words of callers are too long for columns."""
    from rich.text import Text

    from provisioner.pipeline import auditing

    console = screen.current().console()
    for each in found:
        stack = "" if tenant else f"{each['stack']} "
        head = f"{each['at'][:19].replace('T', ' ')} UTC  {stack}{_outcome(each)}"
        console.print(Text(head, style="bold"), soft_wrap=True)
        for line in (auditing.who(each), *_what(each)):
            console.print(Text(f"  {line}"), soft_wrap=True)


def _what(each: Mapping[str, Any]) -> list[str]:
    """In the words of callers; where those do not change, as what was carried out."""
    lines = [*(each["changed"] or each["steps"] or ["nothing that callers notice"])]
    if len(lines) > FEW:
        lines = [*lines[:FEW], f"and {len(lines) - FEW} more"]
    said = [f"allowed {', '.join(each['allowed'])}"] if each["allowed"] else []
    if each.get("signed"):
        said.append(f"signed by {each['signed']}")
    if each["reason"]:
        said.append(f"because: {each['reason']}")
    return [*lines, *said, *([f"error: {each['error']}"] if each["error"] else [])]


def _outcome(each: Mapping[str, Any]) -> str:
    if each["result"] == "begun":
        return "cut off, or still going on"
    word = "taken away" if each["command"] == "destroy" and each["result"] == "applied" else each["result"]
    return f"{word} in {each['seconds']:.1f} s"
