"""`pbx validate`: every finding of a provider's folder, at once, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provisioner.core.findings import Severity
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate as run


def validate(
    tenants: Annotated[list[str] | None, typer.Argument(help="Tenants to look at; all where none is named.")] = None,
    folder: Annotated[Path, typer.Option(help="The provider's folder.", envvar="PBX_FOLDER")] = Path(),
) -> int:
    """Check the tenant files and say everything that is wrong with them."""
    specification = run(load(folder, frozenset(tenants or ())))
    for each in specification.findings:
        typer.echo(f"{each.span} {each.severity} {each.code} {each.finding.message}")
    errors = sum(each.severity is Severity.ERROR for each in specification.findings)
    return 3 if errors else 0
