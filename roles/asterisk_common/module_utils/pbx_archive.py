"""What the control machine sends a core node: files of tenants and sounds, in one archive (tar.gz)."""

from __future__ import annotations

import base64
import io
import tarfile
from pathlib import Path

from ansible.module_utils.pbx_asterisk import Refused
from ansible.module_utils.pbx_running import CHECKED

# Asterisk does not read the last ten: which sounds must be there, what pbx-notices sends, what callers may say, what
# `pbx queues` shows, whose lamps show which mailboxes, whom pbx-people knows, which calendars are read, the contact
# book's cards, what has another name now, whose key seals recorded calls.
FILES = {
    *CHECKED, "calendars.json", "cards.vcf", "figures.json", "moves.json", "notices.json", "people.json",
    "recording.json",
    "sounds.json", "speech.json", "waiting.json",
}  # fmt: skip


def unpack(params: dict) -> tuple[dict[str, dict[str, bytes]], dict[str, bytes]]:
    """Files of each tenant, and sounds; whatever else an archive may hold is refused, so no name leads elsewhere."""
    slugs = {each["slug"] for each in params["tenants"]}
    digests = {digest for each in params["tenants"] for digest in each["sounds"]}
    tenants: dict[str, dict[str, bytes]] = {}
    sounds: dict[str, bytes] = {}
    packed = base64.b64decode(params["archive"]) if params["archive"] else Path(params["archive_file"]).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:*") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            content = stream.read() if stream else b""
            kind, _, rest = member.name.partition("/")
            slug, _, name = rest.partition("/")
            if kind == "sounds" and rest.removesuffix(".wav") in digests:
                sounds[rest.removesuffix(".wav")] = content
            elif kind == "tenants" and slug in slugs and name in FILES:
                tenants.setdefault(slug, {})[name] = content
            else:
                raise Refused(f"the archive holds {member.name}, which no tenant of this run asked for")
    return tenants, sounds
