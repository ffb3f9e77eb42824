"""Findings in the forms that people and pipelines read, one form a file.

They sit in the outermost ring because only commands write them; each is a pure function from a `Report` to text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from provisioner.core.errors import UsageError
from provisioner.core.findings import Located, nearest

from . import github, gitlab_codequality, json_document, junit, markdown, sarif
from .report import Report as Report
from .report import fingerprints as fingerprints

KINDS: Mapping[str, Callable[[Report], str]] = {
    "json": json_document.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "github": github.render,
    "gitlab-codequality": gitlab_codequality.render,
    "markdown": markdown.render,
}
"""kind of `--report kind=file` → what renders it."""


def wanted(options: Sequence[str]) -> dict[Path, str]:
    """file → kind, from the values of `--report`; raises UsageError before any work is done."""
    files = {}
    for option in options:
        kind, _, file = option.partition("=")
        if kind not in KINDS or not file:
            near = nearest(kind, KINDS)
            hint = f"did you mean {near}=FILE?" if near else f"write KIND=FILE with KIND one of {', '.join(KINDS)}"
            raise UsageError(f"--report {option}: no such kind of report, or no file", hint)
        files[Path(file)] = kind
    return files


def below(report: Report, folder: Path) -> Report:
    """The findings with their files named from the working directory on: a pipeline knows those of its repository."""
    here = Path.cwd()
    place = folder.resolve()
    if place == here or not place.is_relative_to(here):
        return report
    above = place.relative_to(here)

    def renamed(each: Located) -> Located:
        return replace(each, span=replace(each.span, file=(above / each.span.file).as_posix()))

    return replace(report, findings=[renamed(each) for each in report.findings])


def write(report: Report, files: Mapping[Path, str]) -> None:
    """Writes each wanted report to its file (`-` is no file: stdout belongs to `--format`)."""
    from provisioner.pipeline import whole

    for file, kind in files.items():
        whole.put(file, KINDS[kind](report))
