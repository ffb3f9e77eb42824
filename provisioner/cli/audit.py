"""`pbx audit`: whether the record of applies is as it was written. Needs the record alone, no machine and no engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .deployment import EnvironmentOption
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.audit import Verdict

FORMAT_VERSION = 1
DIFFERS = 2
"""The exit code of differences found."""
FEW = 10
"""Breaks that are told one by one."""
NOW = (
    "put the file and its head back from a copy, and find out who could write there; until then trust no line after "
    "the one before the first that is named"
)

app = typer.Typer(name="audit", help="Check the record of applies, without any machine.", no_args_is_help=True)


@app.callback()
def _audit() -> None:
    """Check the record of applies, without any machine."""


@app.command()
def verify(
    file: Annotated[Path | None, typer.Option("--file", help="A copy to check, its head beside it.")] = None,
    holds: Annotated[
        str,
        typer.Option("--holds", metavar="DIGEST", help="Check too that this record, as an apply told it, is there."),
    ] = "",
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Check that no record was changed, removed or put elsewhere; tell the first that is not as it was written."""
    from provisioner.adapters.audit import FileAuditLog
    from provisioner.core import audit
    from provisioner.wiring import Deployment

    log = FileAuditLog(file) if file else Deployment(folder, env, lambda _: None).audit
    verdict = audit.verify(*log.read())
    lost = bool(holds) and not any(each.startswith(holds.lower()) for each in verdict.digests)
    if form is Format.JSON:
        print(json.dumps(_document(verdict, log.file, holds, lost), indent=2))
    else:
        _print(verdict, log.file, holds, lost)
    return DIFFERS if verdict.breaks or lost else 0


def _print(verdict: Verdict, file: Path, holds: str, lost: bool) -> None:
    for number in verdict.torn:
        print(f"record {number}: a crash left it unfinished; the records around it are whole")
    for each in verdict.breaks[:FEW]:
        print(f"! record {each.number} {each.what}")
    if len(verdict.breaks) > FEW:
        print(f"! and {len(verdict.breaks) - FEW} more")
    if lost:
        print(f"! no record has the digest {holds}: it was changed or removed, and the chain made anew after it")
    if verdict.breaks or lost:
        print(f"what now: {NOW}")
    else:
        print(f"{file}: {verdict.records} records, all as they were written; the last is {verdict.digest}")


def _document(verdict: Verdict, file: Path, holds: str, lost: bool) -> dict[str, object]:
    return {
        "format_version": FORMAT_VERSION,
        "file": str(file),
        "whole": not verdict.breaks and not lost,
        "records": verdict.records,
        "digest": verdict.digest,
        "torn": list(verdict.torn),
        "breaks": [{"record": each.number, "what": each.what} for each in verdict.breaks],
        "holds": (not lost) if holds else None,
    }
