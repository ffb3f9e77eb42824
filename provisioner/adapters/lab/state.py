"""What a lab must remember: a small JSON file in its directory, replaced whole at each change.

All else about a lab follows from its name, so that a lab whose file was never written can still be cleared away.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from .shell import LabError

FORMAT_VERSION = 1
DEFAULT_ROOT = Path("/var/lib/pbx/labs")


@dataclass(frozen=True, slots=True)
class State:
    name: str
    slot: int
    generation: str
    """Told apart from an earlier lab of the name: a late process of that one finds no group to join."""
    image: str
    phase: Literal["starting", "ready"]


def default_root() -> Path:
    return Path(os.environ.get("PBX_LAB_ROOT") or DEFAULT_ROOT)


def _file(directory: Path) -> Path:
    return directory / "state.json"


def write(directory: Path, state: State) -> None:
    part = directory / "state.json.part"
    part.write_text(json.dumps({"format_version": FORMAT_VERSION, **asdict(state)}, indent=2) + "\n")
    part.replace(_file(directory))


def read(directory: Path) -> State | None:
    """None when there is no lab, or none whose state can be trusted."""
    try:
        data = json.loads(_file(directory).read_text())
        if data.pop("format_version") != FORMAT_VERSION:
            return None
        return State(**data)
    except PermissionError as error:
        raise LabError(f"{error.filename}: not allowed", "run the same command with sudo") from error
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def taken_slots(root: Path) -> set[int]:
    """Slots of all labs under this root, also of those that are not running now."""
    states = (read(file.parent) for file in root.glob("*/state.json"))
    return {state.slot for state in states if state}
