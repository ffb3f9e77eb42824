"""`pbx destroy`: takes tenants away from an environment, and with all of them the record of its platform."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .apply import exit_code
from .deployment import EnvironmentOption, ReasonOption, TargetOption, WaitOption, opened, show
from .options import FolderOption, Format, FormatOption


def destroy(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    reason: ReasonOption = "",
    wait: WaitOption = 0,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Take tenants away from an environment; machines stay as they are."""
    from provisioner.core.deployment import platform_stack, tenant_stack
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import deploy
    from provisioner.pipeline.auditing import Permit

    with opened(folder, env, f"destroy {env}") as deployment:
        there = [each for each in deployment.tools.engine.stacks() if each.startswith(f"{env}.")]
        wanted = [tenant_stack(env, each) for each in target or ()]
        for each in wanted:
            if each not in there:
                raise UsageError(f"{each} is not there", f"there are: {', '.join(there) or 'no stacks'}")
        names = wanted or sorted(there, key=lambda each: each == platform_stack(env))
        if not names:
            print("nothing to do")
            return 0
        site = deployment.site  # told apart from a lab that is down before anything is asked
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("destroy has to be confirmed, and nobody can be asked here", "add --yes")
        print(f"{site.environment}: {', '.join(names)}", file=sys.stderr)
        typer.confirm("Take all of this away? Users' messages and greetings stay on the node.", abort=True, err=True)
    with opened(folder, env, f"destroy {env}", wait) as deployment:
        applied = deploy.destroy(names, deployment.provider, env, deployment.tools, Permit(reason=reason))
    show(applied, form)
    return exit_code(applied.outcomes)
