"""Sounds on a core node: files named by their content, shared by all tenants, forgotten when nobody has used them long.

Some have further names, under which Asterisk looks for them by itself; these are links. A prompt that users record is
found through its own place, so that what was recorded last is heard.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

from ansible.module_utils import pbx_prompts as prompts
from ansible.module_utils.pbx_asterisk import Refused, folder, read_json, write

SOUNDS = Path("/var/lib/asterisk/sounds/pbx")
NAMED = Path("/usr/share/asterisk/sounds")
"""Where Asterisk looks for sounds that it names itself (its data directory, as Debian builds it)."""
UNUSED = Path("/var/lib/asterisk/pbx-unused-sounds.json")
GRACE = 7 * 24 * 3600
ALIAS = re.compile(r"(en_queue_[a-z]{2}/(digits|pbx)|pbx-clock/[a-z]{2}|se|se/digits)/[0-9A-Za-z-]+")


def file(digest: str) -> Path:
    return SOUNDS / digest[:2] / f"{digest}.wav"


def keep(sounds: dict[str, bytes]) -> None:
    """Each sound appears whole; all are noted as unused until a live tenant is seen to use them."""
    for digest, content in sounds.items():
        target = file(digest)
        folder(SOUNDS, 0o755)
        folder(target.parent, 0o755)
        write(target, content, 0o644)
    note_unused(set(sounds))


def name(slug: str, home: Path) -> None:
    """Sounds that Asterisk looks for by a name of its own, such as the numbers that it says, are found there too."""
    for digest, facts in read_json(home / "sounds.json").items():
        names = dict.fromkeys(facts.get("also", ()), file(digest))
        for each in facts.get("also_recorded", ()):
            alias, _, prompt = each.partition(" ")
            names[alias] = recorded(slug, prompt)
        for alias, target in names.items():
            if not ALIAS.fullmatch(alias):
                raise Refused(f"{alias!r} is no name for a sound")
            point(NAMED / f"{alias}.wav", target)


def recorded(slug: str, prompt: str) -> Path:
    try:
        return prompts.place(slug, prompt)
    except ValueError as error:
        raise Refused(str(error)) from error


def point(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    for each in (link.parent.parent, link.parent):
        folder(each, 0o755)
    # Tenants that are applied at the same time name the same sounds: those of the clock, of numbers.
    beside = link.with_name(f".new-{os.getpid()}-{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)


def note_unused(digests: set[str]) -> None:
    if digests:
        noted = read_json(UNUSED)
        write(UNUSED, json.dumps({**dict.fromkeys(sorted(digests), int(time.time())), **noted}).encode())


def forget(tenants: Path) -> int:
    """Deletes sounds that no tenant has used for the time of grace: a call may still be playing one."""
    noted, now = read_json(UNUSED), time.time()
    due = {digest for digest, since in noted.items() if now - since > GRACE}
    if not due:
        return 0
    used = {digest for manifest in tenants.glob("*/sounds.json") for digest in read_json(manifest)}
    for digest in due - used:
        file(digest).unlink(missing_ok=True)
    for link in (*NAMED.glob("en_queue_*/*/*.wav"), *NAMED.glob("se/**/*.wav")):
        if not link.exists():
            link.unlink()
    write(UNUSED, json.dumps({digest: since for digest, since in noted.items() if digest not in due}).encode())
    return len(due - used)
