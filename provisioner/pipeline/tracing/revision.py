"""A tenant as an earlier revision of the folder had it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provisioner.core.errors import SpecificationInvalid, UsageError
from provisioner.core.feature import Files
from provisioner.core.findings import Severity
from provisioner.pipeline import validate
from provisioner.pipeline.load import Folder, find, load

from .question import Side


@dataclass(frozen=True, slots=True)
class _FirstOf:
    """Files of the revision; those that Git does not keep, such as sounds that are made, as they are now."""

    then: Files
    now: Files

    def sha256(self, file: str) -> str | None:
        return self.then.sha256(file) or self.now.sha256(file)

    def content(self, file: str, most: int) -> bytes | None:
        found = self.then.content(file, most)
        return self.now.content(file, most) if found is None else found


def side(root: Path, tenant: str, now: Folder) -> Side:
    """The tenant in the folder `root`, which holds the revision.

    Raises SpecificationInvalid where the revision has errors, and UsageError where it has no such tenant.
    """
    if tenant not in find(root):
        raise UsageError(f"there is no tenant {tenant}")
    then = load(root, frozenset([tenant]))
    provider, findings = validate.provider(then.provider)
    known = validate.understand(then.tenants[0], _FirstOf(then, now), provider)
    wrong = [each for each in (*findings, *known.findings) if each.severity is Severity.ERROR]
    if wrong or known.tenant is None or known.scope is None:
        raise SpecificationInvalid(wrong)
    return Side(known.tenant, known.scope, then.tenants[0])
