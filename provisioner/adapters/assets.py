"""Where the files lie that are not Python: roles, playbooks, recipes of programs and the pages for browsers.

A wheel carries them inside the package; a checkout has them beside it.
"""

from __future__ import annotations

from pathlib import Path

import provisioner

_PACKAGE = Path(provisioner.__file__).parent


def folder(name: str) -> Path:
    """The folder `roles`, `playbooks`, `join`, `chat-page` or one of `tools`."""
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
