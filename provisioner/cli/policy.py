"""`pbx policy`: a provider's own policies over its tenant files and plans."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import FolderOption, Format, FormatOption, ReportOption


def policy(
    tenants: Annotated[list[str] | None, typer.Argument(help="Tenants to look at; all where none is named.")] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Also ask about this plan of `pbx plan --out`.")
    ] = None,
    folder: FolderOption = Path(),
    format: FormatOption = Format.TEXT,
    report: ReportOption = None,
) -> int:
    """Ask the provider's own policies about its files and a plan; ends with 4 where one is broken."""
    from provisioner.core.findings import Severity
    from provisioner.wiring.policing import plan_of, policed

    from . import reports, screen
    from .reports import json_document, text

    files = reports.wanted(report or [])
    made, count = policed(folder, frozenset(tenants or ()), plan_of(plan) if plan else None)
    found = reports.Report(made.findings, len(tenants or ()))
    if format is Format.JSON:
        print(json_document.render(found), end="")
    else:
        text.write(found.findings, sys.stdout)
        said = f"{count} polic{'ies' if count != 1 else 'y'}, {len(made.findings)} finding"
        screen.current().note(f"{said}{'s' if len(made.findings) != 1 else ''}, {made.waived} waived")
    reports.write(reports.below(found, folder), files)
    return 4 if found.count(Severity.ERROR) else 0


def hold(folder: Path, tenants: frozenset[str], plan: Mapping[str, Any] | None = None) -> None:
    """Asks the policies before something is carried out; raises StoppedByLimit where one is broken, findings told."""
    from provisioner.core.errors import StoppedByLimit
    from provisioner.core.findings import Severity
    from provisioner.wiring.policing import policed

    from .reports import text

    made, _ = policed(folder, tenants, plan)
    text.write(made.findings, sys.stderr)
    if broken := sorted({each.code for each in made.findings if each.severity is Severity.ERROR}):
        told = f"broken: {', '.join(broken)}; the provider's file has them asked before an apply"
        raise StoppedByLimit(f"policies are {told}", "mend it, or waive it in policies/waivers.yaml")
