"""Where an Asterisk's configuration and its sounds lie: nothing outside of the two folders is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conf import Content

ENDINGS = (".wav", ".mp3", ".ogg", ".opus", ".flac", ".m4a", ".aac")
"""What a prompt may be; Asterisk's own formats beside wav are not among them."""


def within(folder: Path) -> Content:
    """The files of a folder by name."""

    def content(name: str) -> bytes | None:
        try:
            file = (folder / name).resolve()
            return file.read_bytes() if file.is_relative_to(folder.resolve()) else None
        except (OSError, ValueError):
            return None

    return content


def sounds(folder: Path | None, provider: Path) -> Callable[[str], str]:
    """The file of a sound as a tenant file names it; empty where the provider's folder has none."""

    def found(name: str) -> str:
        root = provider.resolve()
        for ending in ENDINGS if folder else ():
            try:
                file = (folder / f"{name}{ending}").resolve() if folder else root
                if file.is_file() and file.is_relative_to(root):
                    return file.relative_to(root).as_posix()
            except (OSError, ValueError):
                return ""
        return ""

    return found
