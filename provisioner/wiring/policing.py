"""A provider's policies, asked about its folder and about a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.adapters.policies import FOLDER, policies
from provisioner.core.errors import SpecificationInvalid, UsageError
from provisioner.pipeline.load import document, load
from provisioner.pipeline.policing import Asked, Policed, police
from provisioner.pipeline.validate import validate

WAIVERS = "waivers.yaml"


def policed(root: Path, only: frozenset[str], plan: Path | None) -> tuple[Policed, int]:
    """What the policies say, and how many there are.

    Raises SpecificationInvalid where the folder has errors, PbxError where a policy cannot be read, and UsageError
    where the plan is none.
    """
    told = _plan(plan) if plan else None
    found = validate(load(root, only))
    if not found.valid or not found.provider:
        raise SpecificationInvalid(found.findings)
    asked = policies(root)
    file = root / FOLDER / WAIVERS
    documents = {each.slug: each for each in (found.folder.provider, *found.folder.tenants)}
    return police(
        asked,
        Asked(found.provider, found.tenants, told),
        documents.__getitem__,
        document(root, "", (file,)) if file.exists() else None,
        datetime.now(UTC).date(),
    ), len(asked)


def _plan(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no plan {file}", "make one: pbx plan --out FILE") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or "format_version" not in found:
        raise UsageError(f"{file} is no plan", "name a file that pbx plan --out wrote")
    return found
