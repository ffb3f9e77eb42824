"""The secret store: a file that age or SOPS has encrypted, and variables of the environment over it."""

from __future__ import annotations

from pathlib import Path

from provisioner.core.errors import UsageError

from .age_file import AgeFile
from .sops_file import SopsFile
from .stored import Keeper, Secrets


def of_environment(folder: Path, environment: str, *, make_identity: bool = False) -> Secrets:
    """The secrets of an environment in the folder `secrets`: in the SOPS file that lies there, else in a file of ours.

    Raises UsageError where both lie there: nobody could say which of two values holds.
    """
    age = folder / f"{environment}.age"
    files = [each for ending in ("yaml", "json") if (each := folder / f"{environment}.sops.{ending}").exists()]
    found = [*files, *([age] if age.exists() else [])]
    if len(found) > 1:
        names = " and ".join(each.name for each in found)
        raise UsageError(f"{folder} holds {names}", "keep one of them: put all values into it, and delete the other")
    keeper: Keeper = SopsFile(files[0]) if files else AgeFile(age, make_identity=make_identity)
    return Secrets(keeper)
