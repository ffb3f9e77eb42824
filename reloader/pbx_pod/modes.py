"""The modes by name. What a mode imports may be in its image only, so each imports for itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence


def _node() -> str:
    return os.environ["PBX_NODE"]


def _prepare_core() -> int:
    from . import prepare

    prepare.core(_node(), os.environ["POD_IP"])
    return 0


def _core() -> int:
    from .asterisk import Asterisk
    from .cluster import Cluster
    from .loop import Loop
    from .status import serve

    _wait_for_asterisk()
    loop = Loop(Cluster(), f"core-{_node()}", Asterisk())
    _serve_when_caught_up(loop, serve)
    return 0


def _serve_when_caught_up(loop, serve) -> None:  # type: ignore[no-untyped-def]
    """The port opens only then: until it does, the pod is not ready and gets no calls."""
    from .cluster import Unreachable

    while not loop.caught_up:
        try:
            loop.round()
        except (Unreachable, OSError, ValueError) as error:
            print(f"reloader: {error}", file=sys.stderr, flush=True)
            time.sleep(1)
    serve(loop)
    loop.run()


def _wait_for_asterisk() -> None:
    while not _asterisk("core waitfullybooted"):
        time.sleep(0.5)


def _asterisk(command: str) -> bool:
    done = subprocess.run(["asterisk", "-rx", command], capture_output=True, timeout=120, check=False)
    return done.returncode == 0


def _drain() -> int:
    """Asterisk takes no new calls and ends with the last one; the pod ends it where that takes too long."""
    ends = time.monotonic() + int(os.environ["PBX_DRAIN_SECONDS"])
    _asterisk("core stop gracefully")
    while time.monotonic() < ends and _asterisk("core show uptime"):
        time.sleep(1)
    return 0


def _prepare_edge() -> int:
    from . import edge
    from .cluster import Cluster

    edge.start(Cluster(), _node(), _listed("PBX_CORES"))
    return 0


def _edge() -> int:
    from . import edge
    from .cluster import Cluster

    edge.Edge(Cluster(), _listed("PBX_CORES")).keep()
    return 0


def _database() -> int:
    from . import database

    database.start(os.environ["POD_IP"])
    return 0


def _rows() -> int:
    from . import rows
    from .cluster import Cluster
    from .loop import Loop
    from .status import serve

    rows.prepare()
    cluster = Cluster()
    _serve_when_caught_up(Loop(cluster, "rows", rows.Rows(cluster, "rows-status")), serve)
    return 0


def _listed(variable: str) -> list[str]:
    return [each for each in os.environ.get(variable, "").split(",") if each]


MODES: dict[str, Callable[[], int]] = {
    "prepare-core": _prepare_core,
    "core": _core,
    "drain": _drain,
    "prepare-edge": _prepare_edge,
    "edge": _edge,
    "database": _database,
    "rows": _rows,
}


def run(arguments: Sequence[str]) -> int:
    """The exit code of the mode; 64 where there is none of that name."""
    name = arguments[0] if len(arguments) == 1 else ""
    if name not in MODES:
        print(f"reloader: found {' '.join(arguments)!r}, expected one of {', '.join(MODES)}", file=sys.stderr)
        return 64
    return MODES[name]()
