"""`pbx plan`: what `pbx apply` would do, without touching any machine."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import plan_pages, policy, screen
from .deployment import EnvironmentOption, TargetOption, opened, plan_document, plan_text
from .options import FolderOption


class PlanFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def plan(
    env: EnvironmentOption = "lab",
    target: TargetOption = None,
    out: Annotated[Path | None, typer.Option(help="Also write the plan to this file, for `pbx apply FILE`.")] = None,
    # No twin in the environment: whoever signs names the key.
    sign: Annotated[
        Path | None,
        typer.Option(
            "--sign",
            metavar="KEY",
            help="Sign the plan of --out with this SSH key; the signature lies beside it, in FILE.sig.",
        ),
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", envvar="PBX_DETAILED_EXITCODE", help="End with 2 for changes.")
    ] = False,
    form: Annotated[PlanFormat, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries.")] = (
        PlanFormat.TEXT
    ),
    folder: FolderOption = Path(),
) -> int:
    """Say what apply would change; no machine is touched.

    \b
    pbx plan --env prod --format markdown
    pbx plan --env prod --out plan.json --sign ~/.ssh/id_ed25519
    """
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import deploy

    if sign and not out:
        raise UsageError("--sign without a file to sign", "add --out FILE")
    only = frozenset(target or ())
    with opened(folder, env, f"plan {env}") as deployment:
        asked = deployment.provider.policies.before_apply
        if asked:
            policy.hold(folder, only)
        prepared = deploy.prepare(folder, deployment.provider, lambda: deployment.site, deployment.tools, only)
        made = deploy.plan(prepared, deployment.tools)
    document = json.dumps(plan_document(made), ensure_ascii=False, indent=2) + "\n"
    if out:
        _write(out, document.encode(), sign)
    if form is PlanFormat.TEXT:
        screen.current().changes(plan_text(made))
    else:
        pages = {PlanFormat.MARKDOWN: plan_pages.markdown, PlanFormat.HTML: plan_pages.html}
        print(pages[form](made) if form in pages else document, end="")
    if asked:
        policy.hold(folder, only, json.loads(document))
    return 2 if detailed_exitcode and made.changes else 0


def _write(file: Path, content: bytes, key: Path | None) -> None:
    """The plan, and its signature beside it; one of an earlier plan goes."""
    from provisioner.pipeline import whole
    from provisioner.wiring import signatures

    beside = signature_of(file)
    beside.unlink(missing_ok=True)
    whole.put(file, content)
    if key:
        whole.put(beside, signatures().sign(content, str(key)))


def signature_of(plan: Path) -> Path:
    """Where the signature of a plan lies."""
    return plan.with_name(f"{plan.name}.sig")
