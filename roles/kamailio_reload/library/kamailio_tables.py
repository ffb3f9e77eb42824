#!/usr/bin/python3
"""Ansible module: Kamailio's tables in memory, reloaded when the database is newer.

The running daemon itself holds the revision that it has loaded (table `meta`), so the answer is right after a restart,
and after a run that was cut off between the database and the edge. Not for registrations.
"""

from __future__ import annotations

import re

from ansible.module_utils.basic import AnsibleModule

TABLES = ("tenants", "domains", "numbers")


def main() -> None:
    arguments = {
        "revision": {"type": "int", "required": True},
        "force": {"type": "bool", "default": False},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)

    def kamcmd(*words: str) -> str:
        code, out, err = module.run_command(["kamcmd", *words])
        if code or out.startswith("error"):
            found = (err or out).strip()
            module.fail_json(msg=f"kamcmd {' '.join(words)}: {found}; is the service kamailio running on this edge?")
        return str(out)

    revision = module.params["revision"]
    found = re.search(r"value:\s*(\S+)", kamcmd("htable.get", "meta", "revision"))
    before = int(found[1]) if found else -1
    stale = module.params["force"] or before < revision
    if stale and not module.check_mode:
        for table in TABLES:
            kamcmd("htable.reload", table)
        # Last: a run that ends before this line leaves the old revision behind, and the next one reloads again.
        # Tenants are applied side by side: what another run has loaded since must not look older than it is.
        kamcmd("htable.sets", "meta", "revision", f"s:{max(before, revision)}")
    module.exit_json(changed=stale, before=before, revision=revision)


if __name__ == "__main__":
    main()
