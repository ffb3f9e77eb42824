"""Modules of roles that share code, loaded as Ansible lays them out on a machine."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROLES = Path(__file__).parents[2] / "roles"
SHARED = (
    "pbx_asterisk", "pbx_bookings", "pbx_carried", "pbx_chat", "pbx_ldap", "pbx_lines", "pbx_mailboxes", "pbx_tenants",
    "pbx_moves", "pbx_running", "pbx_archive", "pbx_prompts", "pbx_sounds",
)  # fmt: skip
"""Each stands behind those that it imports."""


def load(folder: str, name: str) -> ModuleType:
    """The module `name` of `roles/<folder>`; what it imports from Ansible's `module_utils` is the roles' own."""
    for each in (*ROLES.glob("*/module_utils"), ROLES / folder):
        if str(each) not in sys.path:
            sys.path.insert(0, str(each))
    for each in SHARED:
        sys.modules.setdefault(f"ansible.module_utils.{each}", __import__(each))
    return __import__(name)
