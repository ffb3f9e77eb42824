#!/usr/bin/python3
"""Ansible module: one tenant's video rooms, told truthfully.

The tenant's file is laid down whole, then LiveKit is asked which meetings of the tenant are held: what the file no
longer names ends. A run that was cut off is finished by the next one.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

SETTINGS = Path("/etc/pbx-video")
PROGRAMS = "/usr/local/lib/pbx"


def laid_down(path: Path, text: str, *, dry: bool) -> bool:
    """Writes the file, or with an empty text takes it away; returns whether it was otherwise."""
    if (path.read_text(encoding="utf-8") if path.exists() else "") == text:
        return False
    if dry:
        return True
    if not text:
        path.unlink()
        return True
    fresh = path.with_name(f".{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    shutil.chown(fresh, "root", "pbx-video")
    fresh.chmod(0o640)
    fresh.replace(path)
    return True


def ended(slug: str, wanted: dict[str, Any], server: Any, *, dry: bool) -> Iterator[str]:
    """Ends meetings in rooms that are no longer wanted, and sends users out who are no longer named."""
    rooms, users = ({each["id"] for each in wanted.get(key, ())} for key in ("rooms", "users"))
    for each in server.rooms():
        name = each["name"]
        whose, _, room = name.partition(".")
        if whose != slug:
            continue
        if not wanted or (not room.startswith("~") and room not in rooms):
            if not dry:
                server.end(name)
            yield f"meeting in {room} ended"
            continue
        for one in server.participants(name):
            kind, _, rest = one["identity"].partition(".")
            if kind == "user" and rest.partition(".")[0] not in users:
                if not dry:
                    server.remove(name, one["identity"])
                yield f"{rest.partition('.')[0]} sent out of {room}"


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "tenant": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "wanted": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    slug, dry = module.params["tenant"], module.check_mode
    text = module.params["wanted"] if module.params["state"] == "present" else ""
    if not (SETTINGS / "meet.json").is_file():
        if not text:
            module.exit_json(changed=False, done=[])
        module.fail_json(msg=f"the video rooms of {slug}: this machine carries none; apply the platform first")
    sys.path.insert(0, PROGRAMS)
    from pbx_meet.livekit import LiveKit, Missing, Unreachable

    told = json.loads((SETTINGS / "meet.json").read_text(encoding="utf-8"))
    server = LiveKit(told["livekit"], told["key"], told["secret"])
    try:
        done = ["file laid down"] if laid_down(SETTINGS / "tenants" / f"{slug}.json", text, dry=dry) else []
        done += ended(slug, json.loads(text) if text else {}, server, dry=dry)
    except (OSError, Unreachable, Missing) as error:
        module.fail_json(msg=f"the video rooms of {slug}: {error}; repeat the run")
    module.exit_json(changed=bool(done), done=done)


if __name__ == "__main__":
    main()
