#!/usr/bin/python3
"""Ansible module: databases with their roles and schemas, told truthfully.

Runs as the PostgreSQL administrator on the data node. The password is proved by logging in with it, so an unchanged
one changes nothing; the schema is run when its digest differs from the one kept in the database. Not for data.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
from typing import Any

from ansible.module_utils.basic import AnsibleModule

try:
    import psycopg2
    from psycopg2 import sql
except ImportError:
    psycopg2 = None

LOCAL = "127.0.0.1"
MADE_FOR_URLS = re.compile(r"[A-Za-z0-9._~-]{8,}")


def ensure_role(cursor: Any, role: str, password: str) -> list[str]:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD %s").format(sql.Identifier(role)), (password,))
        return [f"role {role} made"]
    return []


def ensure_database(cursor: Any, name: str) -> list[str]:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if cursor.fetchone():
        return []
    cursor.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name)))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    return [f"database {name} made"]


def ensure_password(cursor: Any, name: str, role: str, password: str) -> list[str]:
    """Sets the password unless it already opens the database; the role may only connect."""
    cursor.execute("SELECT has_database_privilege(%s, %s, 'CONNECT')", (role, name))
    done = []
    if not cursor.fetchone()[0]:
        grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        cursor.execute(grant.format(sql.Identifier(name), sql.Identifier(role)))
        done.append(f"role {role} may connect to {name}")
    try:
        psycopg2.connect(host=LOCAL, dbname=name, user=role, password=password, connect_timeout=5).close()
    except psycopg2.OperationalError:
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), (password,))
        done.append(f"password of role {role} set")
    return done


def ensure_schema(name: str, schema: str) -> list[str]:
    digest = hashlib.sha256(schema.encode()).hexdigest()
    connection = psycopg2.connect(dbname=name)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(20260001)")
            cursor.execute("CREATE TABLE IF NOT EXISTS pbx_schema (digest text NOT NULL)")
            cursor.execute("SELECT digest FROM pbx_schema")
            if cursor.fetchall() == [(digest,)]:
                return []
            cursor.execute(schema)
            cursor.execute("DELETE FROM pbx_schema")
            cursor.execute("INSERT INTO pbx_schema (digest) VALUES (%s)", (digest,))
            return [f"schema of {name} applied"]
    finally:
        connection.close()


def ensure(databases: list[dict[str, str]], schemas: dict[str, str]) -> list[str]:
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    done: list[str] = []
    with connection.cursor() as cursor:
        for each in databases:
            done += ensure_role(cursor, each["role"], each["password"])
            done += ensure_database(cursor, each["name"])
            done += ensure_password(cursor, each["name"], each["role"], each["password"])
            if each["schema"]:
                done += ensure_schema(each["name"], schemas[each["schema"]])
    connection.close()
    return done


def main() -> None:
    options = {
        "name": {"type": "str", "required": True},
        "role": {"type": "str", "required": True},
        "password": {"type": "str", "required": True, "no_log": True},
        "schema": {"type": "str", "default": ""},
    }
    arguments = {
        "databases": {"type": "list", "elements": "dict", "required": True, "options": options},
        "schemas": {"type": "dict", "default": {}},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=False)
    if psycopg2 is None:
        module.fail_json(msg="python3-psycopg2 is missing on this node; install it with apt")
    for each in module.params["databases"]:
        if not MADE_FOR_URLS.fullmatch(each["password"]):
            module.fail_json(
                msg=f"password of role {each['role']}: found other signs than letters, digits and ._~-, or fewer"
                " than 8; it becomes part of a database address, so choose another"
            )
    # The server knows its administrator by the caller's user; a machine need not have sudo.
    os.seteuid(pwd.getpwnam("postgres").pw_uid)
    problem = ""
    try:
        done = ensure(module.params["databases"], module.params["schemas"])
    except psycopg2.Error as error:
        problem = str(error).strip()
    finally:
        os.seteuid(0)
    if problem:
        module.fail_json(msg=f"PostgreSQL refused: {problem}")
    module.exit_json(changed=bool(done), done=done)


if __name__ == "__main__":
    main()
