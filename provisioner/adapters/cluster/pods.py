"""What runs in pods beside the daemons, as the files that go there: our folder `reloader`, and modules of roles.

The modules are those that do the same work on hosts, so a bundle is staged, checked and switched by one code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from provisioner.adapters import assets

_LIBRARY = (
    "asterisk_common/library/pbx_core_bundle.py",
    "kamailio_rows/library/tenant_rows.py",
    "postgres/library/pbx_database.py",
)
_UTILITIES = "asterisk_common/module_utils"
_LIBEXEC = "asterisk/files"


def programs() -> dict[str, str]:
    """path → text, the same on every machine."""
    own, roles = assets.folder("reloader"), assets.folder("roles")
    found = {str(each.relative_to(own)): each for each in own.rglob("*.py")}
    found |= {Path(each).name: roles / each for each in _LIBRARY}
    found |= {f"ansible/module_utils/{each.name}": each for each in (roles / _UTILITIES).glob("*.py")}
    found |= {f"libexec/{each.name}": each for each in (roles / _LIBEXEC).glob("*.py")}
    return {path: found[path].read_text(encoding="utf-8") for path in sorted(found)}


def digest(texts: Mapping[str, str]) -> str:
    """Names the programs and the components that put them into pods: another of either is carried out."""
    import stacks

    folder = Path(stacks.__file__).parent / "kubernetes"
    components = {each.name: each.read_text(encoding="utf-8") for each in sorted(folder.glob("*.py"))}
    facts = json.dumps([dict(texts), components], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()
