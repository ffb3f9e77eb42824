"""`pbx destroy`: takes tenants away whole, and with all of them the record of their platform.

What users have is exported first; after it nothing of a tenant stays on a machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .apply import exit_code
from .deployment import (
    EnvironmentOption,
    ReasonOption,
    TargetOption,
    WaitOption,
    opened,
    outcome_document,
    show,
)
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.pipeline.leaving import Left
    from provisioner.wiring import Deployment


def destroy(
    tenants: Annotated[
        list[str] | None, typer.Argument(metavar="TENANT", help="The tenants; all where none is named.")
    ] = None,
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FOLDER",
            envvar="PBX_EXPORT",
            help="Where messages, recordings, contact books, chat and logs of calls go first.",
            show_default=".pbx/exports",
        ),
    ] = None,
    no_export: Annotated[bool, typer.Option("--no-export", help="Export nothing: what users have is lost.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    reason: ReasonOption = "",
    wait: WaitOption = 0,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Take tenants away whole, after what their users have was exported; machines stay as they are.

    Messages, greetings, recordings (opened with the tenant's key), chat, users' contact
    books, logs of calls and recorded prompts are copied into a folder that only you can read. Then
    nothing of the tenant stays on any machine but in the system's own journal.

        pbx destroy kiosken --export /srv/exports --reason "contract ended"
    """
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import leaving
    from provisioner.pipeline.auditing import Permit

    if export and no_export:
        raise UsageError("--export and --no-export", "take one of them")
    with opened(folder, env, f"destroy {env}") as deployment:
        notes = leaving.Notes(deployment.hidden / "leaving" / f"{env}.json")
        names = _stacks(deployment, env, [*(tenants or ()), *(target or ())], notes.read())
        if not names:
            print("nothing to do")
            return 0
        site = deployment.site  # told apart from a lab that is down before anything is asked
        where = None if no_export else export or deployment.hidden / "exports"
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("destroy has to be confirmed, and nobody can be asked here", "add --yes")
        print(f"{site.environment}: {', '.join(names)}", file=sys.stderr)
        kept = f"What users have is exported to {where}." if where else "What users have is LOST: nothing is exported."
        typer.confirm(f"Take all of this away? {kept}", abort=True, err=True)
    with opened(folder, env, f"destroy {env}", wait) as deployment:
        left = leaving.leave(
            names,
            deployment.provider,
            env,
            deployment.tools,
            deployment.belongings(),
            notes,
            Permit(reason=reason),
            where,
        )
    _show(left, form)
    return exit_code(left.applied.outcomes)


def _stacks(deployment: Deployment, env: str, wanted: list[str], waiting: dict[str, str]) -> list[str]:
    """The stacks of those named, or all, the platform last; what a run that was cut off left may be named again."""
    from provisioner.core.deployment import platform_stack, tenant_stack
    from provisioner.core.errors import UsageError

    there = [each for each in deployment.tools.engine.stacks() if each.startswith(f"{env}.")]
    there += [stack for slug in waiting if (stack := tenant_stack(env, slug)) not in there]
    named = list(dict.fromkeys(tenant_stack(env, each) for each in wanted))
    for each in named:
        if each not in there:
            raise UsageError(f"{each} is not there", f"there are: {', '.join(there) or 'no stacks'}")
    return named or sorted(there, key=lambda each: each == platform_stack(env))


def _show(left: Left, form: Format) -> None:
    if form is Format.JSON:
        print(json.dumps({**outcome_document(left.applied), **_document(left)}, ensure_ascii=False, indent=2))
        if left.applied.unrecorded:
            raise left.applied.unrecorded
        return
    for each in left.exported:
        counts = ", ".join(f"{count} {kind}" for kind, count in each.counts.items() if count) or "nothing was there"
        screen.current().note(f"{each.tenant}: {counts} exported to {each.folder}")
    for slug, hosts in left.forgotten.items():
        screen.current().note(f"{slug}: what its users left is gone from {', '.join(hosts) or 'everywhere'}")
    show(left.applied, form)


def _document(left: Left) -> dict[str, Any]:
    exported = [
        {"tenant": each.tenant, "folder": str(each.folder), "counts": dict(each.counts)} for each in left.exported
    ]
    return {"exported": exported, "forgotten": {slug: list(hosts) for slug, hosts in left.forgotten.items()}}
