#!/usr/bin/python3
"""Ansible module: which files and services of a machine are not as expected. Changes nothing.

`expected` is JSON: `files` path → SHA-256, empty for any content; `secret` paths whose text stays here; `folders` in
which nothing else may lie; `telephones` slug → SHA-256 of a path below the slug's folder → SHA-256 of its file;
`services` that shall run. What is as expected is left out of the answer (`pbx_seen`).
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DEVICES = Path("/var/lib/pbx-devices")
LONGEST = 4_000_000
"""Bytes of a file whose text is still handed out."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def facts(path: Path, content: bytes | None = None) -> dict:
    """Who wrote it when; its text where it may be told."""
    found = path.stat()
    try:
        owner = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        owner = str(found.st_uid)
    written = datetime.fromtimestamp(found.st_mtime, UTC).isoformat(timespec="seconds")
    text = None
    if content is not None and len(content) <= LONGEST:
        text = content.decode(errors="replace")
    return {"there": True, "owner": owner, "changed": written, "text": text}


def files(expected: dict[str, str], secret: set[str]) -> dict[str, dict]:
    seen: dict[str, dict] = {}
    for name, digest in expected.items():
        path = Path(name)
        if not path.is_file():
            seen[name] = {"there": False}
            continue
        content = path.read_bytes()
        if digest and sha256(content) != digest:
            seen[name] = facts(path, None if name in secret else content)
    return seen


def strays(folders: list[str], expected: dict[str, str]) -> dict[str, dict]:
    """Files that nobody laid down. Their text stays here: nobody knows whether it is secret."""
    return {str(path): facts(path) for folder in folders for path in below(Path(folder)) if str(path) not in expected}


def below(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (Path(place) / each for each in sorted(names))


def telephones(expected: dict[str, dict[str, str]], whole: bool) -> dict[str, dict[str, dict]]:
    """slug → digest of a path → what is wrong with it; a path is a secret, and so is what lies there."""
    there = (
        [each.name for each in DEVICES.iterdir() if each.is_dir() and not each.is_symlink()] if DEVICES.is_dir() else []
    )
    seen: dict[str, dict[str, dict]] = {}
    for slug in sorted({*expected, *(there if whole else ())}):
        wanted = expected.get(slug, {})
        present = {sha256(str(path.relative_to(DEVICES / slug)).encode()): path for path in below(DEVICES / slug)}
        wrong: dict[str, dict] = {each: {"there": False} for each in wanted if each not in present}
        for name, path in present.items():
            if wanted.get(name) != sha256(path.read_bytes()):
                wrong[name] = facts(path)
        if wrong:
            seen[slug] = wrong
    return seen


def services(names: list[str]) -> dict[str, str]:
    """unit → its state, where it does not run; `not enabled` where it would not start with the machine."""
    seen = {}
    for name in names:
        shown = subprocess.run(
            ["systemctl", "show", name, "--property=ActiveState,UnitFileState"],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        state = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        if state.get("ActiveState") != "active":
            seen[name] = state.get("ActiveState") or "unknown"
        elif state.get("UnitFileState") == "disabled":
            seen[name] = "not enabled"
    return seen


def main() -> None:
    module = AnsibleModule(
        argument_spec={"expected": {"type": "str", "required": True, "no_log": True}}, supports_check_mode=True
    )
    expected = json.loads(module.params["expected"])
    wanted = expected["files"]
    seen = {
        "files": {**files(wanted, set(expected["secret"])), **strays(expected["folders"], wanted)},
        "telephones": telephones(expected["telephones"], expected["whole"]) if "telephones" in expected else {},
        "services": services(expected["services"]),
    }
    module.exit_json(changed=False, pbx_seen=seen)


if __name__ == "__main__":
    main()
