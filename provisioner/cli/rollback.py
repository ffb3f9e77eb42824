"""`pbx rollback`: a tenant's file as it was, planned, and with consent written back and applied."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .apply import AllowOption, exit_code, permitted
from .deployment import (
    FORMAT_VERSION,
    EnvironmentOption,
    ReasonOption,
    WaitOption,
    opened,
    outcome_document,
    plan_document,
    plan_text,
    show,
)
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.pipeline.auditing import Permit
    from provisioner.pipeline.deploy import Applied, Plan
    from provisioner.pipeline.prepared import Prepared
    from provisioner.pipeline.rollback import Goal


def rollback(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="REVISION|DATE", help="A revision of Git, or a day or moment (UTC): what was applied then."
        ),
    ],
    carry_out: Annotated[
        bool, typer.Option("--apply", help="Apply it at once too; else it is committed and applied as any change.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    allow: AllowOption = None,
    reason: ReasonOption = "",
    wait: WaitOption = 0,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Plan a tenant's file as it was, and write it back.

    \b
    pbx history solglantan
    pbx rollback solglantan --to 2026-11-20
    pbx rollback solglantan --to 4f3c2a1 --apply --reason "callers heard the wrong menu"
    """
    from provisioner.pipeline import brakes, deploy
    from provisioner.pipeline import rollback as back

    said = permitted(allow or (), reason)
    with opened(folder, env, f"rollback {tenant}") as deployment:
        goal = back.find(tenant, to, deployment.tools.commits, deployment.audit)
        with back.staged(folder, goal) as root:
            prepared = deploy.prepare(
                root, deployment.provider, lambda: deployment.site, deployment.tools, frozenset([tenant])
            )
        made = deploy.plan(prepared, deployment.tools)
    if form is Format.TEXT:
        print(goal.told)
        screen.current().changes(plan_text(made))
    if carry_out:
        brakes.hold(made.stops, said)
    if not _consent(yes, carry_out):
        return _told(form, goal, made, False, None)
    back.write(folder, goal)
    if not carry_out:
        return _told(form, goal, made, True, None)
    applied = _apply(folder, env, wait, prepared, made, _because(goal, said))
    _told(form, goal, made, True, applied)
    return exit_code(applied.outcomes)


def _consent(yes: bool, carry_out: bool) -> bool:
    """Whether the file may be written; where nobody can be asked nothing is written."""
    if yes or not sys.stdin.isatty():
        return yes
    typer.confirm(
        "Write the file back and carry this out?" if carry_out else "Write the file back?", abort=True, err=True
    )
    return True


def _because(goal: Goal, said: Permit) -> Permit:
    from dataclasses import replace

    told = f"rollback of {goal.slug} to {goal.commit.digest[:10]}"
    return replace(said, reason=f"{told}: {said.reason}" if said.reason else told)


def _apply(folder: Path, env: str, wait: int, prepared: Prepared, made: Plan, permit: Permit) -> Applied:
    from provisioner.pipeline import deploy

    with opened(folder, env, f"apply {env}", wait) as deployment:
        return deploy.apply(prepared, deployment.tools, deployment.progress, made.binding, permit)


def _told(form: Format, goal: Goal, made: Plan, written: bool, applied: Applied | None) -> int:
    if form is Format.JSON:
        print(json.dumps(_document(goal, made, written, applied), ensure_ascii=False, indent=2))
        if applied and applied.unrecorded:
            raise applied.unrecorded
    elif applied:
        show(applied, form)
    names = ", ".join(goal.files)
    if not written:
        screen.current().note(f"nothing was written: add --yes to write {names} back")
    else:
        then = "" if applied else ", then apply it as any change"
        screen.current().note(f"{names} is written back: commit it{then}")
    return 0


def _document(goal: Goal, made: Plan, written: bool, applied: Applied | None) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": goal.slug,
        "commit": goal.commit.digest,
        "files": list(goal.files),
        "written": written,
        "plan": plan_document(made),
        "applied": outcome_document(applied) if applied else None,
    }
