"""The executable `pulumi-resource-pbx`: serves our resources to `pulumi` run by hand.

`PBX_FOLDER` names the provider's folder (default: the current one); the environment is the first part of the stack's
name. `pbx` itself serves them without this program.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.adapters.pulumi.carry import Means


def main() -> None:
    """Serves until the engine ends."""
    from provisioner.adapters.pulumi.provider import PbxProvider
    from provisioner.adapters.pulumi.server import run_executable

    run_executable(PbxProvider(means, lambda _: None), sys.argv[1:])


@cache
def means(stack: str) -> Means:
    """What carries out resources of a stack."""
    from provisioner.wiring import Deployment

    folder = Path(os.environ.get("PBX_FOLDER", "."))
    return Deployment(folder, stack.split(".", maxsplit=1)[0], lambda _: None).means()
