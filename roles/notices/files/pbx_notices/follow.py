"""Follows the queue log across crashes and rotations: each line is handed out until it is said to be done."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import BinaryIO

from .files import write

LONGEST = 1 << 20
"""Bytes read at once."""


class Follower:
    """`lines` gives what is new; `done` notes that it needs no second reading."""

    def __init__(self, log: Path, note: Path) -> None:
        self._log, self._note = log, note
        self._file: BinaryIO | None = None
        self._read = 0
        """How far `lines` has come; the note follows with `done`."""

    def lines(self) -> list[str]:
        """Whole lines since the last call, as far as there are any; at most about a megabyte."""
        if self._file is None and not self._open():
            return []
        assert self._file
        self._file.seek(self._read)
        found = self._file.read(LONGEST)
        whole = found[: found.rfind(b"\n") + 1]
        if not whole and len(found) == LONGEST:
            whole = found  # no line of ours is so long
        if not whole:
            self._turn()
            return []
        self._read += len(whole)
        return whole.decode(errors="replace").splitlines()

    def done(self) -> None:
        if self._file is not None:
            where = {"inode": os.fstat(self._file.fileno()).st_ino, "offset": self._read}
            write(self._note, json.dumps(where).encode())

    def _open(self) -> bool:
        note = self._noted()
        if note is None:
            return self._first()
        inode, offset = note
        for path in (self._log, *sorted(self._log.parent.glob(f"{self._log.name}.*"))):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_ino == inode:
                    return self._take(path, offset)
        # Gone with all its lines: the log that is written now is new from its first line.
        return self._take(self._log, 0)

    def _noted(self) -> tuple[int, int] | None:
        try:
            note = json.loads(self._note.read_bytes())
            return int(note["inode"]), int(note["offset"])
        except (OSError, ValueError, KeyError):
            return None

    def _first(self) -> bool:
        """A node that never followed the log begins at its end: what stands there was never meant for it."""
        if not self._log.exists():
            write(self._note, json.dumps({"inode": 0, "offset": 0}).encode())
            return False
        self._take(self._log, self._log.stat().st_size)
        self.done()
        return self._file is not None

    def _take(self, path: Path, offset: int) -> bool:
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            return False
        shorter = os.fstat(self._file.fileno()).st_size < offset
        self._read = 0 if shorter else offset
        return True

    def _turn(self) -> None:
        """At the end: has the log been renamed, and does Asterisk write the new one already?

        It goes on in the old file until it is told to look; when the new one holds a line, it has been told.
        """
        assert self._file
        try:
            now = self._log.stat()
        except FileNotFoundError:
            return
        if now.st_ino == os.fstat(self._file.fileno()).st_ino or not now.st_size:
            return
        self._file.seek(self._read)
        if b"\n" in self._file.read(LONGEST):
            return  # written between our last look and the turn
        self._file.close()
        self._take(self._log, 0)
        self.done()
