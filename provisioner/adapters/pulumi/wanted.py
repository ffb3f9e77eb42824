"""Keeps each stack as it was last wanted, so that `pulumi` by hand runs the same program as `pbx`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from provisioner.core.deployment import Kind, Resource, Stack
from provisioner.core.errors import PbxError


def write(stack: Stack, folder: Path) -> None:
    """Writes `<folder>/wanted/<stack>.json`."""
    target = folder / "wanted" / f"{stack.name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".new-{os.getpid()}")
    try:
        fresh.write_text(json.dumps([asdict(each) for each in stack.resources], indent=1), encoding="utf-8")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def read(name: str, folder: Path | None = None) -> Stack:
    """The stack as it was last written; without `folder` in `.pbx` of the provider's folder that `PBX_FOLDER` names."""
    base = folder or Path(os.environ.get("PBX_FOLDER", ".")) / ".pbx"
    file = base / "wanted" / f"{name}.json"
    if not file.is_file():
        raise PbxError(f"{file} is not there", "run `pbx plan` first, or name the provider's folder in PBX_FOLDER")
    entries = json.loads(file.read_text(encoding="utf-8"))
    resources = [Resource(Kind(each["kind"]), each["name"], each["inputs"], tuple(each["after"])) for each in entries]
    return Stack(name, tuple(resources))
