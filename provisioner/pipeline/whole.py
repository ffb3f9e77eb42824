"""Files that appear whole or not at all: a run that is cut off, or a full disk, leaves what was there before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

DEVICES = Path("/dev")


def put(file: Path, content: bytes | str, *, private: bool = False, through_links: bool = True) -> None:
    """Writes the content in place of what lies there, and makes the folder.

    Text is written as UTF-8 with its own ends of lines. A file keeps its mode, a new one gets what the umask leaves; a
    `private` one is for its owner alone. A link stays and the file that it leads to is replaced, or the link itself
    without `through_links`. What is no file, such as /dev/stdout, is written to. Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    if DEVICES in file.parents or (file.exists() and not file.is_file()):
        with file.open("ab") as stream:
            stream.write(data)
        return
    file = file.resolve() if through_links else file
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            if file.exists() and not private:
                os.fchmod(descriptor, stat.S_IMODE(file.stat().st_mode))
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        fresh.replace(file)
    except OSError as error:
        # A disk that is full says so at a write, which names no file.
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        fresh.unlink(missing_ok=True)
