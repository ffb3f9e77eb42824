#!/usr/bin/python3
"""Ansible module: what of tenants' chat, and of their pages for browsers, is not as expected. Changes nothing.

`expected` is JSON; of it `chat` is slug → what the tenant's host shall hold, without passwords. A daemon that does not
answer is told by its service.
"""

from __future__ import annotations

import http.client
import json

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_chat import SOCKET, Daemon, Host, Refused, note_of, page, read


def main() -> None:
    module = AnsibleModule(argument_spec={"expected": {"type": "str", "required": True}}, supports_check_mode=True)
    daemon = Daemon(SOCKET)
    parts = []
    try:
        for slug, wanted in json.loads(module.params["expected"])["chat"].items():
            for _, *facts in Host(daemon, wanted, note_of(slug), dry=True).steps():
                parts.append([slug, *facts])
            file, text = page(slug, wanted)
            if (found := read(file)) != text:
                parts.append([slug, f"chat-page {slug}", "content", text, found])
    except (Refused, OSError, http.client.HTTPException) as error:
        module.exit_json(changed=False, pbx_seen={"silent": f"the chat server does not answer: {error}"})
    module.exit_json(changed=False, pbx_seen={"chat": parts})


if __name__ == "__main__":
    main()
