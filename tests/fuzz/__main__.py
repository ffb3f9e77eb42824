"""`python -m tests.fuzz [FILES] [SEED]`: made-up files of a folder, on all cores; 1 where one is not survived.

What fails is shrunk and written to build/fuzz/, with the traceback beside it. The same seed makes the same files.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

from .mutations import FILES, PLACES
from .survival import MEGABYTES, folder, survives

ROUND = 1000
"""Files between two reports; hypothesis remembers what it has drawn of one."""

FAILED = Path("build/fuzz")


def main(words: list[str]) -> int:
    """Tries the files and returns the exit code."""
    wanted = int(words[0]) if words else 100_000
    seed = int(words[1]) if len(words) > 1 else int(time.time())
    rounds = range(seed * 1000, seed * 1000 + -(-wanted // ROUND))
    print(f"{wanted:,} files, seed {seed}", flush=True)
    begun, failed, peak = time.monotonic(), 0, 0
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0)), _bounded) as pool:
        for number, (told, memory) in enumerate(pool.imap_unordered(_round, rounds), 1):
            peak = max(peak, memory)
            failed += bool(told)
            rate = number * ROUND / (time.monotonic() - begun)
            print(told or f"{number * ROUND:,} files, {rate:.0f} /s, at most {peak} MB", flush=True)
    print(f"{failed} of {len(rounds)} rounds with something that was not survived" + (f": {FAILED}" if failed else ""))
    return 1 if failed else 0


def _bounded() -> None:
    """A file that would take the machine's memory gets an error instead."""
    limit = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _round(seed: int) -> tuple[str, int]:
    """What was not survived of one round, or an empty text; and the megabytes of the process at the worst moment."""
    last: list[bytes] = []

    with tempfile.TemporaryDirectory() as home:
        root = folder(Path(home) / "folder")

        @hypothesis.seed(seed)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(FILES, PLACES)
        def trial(file: tuple[str, bytes], where: int) -> None:
            last[:] = [file[1]]
            survives(root, *file, where)

        told = ""
        try:
            trial()
        except Exception:  # hypothesis ends with the smallest file that it has found
            told = _kept(last[0], traceback.format_exc())
    return told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _kept(content: bytes, told: str) -> str:
    FAILED.mkdir(parents=True, exist_ok=True)
    file = FAILED / f"{hashlib.sha256(content).hexdigest()[:12]}.yaml"
    file.write_bytes(content)
    file.with_suffix(".txt").write_text(told, encoding="utf-8")
    return f"not survived: {file}\n{told[-2000:]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
