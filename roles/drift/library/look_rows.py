#!/usr/bin/python3
"""Ansible module: which tenants' rows in the edge's database are not as expected. Changes nothing.

`expected` is JSON; of it `rows` is slug → table → SHA-256 of the rows (`digest`). All rows of a table come back where
any differs, with the SHA-256 of HA1 in place of HA1. A database that does not answer is told by its service.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd

from ansible.module_utils.basic import AnsibleModule

try:
    import psycopg2
    from psycopg2 import sql
except ImportError:
    psycopg2 = None

TABLES = {
    "tenants": ("slug", "core", "main_number"),
    "domains": ("domain",),
    "numbers": ("number",),
    "subscriber": ("username", "domain", "pbx_user", "device", "extension", "ha1"),
    "lights": ("dialled", "light"),
}


def digest(rows: list[dict[str, str]]) -> str:
    """Names the rows of one table, in whichever order they come."""
    return hashlib.sha256("\n".join(sorted(json.dumps(each, sort_keys=True) for each in rows)).encode()).hexdigest()


def present(database: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    """slug → table → rows, of all tenants."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    # The server knows its administrator by the caller's user; a machine need not have sudo.
    os.seteuid(pwd.getpwnam("postgres").pw_uid)
    try:
        connection = psycopg2.connect(dbname=database, connect_timeout=10)
        connection.set_session(readonly=True)
        with connection, connection.cursor() as cursor:
            for table, columns in TABLES.items():
                names = sql.SQL(", ").join(map(sql.Identifier, (*columns, "tenant")))
                cursor.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table)))
                for *values, slug in cursor.fetchall():
                    row = dict(zip(columns, values, strict=False))
                    if "ha1" in row:
                        row["ha1"] = hashlib.sha256(row["ha1"].encode()).hexdigest()
                    found.setdefault(slug, {}).setdefault(table, []).append(row)
        connection.close()
    finally:
        os.seteuid(0)
    return found


def differing(expected: dict[str, dict[str, str]], whole: bool, found: dict) -> dict:
    nothing = digest([])
    seen: dict[str, dict[str, list]] = {}
    for slug in sorted({*expected, *(found if whole else ())}):
        for table in TABLES:
            rows = found.get(slug, {}).get(table, [])
            if digest(rows) != expected.get(slug, {}).get(table, nothing):
                seen.setdefault(slug, {})[table] = rows
    return seen


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "expected": {"type": "str", "required": True, "no_log": True},
            "database": {"type": "str", "default": "kamailio"},
        },
        supports_check_mode=True,
    )
    expected = json.loads(module.params["expected"])
    if psycopg2 is None:
        module.fail_json(msg="python3-psycopg2 is missing on this node; the role postgres installs it")
    try:
        found = present(module.params["database"])
    except psycopg2.OperationalError as error:
        module.exit_json(changed=False, pbx_seen={"silent": f"PostgreSQL does not answer: {str(error).strip()}"})
    module.exit_json(changed=False, pbx_seen={"rows": differing(expected["rows"], expected["whole"], found)})


if __name__ == "__main__":
    main()
