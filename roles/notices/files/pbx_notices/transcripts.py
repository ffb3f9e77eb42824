"""Messages as text: where `pbx-transcripts` lays them down.

A message is known by Asterisk's id of it, for its file gets other names as earlier ones go.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

VOICEMAIL = Path("/var/spool/asterisk/voicemail")
STORE = Path("/var/lib/pbx-transcripts")
ID = re.compile(r"^msg_id=([0-9]{1,12}-[0-9a-f]{8})$", re.MULTILINE)


def place(slug: str, box: str, id: str) -> Path:
    return STORE / slug / box / f"{id}.json"


def read(path: Path) -> str | None:
    """The text, empty where nothing was made out; nothing where there is none yet."""
    try:
        return str(json.loads(path.read_bytes())["text"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def of(file: str, slug: str) -> str:
    """Where the text of a message of the tenant's will lie, of the name of its recording; empty where it is none."""
    noted = Path(f"{file.removesuffix('.wav')}.txt").resolve()
    if not noted.is_relative_to(VOICEMAIL / slug):
        return ""
    try:
        found = ID.search(noted.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return str(place(slug, noted.parent.parent.name, found[1])) if found else ""
