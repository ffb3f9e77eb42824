"""`pbx schema`: the JSON Schema that editors check files against while they are written."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Dialect(StrEnum):
    DRAFT_2020_12 = "2020-12"
    DRAFT_07 = "draft-07"


class Document(StrEnum):
    TENANT = "tenant"
    PROVIDER = "provider"


def schema(
    document: Annotated[Document, typer.Option("--for", help="The file to describe.")] = Document.TENANT,
    dialect: Annotated[Dialect, typer.Option(help="The dialect of JSON Schema.")] = Dialect.DRAFT_2020_12,
) -> None:
    """Print the JSON Schema of the tenant file or the provider's file."""
    import json

    from provisioner.pipeline.schema import schema as made

    print(json.dumps(made(document, dialect), ensure_ascii=False, indent=2))
