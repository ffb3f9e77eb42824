"""`pbx diff`: two revisions of the provider's folder, compared by what they mean for callers, users and the invoice."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .options import FolderOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.core.ports.revisions import Revision, Revisions
    from provisioner.pipeline.comparison import Comparison

DIFFERS = 2
"""The exit code of differences found."""


class Shown(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


def diff(
    revisions: Annotated[
        str,
        typer.Argument(
            metavar="REV1..REV2",
            help="Branches, tags, commits, or days such as 2027-01-31. REV alone: from it to the files as they are "
            "now; REV1...REV2: from where the two part.",
        ),
    ] = "HEAD",
    tenants: Annotated[list[str] | None, typer.Argument(help="Only these tenants.")] = None,
    commits: Annotated[
        bool, typer.Option("--commits", help="Tell it commit by commit, with who did it and when.")
    ] = False,
    calendar: Annotated[
        bool, typer.Option("--calendar", help="Draw a year of each number that differs, before and after.")
    ] = False,
    year: Annotated[
        int | None,
        typer.Option(min=2024, max=2060, help="The year whose hours are looked at.", show_default="this year"),
    ] = None,
    form: Annotated[Shown, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries.")] = Shown.TEXT,
    folder: FolderOption = Path(),
) -> int:
    """Say what differs between two revisions for callers, users and the invoice; ends with 2 where anything does.

    Examples:
    pbx diff                                    what is not committed yet
    pbx diff v1..v2 acme                        one tenant between two tags
    pbx diff 2027-01-01..2027-01-31 --commits   who changed what in a month
    pbx diff main...HEAD --format markdown      what a branch changes
    pbx diff HEAD~1.. --calendar --format html  the last commit, with pictures
    """
    from provisioner.pipeline.comparing import compare
    from provisioner.wiring import history_of

    history = history_of(folder)
    old, new = _ends(history, revisions)
    of, only = year or date.today().year, frozenset(tenants or ())  # noqa: DTZ011  (which year is it here?)
    spans = list(_spans(history, old, new)) if commits else [(old, new)]
    found = [compare(history, one, other, of, only) for one, other in spans]
    if commits:
        found = [each for each in found if each.differs]
    for note in dict.fromkeys(note for each in found for note in each.notes):
        screen.current().note(note)
    _show(found, form, commits=commits, calendar=calendar)
    return DIFFERS if any(each.differs for each in found) else 0


def _ends(history: Revisions, text: str) -> tuple[Revision, Revision]:
    """What is compared: `A..B`, `A...B`, or `A` with the files as they are now."""
    if "..." in text:
        one, _, other = text.partition("...")
        newer = history.find(other or "HEAD")
        return history.fork(history.find(one or "HEAD"), newer), newer
    one, dots, other = text.partition("..")
    return history.find(one or "HEAD"), history.find((other or "HEAD") if dots else "")


def _spans(history: Revisions, old: Revision, new: Revision) -> Iterator[tuple[Revision, Revision]]:
    """Each commit with the one before; then what is not committed yet, where that is asked for."""
    last = old
    for each in history.between(old, new):
        yield history.parent(each) or last, each
        last = each
    if not new.commit:
        yield history.find("HEAD"), new


def _show(found: list[Comparison], form: Shown, *, commits: bool, calendar: bool) -> None:
    if form is Shown.JSON:
        from .comparison.document import document

        print(json.dumps(document(found, calendar=calendar), ensure_ascii=False, indent=2))
    elif form is Shown.CSV:
        from .comparison.table import table

        print(table(found, calendar=calendar), end="")
    elif form is Shown.HTML:
        from .comparison.page import page

        print(page(found, commits=commits, calendar=calendar), end="")
    elif form is Shown.MARKDOWN:
        from .comparison import markdown

        print("\n".join(markdown.lines(found, commits=commits, calendar=calendar)).rstrip())
    else:
        from .comparison import text

        for index, each in enumerate(found):
            lines = text.lines(each, commit=commits, calendar=calendar)
            screen.current().changes([""] * bool(index) + list(lines))
