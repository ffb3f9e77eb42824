"""Folders and tables of what users live with, carried from one place to another so that both become one.

Whatever is done here may be done again: it takes what still lies in the old place and leaves nothing there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

SECONDS = 30.0
MESSAGE = re.compile(r"msg(\d{4})\.txt")
COMING = re.compile(r"msg\d{4}\.[^.]+")


def book(old: Path, new: Path) -> None:
    """Her own cards; under the new name there may be a book already, which the server has shown to nobody for long."""
    if not old.is_dir():
        return
    if not new.exists():
        old.rename(new)
        return
    shutil.rmtree(old / "personal/.Radicale.cache", ignore_errors=True)
    files(old, new)


def mailbox(old: Path, new: Path) -> None:
    """Messages keep their order, behind those that are there."""
    if not old.is_dir():
        return
    no_link(old, new)
    if not new.exists():
        old.rename(new)
        return
    for folder in sorted(each for each in old.iterdir() if each.is_dir()):
        beside = new / folder.name
        no_link(folder, beside)
        if not beside.exists():
            folder.rename(beside)
            continue
        for text in sorted(folder.glob("msg*.txt")):
            taken = [int(found[1]) for each in beside.iterdir() if (found := MESSAGE.fullmatch(each.name))]
            name = f"msg{max(taken, default=-1) + 1:04d}"
            sounds = [each for each in folder.glob(f"{text.stem}.*") if each != text]
            for each in (*sounds, text):  # the text last: with it the message is there
                each.replace(beside / f"{name}{each.suffix}")
    files(old, new)


def files(old: Path, new: Path) -> None:
    """A folder's files, without links, which lead to what was declared; the folder goes when it is empty.

    The sound of a message whose text is still to come stays for the next time.
    """
    if not old.is_dir():
        return
    no_link(old)
    for path in (old, *sorted(old.rglob("*"))):
        target = new / path.relative_to(old)
        if path.is_dir() and not path.is_symlink():
            like(path, target)
        elif not path.is_symlink() and not COMING.fullmatch(path.name):
            path.replace(target)
    for path in (*sorted(old.rglob("*"), reverse=True), old):
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            with contextlib.suppress(OSError):
                path.rmdir()


def no_link(*paths: Path) -> None:
    """The daemons own these folders, and root, who moves, would follow where they lead: into /etc, say."""
    for path in paths:
        if path.is_symlink():
            raise OSError(errno.ELOOP, f"{path} is a link, and no folder of users' own")


def like(old: Path, new: Path) -> None:
    """A folder as the old one is."""
    no_link(new)
    if not new.is_dir():
        found = old.stat()
        new.mkdir(mode=found.st_mode & 0o7777)
        os.chown(new, found.st_uid, found.st_gid)


def change(path: Path, commands: Iterable[str], given: dict[str, str]) -> None:
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(path, timeout=SECONDS)) as database, database:
        for command in commands:
            database.execute(command, given)


def tables(old: Path, new: Path, names: Iterable[str]) -> None:
    """The rows of one file beside those of the other, all at once; of rows that are there already those stay."""
    if not old.exists():
        return
    no_link(old, new)
    if not new.exists():
        with contextlib.closing(sqlite3.connect(old, timeout=SECONDS, isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")  # nobody writes, so no journal is left under the old name
            old.rename(new)
        return
    with contextlib.closing(sqlite3.connect(new, timeout=SECONDS)) as database:
        database.execute("ATTACH ? AS former", (str(old),))
        with database:
            for each in names:
                database.execute(f'INSERT OR IGNORE INTO main."{each}" SELECT * FROM former."{each}"')
                database.execute(f'DELETE FROM former."{each}"')
    old.unlink()
