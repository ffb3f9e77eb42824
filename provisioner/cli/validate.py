"""`pbx validate`: every finding of a provider's folder, at once, offline.

Imports stand inside the function in all commands, so that completion and `--help` need none of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import FolderOption, Format, FormatOption, ReportOption


def validate(
    tenants: Annotated[list[str] | None, typer.Argument(help="Tenants to look at; all where none is named.")] = None,
    folder: FolderOption = Path(),
    format: FormatOption = Format.TEXT,
    report: ReportOption = None,
) -> int:
    """Check the tenant files and say everything that is wrong with them."""
    from provisioner.core.findings import Severity
    from provisioner.pipeline.build import build

    from . import reports, screen
    from .reports import json_document, text

    files = reports.wanted(report or [])
    built = build(folder, frozenset(tenants or ()), render=False)
    found = reports.Report(built.findings, len(built.outcomes))
    if format is Format.JSON:
        print(json_document.render(found), end="")
    else:
        text.write(found.findings, sys.stdout)
        screen.current().note(found.summary)
    reports.write(reports.below(found, folder), files)
    return 3 if found.count(Severity.ERROR) else 0
