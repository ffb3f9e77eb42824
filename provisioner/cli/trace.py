"""`pbx trace`: who would answer a call, by which way and why; offline, from the tenant file alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.load import Folder
    from provisioner.pipeline.tracing.question import Question, Side

    from .trail import Shown

Names = list[str] | None


class Drawn(StrEnum):
    TEXT = "text"
    JSON = "json"
    SVG = "svg"


def trace(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    number: Annotated[str, typer.Argument(help="What is called: a public number, an extension, or digits as dialled.")],
    caller: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="CALLER", help="A number with plus, `withheld`, or a user; somebody fit where not given."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The tenant's time, such as 2027-12-24T09:00.", show_default="now"),
    ] = None,
    keys: Annotated[
        str, typer.Option(metavar="KEYS", help="What is keyed in at each question in turn, `1,2`; `-` is nothing.")
    ] = "",
    say: Annotated[Names, typer.Option(metavar="WORDS", help="What is said at a question; may be repeated.")] = None,
    busy: Annotated[Names, typer.Option(metavar="USER,…", help="Who is on a call.")] = None,
    unregistered: Annotated[Names, typer.Option(metavar="USER,…", help="Whose telephones are not registered.")] = None,
    no_answer: Annotated[Names, typer.Option(metavar="USER,…", help="Who does not answer; `all` for nobody.")] = None,
    activity: Annotated[Names, typer.Option(metavar="USER=ACTIVITY", help="What a user is doing.")] = None,
    switch: Annotated[Names, typer.Option(metavar="SCHEDULE=open|closed", help="A schedule switched by hand.")] = None,
    logged_in: Annotated[
        Names,
        typer.Option(metavar="NAME=USER,…", help="All members of a queue or ring group who are logged in."),
    ] = None,
    full: Annotated[
        Names, typer.Option(metavar="NAME,…", help="Queues and conferences in which as many are as may.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every outcome, with the times of the year from --at on at which it holds.")
    ] = False,
    before: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Show the call before, as a revision in Git has it, beside the call now."),
    ] = None,
    folder: FolderOption = Path(),
    form: Annotated[
        Drawn,
        typer.Option("--format", envvar="PBX_FORMAT", help="What stdout carries; svg shows one call, without --all."),
    ] = Drawn.TEXT,
) -> None:
    """Say who would answer a call, by which way and why, with the lines that decide; no machine is asked.

    What is not said is as on a quiet day: telephones are registered and free, whoever rings first answers. With --all
    keys, words and people's telephones are tried as they may be, and what is said of them holds in every outcome.
    """
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.load import load
    from provisioner.pipeline.tracing import given
    from provisioner.pipeline.tracing.question import Question, ask, side_of
    from provisioner.pipeline.validate import validate

    from .trail import Both, Shown
    from .trail.document import document
    from .trail.text import lines

    if all_ and form is Drawn.SVG:
        raise UsageError("a picture shows one call", "leave out --all, or take --format json")
    specification = validate(load(folder, frozenset([tenant])))
    now = side_of(specification)
    said = given.Given(
        keys=tuple(filter(None, keys.split(","))),
        words=tuple(say or ()),
        busy=_names(busy),
        unregistered=_names(unregistered),
        no_answer=_names(no_answer),
        activities=_pairs(activity, "--activity"),
        switches=_pairs(switch, "--switch"),
        logged_in={name: _names([there]) for name, there in _pairs(logged_in, "--logged-in").items()},
        full=_names(full),
    )
    given.check(said, now.tenant, now.scope)
    question = Question(number, caller, at or datetime.now(UTC).isoformat(timespec="seconds"), said, all_)
    if before is None:
        shown: Shown | Both = Shown(ask(now, question), now.document)
    else:
        shown = Both(before, _earlier(specification.folder, tenant, before, question), _answer(now, question))
    if form is Drawn.SVG:
        from .trail.picture import draw

        print(draw(shown), end="")
    elif form is Drawn.JSON:
        print(json.dumps(document(shown), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(shown)))


def _earlier(folder: Folder, tenant: str, before: str, question: Question) -> Shown | str:
    """The answer of a revision, or why it has none."""
    from provisioner.adapters.git import laid_down
    from provisioner.core.errors import SpecificationInvalid, UsageError
    from provisioner.pipeline.tracing import revision

    with laid_down(folder.root, before) as root:
        try:
            return _answer(revision.side(root, tenant, folder), question)
        except UsageError as error:
            return error.message
        except SpecificationInvalid as error:
            error.message += f" of {before}"
            error.remedy = "take a revision whose files are valid; the places are those of its files"
            raise


def _answer(side: Side, question: Question) -> Shown | str:
    from provisioner.core.errors import UsageError
    from provisioner.pipeline.tracing.question import ask

    from .trail import Shown

    try:
        shown = Shown(ask(side, question), side.document)
    except UsageError as error:
        return error.message
    _ = side.document.source  # read while the files are there
    return shown


def _names(given: Names) -> frozenset[str]:
    """Names of the tenant file; `user:anna`, as answers show her, is anna."""
    return frozenset(name.rpartition(":")[2] for each in given or () for name in each.split(",") if name)


def _pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    from provisioner.core.errors import UsageError

    found = {}
    for each in given or ():
        name, sign, value = each.partition("=")
        if not sign:
            raise UsageError(f"{option} {each} says nothing of {name}", f"write {option} {name}=…")
        found[name] = value
    return found
