"""Whole runs of the pipeline's pure part, as commands ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.core.artifacts import Bundle
from provisioner.core.errors import SpecificationInvalid
from provisioner.core.findings import Located

from .compile import compile_tenant
from .load import Document, Folder, load
from .validate import locate, validate


def compiled(root: Path, only: frozenset[str] = frozenset()) -> Iterator[tuple[Document, tuple[Bundle, ...]]]:
    """Each tenant's document and bundles.

    Raises SpecificationInvalid before the first where anything is wrong, so that nothing is written by halves.
    """
    return compiled_folder(load(root, only))


def compiled_folder(folder: Folder) -> Iterator[tuple[Document, tuple[Bundle, ...]]]:
    """The same of a folder that is read already."""
    specification = validate(folder)
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    made: list[tuple[Document, tuple[Bundle, ...]]] = []
    wrong: list[Located] = []
    for document in specification.folder.tenants:
        result = compile_tenant(specification.tenants[document.slug], specification.scopes[document.slug])
        wrong += [locate(finding, document) for finding in result.findings]
        made.append((document, result.bundles))
    if wrong:
        raise SpecificationInvalid(wrong)
    yield from made
