#!/usr/bin/python3
"""Ansible module: registrations of a domain that is gone leave the database, and deleted rows leave its files.

PostgreSQL keeps the bytes of deleted rows until a table is written anew, which takes parts of a second here. Its
write-ahead log overwrites itself in time.
"""

from __future__ import annotations

import os
import pwd

from ansible.module_utils.basic import AnsibleModule

try:
    import psycopg2
except ImportError:
    psycopg2 = None

REGISTRATIONS = ("location", "location_attrs")
TABLES = ("lights", "subscriber", "numbers", "domains", "tenants", *REGISTRATIONS)


def forget(database: str, domain: str, check_mode: bool) -> int:
    """How many registrations there were."""
    connection = psycopg2.connect(dbname=database, connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            found = 0
            for table in REGISTRATIONS:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE domain = %s", (domain,))
                found += cursor.fetchone()[0]
                if not check_mode:
                    cursor.execute(f"DELETE FROM {table} WHERE domain = %s", (domain,))
            for table in () if check_mode else TABLES:
                cursor.execute(f"VACUUM FULL {table}")
            return found
    finally:
        connection.close()


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "domain": {"type": "str", "required": True},
            "database": {"type": "str", "default": "kamailio"},
        },
        supports_check_mode=True,
    )
    if psycopg2 is None:
        module.fail_json(msg="python3-psycopg2 is missing on this node; the role postgres installs it")
    # The server knows its administrator by the caller's user; a machine need not have sudo.
    os.seteuid(pwd.getpwnam("postgres").pw_uid)
    try:
        found = forget(module.params["database"], module.params["domain"], module.check_mode)
    except psycopg2.Error as error:
        module.fail_json(msg=f"PostgreSQL refused to forget the registrations: {str(error).strip()}")
    finally:
        os.seteuid(0)
    module.exit_json(changed=bool(found), registrations=found)


if __name__ == "__main__":
    main()
