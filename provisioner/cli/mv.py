"""`pbx mv`: a thing of a tenant gets another name, and what users live with comes along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.refs import Ref
    from provisioner.pipeline.moving import Moving

FORMAT_VERSION = 1
TENANT = "tenant"
"""The kind of the tenant itself."""


def mv(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    thing: Annotated[str, typer.Argument(metavar="KIND:NAME", help="What gets another name: user:anna, or tenant.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name, anna-b or user:anna-b.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change and write nothing.")] = False,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Rename something in the tenant's files, with all that refers to it, or the tenant itself.

    The next apply carries mailbox, greetings, recordings, bookings, log-ins and settings over, because the move stands
    in the file (`moved`); telephones of a user go on logging in as before (`account`). Comments and all other lines
    stay.
    """
    from provisioner.pipeline import moving, moving_tenant

    old = _ref(f"{TENANT}:{tenant}" if thing == TENANT else thing)
    new = _ref(name if ":" in name else f"{old.kind}:{name}")
    if old.kind == TENANT:
        beside = moving_tenant.elsewhere(folder, tenant)
        found = moving_tenant.move(folder, tenant, _own(tenant, old, new))
    else:
        beside, found = [], moving.move(folder, tenant, old, new)
    if not dry_run:
        moving.write(folder, found)
    if form is Format.JSON:
        print(json.dumps(_document(found, written=not dry_run), ensure_ascii=False, indent=2))
    else:
        print(found.patch, end="")
    screen.current().note(_told(found, written=not dry_run))
    if beside:
        screen.current().note(f"{tenant} is also named in {', '.join(beside)}: look whether it is meant there")
    return 0


def _own(tenant: str, old: Ref, new: Ref) -> str:
    """The new name of the tenant; it alone is named as a tenant in its file."""
    from provisioner.core.errors import UsageError

    if old.name != tenant:
        raise UsageError(f"{old} is not {tenant}", f"`pbx mv {old.name} tenant {new.name}` renames that one")
    if new.kind != TENANT:
        raise UsageError(f"{new} is no tenant", f"name a tenant: {TENANT}:{new.name}")
    return new.name


def _ref(text: str) -> Ref:
    from provisioner.core.errors import UsageError
    from provisioner.core.refs import Ref

    kind, colon, name = text.partition(":")
    if not colon or not name:
        raise UsageError(f"{text!r} names nothing", "write kind and name, as in user:anna or queue:sales")
    return Ref(kind, name)


def _told(found: Moving, *, written: bool) -> str:
    from provisioner.pipeline.moved import KEPT, OTHERWISE

    if found.old.kind == TENANT:
        said = "mailboxes, recordings, settings, logins and registrations are kept"
    else:
        said = KEPT[found.old.kind] if found.noted else OTHERWISE.get(found.old.kind, "")
    kept = f"; {said}" if said else ""
    then = "then plan and apply it as any change" if written else "nothing was written"
    return f"{found.old} → {found.new}{kept}; {'commit it, ' if written else ''}{then}"


def _document(found: Moving, *, written: bool) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": found.slug,
        "from": str(found.old),
        "to": str(found.new),
        "noted": found.noted,
        "written": written,
        "files": [name for name, text in found.after.items() if found.before.get(name) != text],
        "patch": found.patch,
    }
