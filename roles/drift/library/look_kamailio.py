#!/usr/bin/python3
"""Ansible module: which entries of the running Kamailio's tables are not as expected. Changes nothing.

`expected` is JSON; of it `memory` is table → key → value, as the daemon holds them. Only what differs comes back:
table, key, expected and found.
"""

from __future__ import annotations

import json
import re

from ansible.module_utils.basic import AnsibleModule

ENTRY = re.compile(r"^\s*name: (?P<key>.*?)\s*$\n^\s*value: (?P<value>.*?)\s*$", re.MULTILINE)


def entries(dump: str) -> dict[str, str]:
    """What `kamcmd htable.dump` shows."""
    return {each["key"]: each["value"] for each in ENTRY.finditer(dump)}


def differing(expected: dict[str, str], found: dict[str, str], whole: bool) -> list[tuple[str, str | None, str | None]]:
    """Key, expected and found; entries that nobody expects only where all tenants are looked at."""
    keys = sorted({*expected, *(found if whole else ())})
    return [(key, expected.get(key), found.get(key)) for key in keys if expected.get(key) != found.get(key)]


def main() -> None:
    module = AnsibleModule(
        argument_spec={"expected": {"type": "str", "required": True, "no_log": True}}, supports_check_mode=True
    )
    expected = json.loads(module.params["expected"])
    parts = []
    for table, wanted in expected["memory"].items():
        code, out, err = module.run_command(["kamcmd", "htable.dump", table])
        if code or out.startswith("error"):
            module.exit_json(changed=False, pbx_seen={"silent": f"Kamailio does not answer: {(err or out).strip()}"})
        parts += [[table, *each] for each in differing(wanted, entries(out), expected["whole"])]
    module.exit_json(changed=False, pbx_seen={"memory": parts})


if __name__ == "__main__":
    main()
