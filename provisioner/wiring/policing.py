"""A provider's policies, asked about its folder and about a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.adapters.policies import FOLDER, policies
from provisioner.core.errors import SpecificationInvalid, UsageError
from provisioner.core.policies import Over
from provisioner.pipeline.load import document, load
from provisioner.pipeline.policing import Asked, Policed, police
from provisioner.pipeline.validate import validate

WAIVERS = "waivers.yaml"


def policed(root: Path, only: frozenset[str], plan: Mapping[str, Any] | None = None) -> tuple[Policed, int]:
    """What the policies say of the files, and of a plan where one is given; and how many there are.

    Raises SpecificationInvalid where the folder has errors, and PbxError where a policy cannot be read.
    """
    found = validate(load(root, only))
    if not found.valid or not found.provider:
        raise SpecificationInvalid(found.findings)
    asked = policies(root)
    file = root / FOLDER / WAIVERS
    documents = {each.slug: each for each in (found.folder.provider, *found.folder.tenants)}
    return police(
        asked,
        Asked(found.provider, found.tenants, plan),
        documents.__getitem__,
        document(root, "", (file,)) if file.exists() else None,
        datetime.now(UTC).date(),
    ), len(asked)


def over_plans(root: Path) -> bool:
    """Whether some policy is asked about plans."""
    return any(each.over is Over.PLAN for each in policies(root))


def plan_of(file: Path) -> Mapping[str, Any]:
    """The document of a plan; raises UsageError where the file is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no plan {file}", "make one: pbx plan --out FILE") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or "format_version" not in found:
        raise UsageError(f"{file} is no plan", "name a file that pbx plan --out wrote")
    return found
