"""Lines of logs that name a tenant are overwritten where they stand.

A line keeps its length, because daemons append to these files and followers remember places in them.
"""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path


def word(slug: str) -> re.Pattern[bytes]:
    """The slug as a word of its own: another tenant's may begin or end with it."""
    return re.compile(rb"(?<![A-Za-z0-9-])" + re.escape(slug.encode()) + rb"(?![A-Za-z0-9-])")


def blank(content: bytes, named: re.Pattern[bytes]) -> list[tuple[int, int]]:
    """Offset and length, without their ends, of the lines that name the tenant."""
    found, at = [], 0
    for line in content.splitlines(keepends=True):
        if named.search(line):
            found.append((at, len(line.rstrip(b"\r\n"))))
        at += len(line)
    return found


def scrub(path: Path, named: re.Pattern[bytes], check_mode: bool) -> bool:
    """Overwrites the tenant's lines of a log; a packed one is packed anew."""
    packed = path.suffix == ".gz"
    content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    lines = blank(content, named)
    if not lines or check_mode:
        return bool(lines)
    if not packed:
        with path.open("r+b") as stream:
            for at, length in lines:
                stream.seek(at)
                stream.write(b" " * length)
        return True
    clean = bytearray(content)
    for at, length in lines:
        clean[at : at + length] = b" " * length
    before, fresh = path.stat(), path.with_name(f".new-{path.name}")
    fresh.write_bytes(gzip.compress(bytes(clean)))
    os.chown(fresh, before.st_uid, before.st_gid)
    fresh.chmod(before.st_mode & 0o7777)
    os.utime(fresh, (before.st_atime, before.st_mtime))
    fresh.replace(path)
    return True
