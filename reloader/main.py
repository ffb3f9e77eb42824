"""Runs one mode; see README.md. The mode's name is the only argument."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pbx_pod import modes

if __name__ == "__main__":
    sys.exit(modes.run(sys.argv[1:]))
