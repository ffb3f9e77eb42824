#!/usr/bin/python3
"""Ansible module: which trees of the directory of contact books are not as expected. Changes nothing.

`expected` is JSON; of it `books` is slug → the digest of its tree as `pbx_ldap` shows it, and `whole` says whether no
other tenant may have one. A tree that differs comes back whole, with digests in place of passwords; one that is not
there comes back empty. A daemon that does not answer is told by its service.
"""

from __future__ import annotations

import json

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_ldap import bound, digest, found, home_of, ldap, shown, tenants


def main() -> None:
    module = AnsibleModule(argument_spec={"expected": {"type": "str", "required": True}}, supports_check_mode=True)
    expected = json.loads(module.params["expected"])
    books, whole = expected["books"], expected["whole"]
    if ldap is None:
        module.exit_json(changed=False, pbx_seen={"silent": "python3-ldap is not there"})
    try:
        directory = bound()
        there = tenants(directory)
        looked = [*books, *(each for each in there if whole and each not in books)]
        trees = {each: shown(found(directory, home_of(each))) for each in looked}
    except ldap.LDAPError as error:
        module.exit_json(changed=False, pbx_seen={"silent": f"the directory of contact books does not answer: {error}"})
    differ = {each: tree for each, tree in trees.items() if digest(tree) != books.get(each)}
    module.exit_json(changed=False, pbx_seen={"books": differ})


if __name__ == "__main__":
    main()
