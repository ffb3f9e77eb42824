"""What the first apply of many tenants to one core node takes, once the platform stands.

`PBX_BENCH_TENANTS=1000` applies so many; the default keeps `make bench` short.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import folder
from .figures import Figure
from .lab import LAB, PBX, possible, timed
from .processes import run

TENANTS = int(os.environ.get("PBX_BENCH_TENANTS", "100"))


def many_tenants() -> Iterator[Figure]:
    """From files of tenants that nobody has seen to all of them being live on one core node and the edge."""
    if reason := possible():
        print(f"skipped: {reason}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "folder"
        folder.make(root, TENANTS + 1)
        provider = root / "provider.yaml"
        text = provider.read_text(encoding="utf-8")
        provider.write_text(text.replace("{target: lab}", f"{{target: lab, lab: {LAB}}}"), encoding="utf-8")
        try:
            timed("lab", "up", "--name", LAB)
            timed("apply", "--yes", "--target", "company-1", cwd=root)  # the platform, and what the engine makes once
            apply = (PBX, "--quiet", "apply", "--yes", "--folder", str(root))
            first = run(*apply)
            name = f"first apply of {TENANTS} tenants of {folder.USERS} users to one core node"
            yield Figure(f"{name}, wall", round(first.wall, 1), "s", "pbx apply --yes")
            yield Figure(f"{name}, cpu of the machine that applies", round(first.cpu, 1), "s", "pbx apply --yes")
            yield Figure("the same apply again", round(run(*apply).wall, 2), "s", "pbx apply --yes")
            yield Figure("state of a tenant", state(root), "kB", "its file in .pbx/state")
        finally:
            timed("lab", "down", "--name", LAB)


def state(root: Path) -> float:
    """Kilobytes of one tenant's state."""
    (file,) = (root / ".pbx/state").rglob("lab.tenant.company-2.json")
    return round(file.stat().st_size / 1000, 1)
