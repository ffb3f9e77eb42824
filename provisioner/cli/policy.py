"""`pbx policy`: a provider's own policies over its tenant files and plans."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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
    from provisioner.wiring.policing import policed

    from . import reports, screen
    from .reports import json_document, text

    files = reports.wanted(report or [])
    made, count = policed(folder, frozenset(tenants or ()), plan)
    found = reports.Report(made.findings, len(tenants or ()))
    if format is Format.JSON:
        print(json_document.render(found), end="")
    else:
        text.write(found.findings, sys.stdout)
        said = f"{count} polic{'ies' if count != 1 else 'y'}, {len(made.findings)} finding"
        screen.current().note(f"{said}{'s' if len(made.findings) != 1 else ''}, {made.waived} waived")
    reports.write(reports.below(found, folder), files)
    return 4 if found.count(Severity.ERROR) else 0
