"""`pbx codes`: what users have done by dialling a star and digits, tenant by tenant."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from . import screen
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1


def codes(
    tenants: Annotated[list[str] | None, typer.Argument(help="Tenants to look at; all where none is named.")] = None,
    folder: FolderOption = Path(),
    form: FormatOption = Format.TEXT,
) -> None:
    """List the phone codes of tenants, what each does and which line says so."""
    from provisioner.pipeline.codes import rows
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    found = list(rows(validate(load(folder, frozenset(tenants or ())))))
    if form is Format.JSON:
        document = {"format_version": FORMAT_VERSION, "codes": [asdict(each) for each in found]}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    table = Table("tenant", "dial", "who dials it", "another code", "said at", box=None, pad_edge=False)
    for each in found:
        chosen = f"codes.{each.service}" if each.service else ""
        table.add_row(each.tenant, " ".join(each.dialled), each.title, chosen, each.place)
    screen.current().console().print(table)
