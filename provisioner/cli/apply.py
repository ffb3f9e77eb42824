"""`pbx apply`: makes the environment as the folder says, or exactly as a stored plan says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .deployment import EnvironmentOption, ReasonOption, TargetOption, opened, plan_text, show
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.deployment import Outcome


def apply(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Carry out this plan of `pbx plan --out`, or nothing.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    reason: ReasonOption = "",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Make the environment as the folder says."""
    from provisioner.pipeline import deploy
    from provisioner.pipeline.auditing import Permit

    expected = _digest(plan) if plan else ""
    with opened(folder, env, f"apply {env}") as deployment:
        prepared = deploy.prepare(
            folder, deployment.provider, lambda: deployment.site, deployment.tools, frozenset(target or ())
        )
        shown = None if yes or expected or not sys.stdin.isatty() else deploy.plan(prepared, deployment.tools)
    if shown is not None:
        if not shown.changes:
            print("nothing to do")
            return 0
        screen.current().changes(plan_text(shown), sys.stderr)
        typer.confirm("Carry this out?", abort=True, err=True)
        expected = shown.digest
    with opened(folder, env, f"apply {env}") as deployment:
        permit = Permit(reason=reason)
        applied = deploy.apply(prepared, deployment.tools, deployment.progress, expected, permit)
    show(applied, form)
    return exit_code(applied.outcomes)


def exit_code(outcomes: tuple[Outcome, ...]) -> int:
    """0 where all is as wanted, 5 where some of it is, else the code of the first error."""
    from provisioner.core.errors import PartlyApplied

    errors = [each.error for each in outcomes if each.error]
    if not errors:
        return 0
    some = any(each.done or (each.error is None and not each.skipped) for each in outcomes)
    return PartlyApplied.exit_code if some else errors[0].exit_code


def _digest(plan: Path) -> str:
    from provisioner.core.errors import UsageError

    try:
        return str(json.loads(plan.read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{plan} is no plan: {error}", "write one with `pbx plan --out FILE`") from None
