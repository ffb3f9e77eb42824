"""`pbx render`: the files that the platform would get, and which line of a tenant file caused which line of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.core.artifacts import Line, TextFile
    from provisioner.pipeline.load import Document

Shown = tuple[str, "TextFile", "Document"]
"""A file's name `tenant/product/path`, the file, and the document that caused it."""


def render(
    tenant: Annotated[str | None, typer.Argument(help="The tenant; all where none is named.")] = None,
    product: Annotated[str | None, typer.Option(help="Only the files of this product, such as asterisk.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the files below this folder.")] = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="FILE[:LINE]", help="Say which line of a tenant file caused this line, or each line."),
    ] = None,
    folder: FolderOption = Path(),
) -> None:
    """Show the files that the platform would get, and what caused each line."""
    files = list(_files(folder, tenant, product))
    if explain:
        _explain(files, explain)
    elif out:
        _write(files, out)
    else:
        for name, file, _ in files:
            print(f"==> {name} <==\n{file.text}", end="\n" if len(files) > 1 else "")


def _files(folder: Path, tenant: str | None, product: str | None) -> Iterator[Shown]:
    """The rendered files; raises SpecificationInvalid before the first where there are errors."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.pipeline.compile import TARGETS
    from provisioner.pipeline.run import compiled

    products = [target.product for target in TARGETS]
    if product and product not in products:
        near = nearest(product, products)
        raise UsageError(
            f"no product {product!r}", f"did you mean {near}?" if near else f"one of {', '.join(products)}"
        )
    for document, bundles in compiled(folder, frozenset([tenant] if tenant else ())):
        for bundle in bundles:
            if product in (None, bundle.product):
                for file in bundle.files:
                    yield f"{bundle.tenant}/{bundle.product}/{file.path}", file, document


def _write(files: Iterable[Shown], out: Path) -> None:
    for name, file, _ in files:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8", newline="\n")


def _explain(files: list[Shown], wanted: str) -> None:
    """Prints the cause of one line or of each line of a rendered file."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest

    path, _, number = wanted.partition(":")
    found = [each for each in files if each[0] == path or each[0].endswith(f"/{path}")]
    if len(found) != 1:
        names = [name for name, _, _ in files]
        hint = nearest(path, names) if not found else " or ".join(name for name, _, _ in found)
        raise UsageError(f"{len(found)} rendered files are called {path!r}", f"did you mean {hint}?" if hint else "")
    ((_, file, document),) = found
    if not number:
        for line in file.lines:
            print(f"{_cause(line, document):<56} | {line.text}".rstrip())
        return
    if not number.isdigit() or not 1 <= int(number) <= len(file.lines):
        raise UsageError(f"{path} has no line {number!r}", f"it has lines 1 to {len(file.lines)}")
    line = file.lines[int(number) - 1]
    print(f"{line.text}\n{_cause(line, document) or 'no line of the tenant file: every tenant has it'}")


def _cause(line: Line, document: Document) -> str:
    """The place in the tenant file and the node there, or nothing; a section that is not written has defaults only."""
    if line.source is None:
        return ""
    if line.source and line.source[0] not in document.data:
        return f"{document.source.file} has no {line.source[0]}: the default"
    return f"{document.source.span(line.source)} {'.'.join(map(str, line.source))}"
