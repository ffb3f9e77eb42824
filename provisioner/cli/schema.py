"""`pbx schema`: the JSON Schema that editors check files against while they are written."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import FolderOption

if TYPE_CHECKING:
    from provisioner.pipeline.schema import Names


class Dialect(StrEnum):
    DRAFT_2020_12 = "2020-12"
    DRAFT_07 = "draft-07"


class Document(StrEnum):
    TENANT = "tenant"
    PROVIDER = "provider"


def schema(
    tenant: Annotated[str, typer.Argument(help="A tenant whose own names references are narrowed to.")] = "",
    document: Annotated[Document, typer.Option("--for", help="The file to describe.")] = Document.TENANT,
    dialect: Annotated[Dialect, typer.Option(help="The dialect of JSON Schema.")] = Dialect.DRAFT_2020_12,
    folder: FolderOption = Path(),
) -> None:
    """Print the JSON Schema of the tenant file or the provider's file."""
    import json

    from provisioner.core.errors import UsageError
    from provisioner.pipeline.schema import schema as made

    if tenant and document is not Document.TENANT:
        raise UsageError(f"--for {document} of the tenant {tenant!r}", "leave the tenant out, or say --for tenant")
    names = _names(folder, tenant) if tenant else None
    print(json.dumps(made(document, dialect, names), ensure_ascii=False, indent=2))


def _names(folder: Path, tenant: str) -> Names:
    from provisioner.pipeline.editing.project import Project
    from provisioner.pipeline.load import find

    find(folder, frozenset((tenant,)))  # says which tenants there are where it is none of them
    project = Project(folder.resolve())
    project.findings(tenant)
    return project.view(tenant).names
