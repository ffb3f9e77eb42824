"""Prompts that users may record by phone: until they do, a link leads from the prompt's place to the declared sound.

What was recorded is a file in the link's place (`roles/asterisk/files/recorded_prompts.py`). It is the users' own and
is never touched here, also where the tenant's file no longer has the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

PROMPTS = Path("/var/spool/asterisk/prompts")
NAME = re.compile(r"[a-z0-9-]{1,40}/(all|[a-z]{2}(-[A-Z]{2})?)")


def place(slug: str, name: str) -> Path:
    """Where a prompt is heard, `welcome/sv`; raises ValueError where that is no name of one."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no prompt of {slug}")
    return PROMPTS / slug / f"{name}.wav"


def lay(slug: str, seeds: Mapping[str, Path], folder: Callable[[Path], object]) -> None:
    """`seeds` is the prompt and its language, `welcome/sv`, → the declared sound; `folder` makes one that is the
    daemon's. Raises ValueError where something is no name of a prompt."""
    home = PROMPTS / slug
    places = {place(slug, name): sound for name, sound in seeds.items()}
    if seeds:
        folder(home)
        folder(home / ".new")
    for path, sound in places.items():
        if (path.is_symlink() and path.readlink() == sound) or (path.is_file() and not path.is_symlink()):
            continue
        folder(path.parent)
        beside = path.with_name(".new-link")
        beside.unlink(missing_ok=True)
        beside.symlink_to(sound)
        beside.replace(path)
    for path in home.glob("*/*.wav"):
        if path.is_symlink() and path not in places:
            path.unlink()
