#!/usr/bin/python3
"""Ansible module: registrations of a domain that is gone leave the memory of an edge, and the database by that."""

from __future__ import annotations

import re

from ansible.module_utils.basic import AnsibleModule

ADDRESS = re.compile(r"^\s*AoR: (\S+)\s*$", re.MULTILINE)


def of(dump: str, domain: str) -> list[str]:
    """The addresses of a domain that `kamcmd ul.dump` shows."""
    return sorted({each for each in ADDRESS.findall(dump) if each.endswith(f"@{domain}")})


def main() -> None:
    module = AnsibleModule(argument_spec={"domain": {"type": "str", "required": True}}, supports_check_mode=True)

    def kamcmd(*words: str) -> str:
        code, out, err = module.run_command(["kamcmd", *words])
        if code or out.startswith("error"):
            module.fail_json(msg=f"kamcmd {' '.join(words)}: {(err or out).strip()}; is the service kamailio running?")
        return str(out)

    found = of(kamcmd("ul.dump"), module.params["domain"])
    for each in [] if module.check_mode else found:
        kamcmd("ul.rm", "location", each)
    module.exit_json(changed=bool(found), registrations=len(found))


if __name__ == "__main__":
    main()
