#!/usr/bin/python3
"""Ansible module: registrations of a domain that is gone leave the memory of an edge, and the database by that.

Lines of the chat server's logs that name the domain are overwritten where they stand.
"""

from __future__ import annotations

import re
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_lines import scrub, word

CHAT_LOGS = Path("/var/log/pbx-chat")

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
    named = word(module.params["domain"])
    logs = sorted(each for each in CHAT_LOGS.glob("*") if each.is_file() and scrub(each, named, module.check_mode))
    module.exit_json(changed=bool(found or logs), registrations=len(found), logs=list(map(str, logs)))


if __name__ == "__main__":
    main()
