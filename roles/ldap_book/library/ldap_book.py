#!/usr/bin/python3
"""Ansible module: the trees of tenants in the directory of contact books, told truthfully.

`books` is a JSON object, tenant → its tree as LDIF, empty to take it away. What is there is read and compared with what
is wanted; only what differs is added, modified or deleted, parents before children, or after them. Not for other
tenants' trees.
"""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_ldap import ROOT, SOCKET, Tree, bound, found, home_of, ldap

if ldap is not None:
    import ldap.modlist
    import ldif


def depth(dn: str) -> tuple[int, str]:
    """Commas stand between its parts alone: no name that the compiler writes into a DN holds one."""
    return dn.count(","), dn


def differences(present: Tree, wanted: Tree) -> tuple[list[str], list[str], list[str]]:
    """What is to be added, in order, then what is to be modified, and what is to be deleted, in order."""
    added = sorted(wanted.keys() - present.keys(), key=depth)
    changed = sorted(dn for dn in wanted.keys() & present.keys() if values(wanted[dn]) != values(present[dn]))
    return added, changed, sorted(present.keys() - wanted.keys(), key=depth, reverse=True)


def values(entry: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """An entry's values without their order, which the directory does not keep."""
    return {attribute: sorted(found) for attribute, found in entry.items()}


def stranger(wanted: Tree, home: str) -> str:
    """An entry that is not the tenant's, or nothing."""
    return next((dn for dn in wanted if dn != home and not dn.endswith(f",{home}")), "")


def read(text: str) -> Tree:
    records = ldif.LDIFRecordList(io.BytesIO(text.encode()))
    records.parse()
    return dict(records.all_records)


def apply(directory: Any, home: str, wanted: Tree, check_mode: bool) -> bool:
    present = found(directory, home)
    added, changed, gone = differences(present, wanted)
    if check_mode or not (added or changed or gone):
        return bool(added or changed or gone)
    if home in added:
        root = {"objectClass": [b"dcObject", b"organization"], "dc": [b"pbx"], "o": [b"pbx"]}
        with contextlib.suppress(ldap.ALREADY_EXISTS):
            directory.add_s(ROOT, ldap.modlist.addModlist(root))
    for dn in gone:
        directory.delete_s(dn)
    for dn in added:
        directory.add_s(dn, ldap.modlist.addModlist(wanted[dn]))
    for dn in changed:
        directory.modify_s(dn, ldap.modlist.modifyModlist(present[dn], wanted[dn]))
    return True


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "books": {"type": "str", "required": True, "no_log": True},
            "socket": {"type": "str", "default": SOCKET},
        },
        supports_check_mode=True,
    )
    parameters = module.params
    if ldap is None:
        module.fail_json(msg="python3-ldap is not there; apply the platform first")
    directory, changed = None, []
    for tenant, text in json.loads(parameters["books"]).items():
        home, wanted = home_of(tenant), read(text)
        if other := stranger(wanted, home):
            module.fail_json(msg=f"the book of {tenant} holds {other}, which is not its own")
        try:
            directory = directory or bound(parameters["socket"])
            if apply(directory, home, wanted, module.check_mode):
                changed.append(tenant)
        except ldap.LDAPError as error:
            said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            module.fail_json(msg=f"the book of {tenant}: {said.get('desc', error)}; repeat the run")
    module.exit_json(changed=bool(changed), tenants=changed)


if __name__ == "__main__":
    main()
