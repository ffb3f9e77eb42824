"""`pbx graph`: where calls of a tenant go, drawn."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.load import Document

    from .drawing import Drawn


LONGEST = 10_000
"""Columns of a line of a tree."""


class Shown(StrEnum):
    TEXT = "text"
    SVG = "svg"
    MERMAID = "mermaid"
    HTML = "html"
    JSON = "json"


def graph(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    form: Annotated[
        Shown,
        typer.Option(
            "--format", envvar="PBX_FORMAT", help="What stdout carries; nodes of html lead to lines of the file."
        ),
    ] = Shown.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Draw where calls of a tenant go: as a tree, picture, page or Mermaid.

    Examples:
    pbx graph acme                             a tree for each number
    pbx graph acme --format html > acme.html   a picture that leads to the file
    pbx graph acme --format mermaid            for a wiki
    """
    drawn, document = _drawn(folder, tenant)
    if form is Shown.JSON:
        from .drawing.document import document as as_json

        print(json.dumps(as_json(drawn), ensure_ascii=False, indent=2))
    elif form is Shown.MERMAID:
        from .drawing.mermaid import lines

        print("\n".join(lines(drawn)))
    elif form is Shown.SVG:
        from .drawing.picture import draw

        print(draw(drawn), end="")
    elif form is Shown.HTML:
        from .drawing.page import page

        print(page(drawn, document.source.texts), end="")
    else:
        from .drawing.tree import trees

        console = screen.current().console()
        console.width = LONGEST  # a tree is cut at it; the terminal folds long lines and loses nothing
        for each in trees(drawn):
            console.print(each, soft_wrap=True)


def _drawn(folder: Path, tenant: str) -> tuple[Drawn, Document]:
    from provisioner.core.errors import SpecificationInvalid
    from provisioner.pipeline import callflow
    from provisioner.pipeline.load import load
    from provisioner.pipeline.validate import validate

    from .drawing import Drawn

    specification = validate(load(folder, frozenset([tenant])))
    if tenant not in specification.tenants:
        raise SpecificationInvalid(specification.findings)
    if not specification.valid:
        screen.current().note(
            f"{tenant} has mistakes: it is drawn as far as it is understood; see `pbx validate {tenant}`"
        )
    (document,) = specification.folder.tenants
    flow = callflow.of(specification.tenants[tenant], specification.scopes[tenant])
    places = {node.ref: document.source.span(node.path, key=True) for node in flow.nodes if node.path}
    return Drawn(tenant, specification.tenants[tenant].name, flow, places), document
