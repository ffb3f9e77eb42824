#!/usr/bin/python
"""Several files at once: each is there whole or not at all, and only what differs is written.

One task for all of them, for each more would cost a second of every run. Not for what a daemon must check first.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: pbx_files
short_description: Lays down files, root's, with the texts given
options:
  files:
    description: Path → text.
    type: dict
    required: true
  secret:
    description: Paths among them that only root may read.
    type: list
    elements: path
    default: []
"""


def found(path: Path) -> tuple[bytes, int] | None:
    try:
        return path.read_bytes(), path.stat().st_mode & 0o7777
    except OSError:
        return None


def write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), mode)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "dict", "required": True, "no_log": True},
            "secret": {"type": "list", "elements": "path", "default": [], "no_log": False},
        },
        supports_check_mode=True,
    )
    changed = []
    for name, text in module.params["files"].items():
        content, mode = text.encode(), 0o600 if name in module.params["secret"] else 0o644
        if found(Path(name)) != (content, mode):
            changed.append(name)
            if not module.check_mode:
                write(Path(name), content, mode)
    module.exit_json(changed=bool(changed), written=changed)


if __name__ == "__main__":
    main()
