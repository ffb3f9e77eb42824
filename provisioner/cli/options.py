"""Options that several commands take, said once: name, environment twin and help are the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


FolderOption = Annotated[
    Path, typer.Option("--folder", "-C", envvar="PBX_FOLDER", help="The provider's folder.", show_default="here")
]
FormatOption = Annotated[Format, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries.")]
ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="KIND=FILE",
        envvar="PBX_REPORT",
        help="Also write the findings to FILE as json, sarif, junit, github, gitlab-codequality or markdown.",
    ),
]
