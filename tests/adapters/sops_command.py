"""The real `sops`: from PATH, or as `bin/setup tests` has built it from `tools/sops`."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path


@cache
def command() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    found = shutil.which("sops") or shutil.which("sops", path=os.pathsep.join(map(str, Path(base).glob("pbx/sops/*"))))
    assert found, "there is no sops: run `bin/setup tests`"
    return found
