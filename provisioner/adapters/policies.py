"""The provider's policies out of the files of the folder `policies/`.

They are programs of whoever writes to the folder, and run as the person or pipeline that asks.
"""

from __future__ import annotations

import runpy
import traceback
from pathlib import Path

from provisioner.core.errors import PbxError
from provisioner.core.policies import Policy

from . import rego

FOLDER = "policies"


def policies(root: Path) -> list[Policy]:
    """Every policy below the provider's folder, by file and place; raises PbxError where a file cannot be run."""
    found: dict[str, tuple[Policy, Path]] = {}
    folder = root / FOLDER
    in_python = ((policy, file) for file in sorted(folder.glob("*.py")) for policy in _of(file))
    for policy, file in (*in_python, *rego.policies(folder)):
        if policy.rule.code in found:
            other = found[policy.rule.code][1].name
            raise PbxError(f"two policies are {policy.rule.code}: in {other} and in {file.name}", "rename one")
        found[policy.rule.code] = policy, file
    return [policy for policy, _ in found.values()]


def _of(file: Path) -> list[Policy]:
    try:
        names = runpy.run_path(str(file))
    except (Exception, SystemExit) as error:  # a policy that ends the program would say that none is broken
        place = f"{file}:{_line(error, file)}"
        raise PbxError(f"{place}: {type(error).__name__}: {error}", "mend the policy, or take the file away") from error
    return [each for each in names.values() if isinstance(each, Policy)]


def _line(error: BaseException, file: Path) -> int:
    """The line of the file at which it went wrong."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno or 0 for each in reversed(frames) if each.filename == str(file)), 0)
