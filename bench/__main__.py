"""`python -m bench [NAME …]`: measures, prints a table, writes `build/bench.json`. `-NAME` leaves one out."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

from .figures import Figure
from .measure import MEASUREMENTS

RESULT = Path("build/bench.json")


def main(names: list[str]) -> int:
    """Measures what is named, or everything but what is named with a hyphen before it; returns the exit code."""
    known = {each.__name__: each for each in MEASUREMENTS}
    wanted = [name for name in names if not name.startswith("-")] or list(known)
    if unknown := [name for name in names if name.removeprefix("-") not in known]:
        print(f"error: no measurement {unknown[0]!r}\nwhat now: one of {', '.join(known)}", file=sys.stderr)
        return 64
    figures: list[Figure] = []
    for name, measure in known.items():
        if name in wanted and f"-{name}" not in names:
            for figure in measure():
                print(row(figure), flush=True)
                figures.append(figure)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(document(figures), indent=2) + "\n", encoding="utf-8")
    print(f"written: {RESULT}", file=sys.stderr)
    return 0


def row(figure: Figure) -> str:
    beside = ""
    if figure.peer_value is not None:
        beside = f"{figure.peer_value:>9} {figure.unit:<3} {figure.peer:<32} × {figure.ratio}"
    return f"{figure.name:<58} {figure.value:>9} {figure.unit:<3} {beside}".rstrip()


def document(figures: list[Figure]) -> dict[str, object]:
    machine = {
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    return {"format_version": 1, "machine": machine, "figures": [each.document() for each in figures]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
