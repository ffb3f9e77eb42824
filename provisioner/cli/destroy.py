"""`pbx destroy`: takes tenants away from an environment, and with all of them the record of its platform."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .apply import exit_code
from .deployment import EnvironmentOption, TargetOption, opened, outcome_document, outcome_text
from .options import FolderOption, Format, FormatOption


def destroy(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Take tenants away from an environment; machines stay as they are."""
    from provisioner.core.deployment import platform_stack, tenant_stack
    from provisioner.core.errors import UsageError

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
    with opened(folder, env, f"destroy {env}") as deployment:
        outcomes = deployment.tools.engine.destroy(names)
    text = json.dumps(outcome_document(outcomes), ensure_ascii=False, indent=2)
    sys.stdout.write((text if form is Format.JSON else "\n".join(outcome_text(outcomes))) + "\n")
    return exit_code(outcomes)
