#!/usr/bin/python3
"""After Asterisk has started: callers who were promised a call-back stand in their queue again.

Each promise is a record `/pbx/<tenant>/call-back/<id>` in Asterisk's database, `queue&place&number&shown&…`; the
channels that waited for it went with the daemon. One whose member had answered when the daemon ended counts as kept.
"""

import os
import re
import subprocess
import sys
import time

import astdb

PROMISE = re.compile(r"/pbx/([a-z][a-z0-9-]*)/call-back/([0-9.]+)")
NAME = re.compile(r"[a-z][a-z0-9-]*")


def ask(command: str) -> str:
    return subprocess.run(["asterisk", "-rx", command], capture_output=True, text=True, timeout=60, check=False).stdout


def resume(promises: dict[str, str]) -> None:
    for key, record in promises.items():
        found, queue = PROMISE.fullmatch(key), record.partition("&")[0]
        if not found or not NAME.fullmatch(queue):
            continue
        tenant, call = found.groups()
        waiting = f"{call}@{tenant}.queue.{queue}.back"
        ask(f"channel originate Local/{waiting}/n extension {call}@{tenant}.callback")


def main() -> None:
    # The service counts as started meanwhile: the daemon is not kept waiting for its own answer.
    if os.fork():
        return
    os.setsid()
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if "fully booted" in ask("core waitfullybooted"):
            promises = astdb.written("/pbx/*/call-back/*")
            if promises is not None:
                resume(promises)
                return
        time.sleep(0.5)
    sys.exit("asterisk did not start, or never let go of its database, within 120 s")


if __name__ == "__main__":
    main()
