"""`pbx plan`: what `pbx apply` would do, without touching any machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from . import screen
from .deployment import EnvironmentOption, TargetOption, opened, plan_document, plan_text
from .options import FolderOption, Format, FormatOption


def plan(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    out: Annotated[Path | None, typer.Option(help="Also write the plan to this file, for `pbx apply --plan`.")] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", envvar="PBX_DETAILED_EXITCODE", help="End with 2 for changes.")
    ] = False,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Say what apply would change; no machine is touched."""
    from provisioner.pipeline import deploy

    with opened(folder, env, f"plan {env}") as deployment:
        prepared = deploy.prepare(
            folder, deployment.provider, lambda: deployment.site, deployment.tools, frozenset(target or ())
        )
        made = deploy.plan(prepared, deployment.tools)
    document = json.dumps(plan_document(made), ensure_ascii=False, indent=2)
    if out:
        out.write_text(document + "\n", encoding="utf-8")
    if form is Format.JSON:
        print(document)
    else:
        screen.current().changes(plan_text(made))
    return 2 if detailed_exitcode and made.changes else 0
