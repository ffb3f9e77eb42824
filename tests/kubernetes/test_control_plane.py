"""What tests start ends with them, also where they are killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

TESTS = """
import sys, time
from pathlib import Path
from tests.kubernetes.control_plane import started
with started(Path("/bin/sleep"), ["300"], Path(sys.argv[1])) as process:
    print(process.pid, flush=True)
    time.sleep(300)
"""


def test_a_killed_run_leaves_no_server_behind(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", TESTS, tmp_path], stdout=subprocess.PIPE, cwd=root) as tests:
        assert tests.stdout is not None
        server = Path("/proc", tests.stdout.readline().decode().strip())
        deadline = time.monotonic() + 20
        while "sleep" not in (server / "comm").read_text():  # setpriv has become it
            assert time.monotonic() < deadline
        tests.kill()
    while server.exists() and "State:\tZ" not in (server / "status").read_text():
        assert time.monotonic() < deadline, "it goes on"
        time.sleep(0.05)
