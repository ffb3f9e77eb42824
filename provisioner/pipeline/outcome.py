"""What comes of building one tenant: small, because it crosses processes and is remembered between runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.feature import Claims
from provisioner.core.findings import Located
from provisioner.core.ports.builds import Remembered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one tenant."""

    slug: str
    findings: tuple[Located, ...]
    claims: Claims | None
    digests: Mapping[str, str]
    """product → digest of the bundle; empty where there are errors, or none was rendered."""
    record: str = ""
    """The tenant file packed for state, where bundles are kept."""
    fresh: Remembered | None = None
    """What is to be remembered of it, where it was built now and found without fault."""
