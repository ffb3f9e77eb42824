#!/usr/bin/python3
"""Ansible module: the kernel's firewall is the one of the file, whatever somebody did to it since it was loaded.

What the file means is asked of nftables itself: it is loaded in a network namespace of its own, which nothing goes
through, and the table is listed in both. Other tables are somebody else's and stay as they are.
"""

from __future__ import annotations

import json
from typing import Any

from ansible.module_utils.basic import AnsibleModule

FAMILY, TABLE = "inet", "pbx"


def rules(listed: str) -> list[Any]:
    """What `nft --json list table` tells, without what differs from one loading to the next."""
    return [stable(each) for each in json.loads(listed)["nftables"] if "metainfo" not in each]


def stable(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: stable(each) for key, each in part.items() if key not in ("handle", "packets", "bytes")}
    return [stable(each) for each in part] if isinstance(part, list) else part


def main() -> None:
    module = AnsibleModule(argument_spec={"file": {"type": "path", "required": True}}, supports_check_mode=True)
    file = module.params["file"]
    shown = ["nft", "--json", "list", "table", FAMILY, TABLE]
    apart = ["unshare", "--net", "--", "sh", "-ec", f'nft -f "$1" && exec {" ".join(shown)}', "sh", file]
    code, wanted, error = module.run_command(apart)
    if code:
        module.fail_json(msg=f"nftables does not take {file}: {error.strip()}")
    code, running, _ = module.run_command(shown)
    if code == 0 and rules(running) == rules(wanted):
        module.exit_json(changed=False)
    if not module.check_mode:
        module.run_command(["nft", "-f", file], check_rc=True)
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
