"""Tenants' people.json: read again when a bundle has changed."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

TENANTS = Path("/etc/asterisk/pbx/tenants")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Known:
    """`of` is what a tenant's file says; nothing where there is none."""

    def __init__(self, folder: Path = TENANTS) -> None:
        self._folder = folder
        self._read: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def of(self, slug: str) -> dict[str, Any] | None:
        if not SLUG.fullmatch(slug):
            return None
        path = self._folder / slug / "people.json"
        try:
            found = path.stat()
            state = (found.st_ino, found.st_mtime_ns)
            with self._lock:
                kept = self._read.get(slug)
            if kept is None or kept[0] != state:
                kept = (state, json.loads(path.read_bytes()))
                with self._lock:
                    self._read[slug] = kept
        except (OSError, ValueError):
            return None
        return kept[1]

    def with_chat(self) -> dict[str, dict[str, Any]]:
        """Tenants whose users have chat."""
        found = {slug: self.of(slug) for slug in self.slugs()}
        return {slug: each for slug, each in found.items() if each and "chat" in each["tenant"]}

    def slugs(self) -> list[str]:
        """Tenants that have people, sorted."""
        found = (each.parent.name for each in self._folder.glob("*/people.json"))
        return sorted(each for each in found if SLUG.fullmatch(each))
