"""`pbx apply`: makes the environment as the folder says, or exactly as a stored plan says."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.core.holdings import Holding

from . import screen
from .deployment import EnvironmentOption, ReasonOption, TargetOption, opened, plan_text, show
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.deployment import Outcome
    from provisioner.pipeline.auditing import Permit


def apply(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Carry out this plan of `pbx plan --out`, or nothing.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    # No twin in the environment: a brake that is off for good is none.
    allow: Annotated[
        list[Holding] | None,
        typer.Option("--allow", help="Take away more of these than one apply may; needs --reason, may be repeated."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Carry out also what was applied already: what was changed by hand is put back."),
    ] = False,
    reason: ReasonOption = "",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Make the environment as the folder says."""
    from provisioner.pipeline import brakes, deploy

    permit = _permit(allow or (), reason)
    expected = _digest(plan) if plan else ""
    with opened(folder, env, f"apply {env}") as deployment:
        prepared = deploy.prepare(
            folder, deployment.provider, lambda: deployment.site, deployment.tools, frozenset(target or ())
        )
        shown = None if yes or expected or not sys.stdin.isatty() else deploy.plan(prepared, deployment.tools)
    if shown is not None:
        if not shown.changes and not again:
            print("nothing to do")
            return 0
        screen.current().changes(plan_text(shown), sys.stderr)
        brakes.hold(shown.stops, permit)
        typer.confirm("Carry this out?", abort=True, err=True)
        expected = shown.digest
    with opened(folder, env, f"apply {env}") as deployment:
        applied = deploy.apply(prepared, deployment.tools, deployment.progress, expected, permit, again=again)
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


def _permit(allow: Sequence[Holding], reason: str) -> Permit:
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.auditing import Permit

    if allow and not reason.strip():
        raise UsageError("--allow without a reason", "add --reason TEXT: the record of applies keeps it")
    return Permit(frozenset(allow), reason)


def _digest(plan: Path) -> str:
    from provisioner.core.errors import UsageError

    try:
        return str(json.loads(plan.read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{plan} is no plan: {error}", "write one with `pbx plan --out FILE`") from None
