#!/usr/bin/python3
"""Ansible module: the rows of tenants in the edge's database, brought to the wanted state in one transaction.

Rows are compared by key; only what differs is inserted, updated or deleted, so `changed` is the truth. A key that
belongs to another tenant is refused, naming both. Every change raises the database's revision, by which an edge knows
whether what it holds in memory is old. Registrations are the users' own and stay as they are.
"""

from __future__ import annotations

import json
import os
import pwd
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.basic import AnsibleModule

try:
    import psycopg2
    from psycopg2 import sql
    from psycopg2.extras import execute_values
except ImportError:
    psycopg2 = None

FORMAT_VERSION = 2


@dataclass(frozen=True)
class Table:
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    shared: bool = True
    """Whether a key has one tenant over the whole platform; otherwise each tenant may have it for itself."""


# Parents first: rows are inserted in this order and deleted in the opposite one.
TABLES = (
    Table("tenants", ("slug",), ("slug", "core", "main_number")),
    Table("domains", ("domain",), ("domain",)),
    Table("numbers", ("number",), ("number",)),
    Table("subscriber", ("username", "domain"), ("username", "domain", "pbx_user", "device", "extension", "ha1")),
    Table("lights", ("dialled",), ("dialled", "light"), shared=False),
)

Key = tuple[str, ...]
Rows = dict[Key, dict[str, str]]


@dataclass(frozen=True)
class Wanted:
    """A tenant's rows by table and key; `formerly` are names under which there may be rows of it."""

    tables: dict[str, Rows] = field(default_factory=dict)
    formerly: tuple[str, ...] = ()


class Refused(Exception):
    """The rows cannot be applied; the text says why and what to do."""


@dataclass(frozen=True)
class Difference:
    table: Table
    insert: list[dict[str, str]]
    update: list[dict[str, str]]
    delete: list[Key]

    def counts(self) -> dict[str, int]:
        return {"inserted": len(self.insert), "updated": len(self.update), "deleted": len(self.delete)}

    def __bool__(self) -> bool:
        return bool(self.insert or self.update or self.delete)


def wanted_rows(text: str, tenant: str) -> Wanted:
    """What the file says."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Refused(f"rows: found no JSON ({error}); expected the file that the tenant's bundle holds") from None
    if document.get("format") != FORMAT_VERSION:
        raise Refused(
            f"rows: found format {document.get('format')!r}, expected {FORMAT_VERSION}; update pbx and roles together"
        )
    if document.get("tenant") != tenant:
        raise Refused(f"rows: found tenant {document.get('tenant')!r}, expected {tenant!r}")
    tables = {table.name: _by_key(table, document["tables"].get(table.name, [])) for table in TABLES}
    return Wanted(tables, tuple(document.get("formerly", ())))


def _by_key(table: Table, rows: list[dict[str, str]]) -> Rows:
    found: Rows = {}
    for row in rows:
        if set(row) != set(table.columns):
            raise Refused(f"rows of {table.name}: found columns {sorted(row)}, expected {sorted(table.columns)}")
        found[tuple(row[each] for each in table.key)] = row
    return found


def present_rows(cursor: Any, table: Table, tenant: str) -> Rows:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    query = sql.SQL("SELECT {} FROM {} WHERE tenant = %s").format(columns, sql.Identifier(table.name))
    cursor.execute(query, (tenant,))
    return _by_key(table, [dict(zip(table.columns, row, strict=False)) for row in cursor.fetchall()])


def refuse_other_owners(cursor: Any, table: Table, keys: list[Key], tenant: str) -> None:
    """A number or domain has one tenant over the whole platform."""
    if not keys or not table.shared:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, table.key))
    query = sql.SQL("SELECT {columns}, tenant FROM {table} WHERE ({columns}) IN %s AND tenant <> %s ORDER BY 1")
    cursor.execute(query.format(columns=columns, table=sql.Identifier(table.name)), (tuple(keys), tenant))
    clashes = [f"{'@'.join(row[:-1])} belongs to tenant {row[-1]}" for row in cursor.fetchall()]
    if clashes:
        raise Refused(
            f"tenant {tenant} claims rows of {table.name} that are another's: {', '.join(clashes)};"
            " take them out of one of the two tenants and apply that one first"
        )


def difference(table: Table, present: Rows, wanted: Rows) -> Difference:
    return Difference(
        table,
        insert=[row for key, row in wanted.items() if key not in present],
        update=[row for key, row in wanted.items() if key in present and present[key] != row],
        delete=[key for key in present if key not in wanted],
    )


def write(cursor: Any, change: Difference, tenant: str) -> None:
    table = change.table
    columns = (*table.columns, "tenant")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    rows = [(*tuple(row[each] for each in table.columns), tenant) for row in change.insert + change.update]
    if rows:
        # The condition repeats what was checked before: no statement of ours can take a row from its owner.
        query = sql.SQL(
            "INSERT INTO {table} ({names}) VALUES %s"
            " ON CONFLICT ({key}) DO UPDATE SET {sets} WHERE {table}.tenant = {tenant}"
        ).format(
            table=sql.Identifier(table.name),
            names=names,
            key=sql.SQL(", ").join(map(sql.Identifier, table.key if table.shared else ("tenant", *table.key))),
            sets=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(each)) for each in columns),
            tenant=sql.Literal(tenant),
        )
        execute_values(cursor, query, rows, page_size=1000)


def remove(cursor: Any, change: Difference, tenant: str) -> None:
    if change.delete:
        columns = sql.SQL(", ").join(map(sql.Identifier, change.table.key))
        query = sql.SQL("DELETE FROM {} WHERE ({}) IN %s AND tenant = %s")
        cursor.execute(query.format(sql.Identifier(change.table.name), columns), (tuple(change.delete), tenant))


def take_over(cursor: Any, tenant: str, formerly: tuple[str, ...]) -> int:
    """Rows under a name that the tenant had go before its own come, in the same transaction: how many there were.

    No call meets the moment between, and nothing is left for whoever takes the old name away.
    """
    found = 0
    for table in reversed(TABLES) if formerly else ():
        query = sql.SQL("DELETE FROM {} WHERE tenant IN %s AND tenant <> %s").format(sql.Identifier(table.name))
        cursor.execute(query, (formerly, tenant))
        found += cursor.rowcount
    return found


def apply(connection: Any, wanted: dict[str, Wanted], check_mode: bool) -> dict[str, Any]:
    """`wanted` is the tenant → what it shall have."""
    with connection, connection.cursor() as cursor:
        # One writer at a time: two runs that stand beside each other cannot both take a number.
        cursor.execute("SELECT pg_advisory_xact_lock(20260002)")
        touched = {}
        for tenant, rows in wanted.items():
            try:
                counted = one(cursor, tenant, rows, check_mode)
            except psycopg2.Error as error:
                raise Refused(
                    f"PostgreSQL refused the rows of {tenant}; nothing was changed: {_without_values(error)}"
                ) from None
            if counted:
                touched[tenant] = counted
        if touched and not check_mode:
            cursor.execute("UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'revision'")
        cursor.execute("SELECT value FROM meta WHERE key = 'revision'")
        (revision,) = cursor.fetchone()
    return {"changed": bool(touched), "revision": revision, "tenants": touched}


def one(cursor: Any, tenant: str, wanted: Wanted, check_mode: bool) -> dict[str, dict[str, int]]:
    """What differs of one tenant, counted by table; written, unless it is only asked for."""
    changes = []
    cursor.execute("SAVEPOINT before")
    taken = take_over(cursor, tenant, wanted.formerly)
    for table in TABLES:
        rows = wanted.tables.get(table.name, {})
        refuse_other_owners(cursor, table, list(rows), tenant)
        changes.append(difference(table, present_rows(cursor, table, tenant), rows))
    changes = [change for change in changes if change]
    if check_mode:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    else:
        for change in changes:
            write(cursor, change, tenant)
        for change in reversed(changes):
            remove(cursor, change, tenant)
    counted = {change.table.name: change.counts() for change in changes}
    return {**counted, "formerly": {"deleted": taken}} if taken else counted


def run(wanted: dict[str, Wanted], database: str, check_mode: bool) -> dict[str, Any]:
    # The server knows its administrator by the caller's user; a machine need not have sudo.
    os.seteuid(pwd.getpwnam("postgres").pw_uid)
    try:
        connection = psycopg2.connect(dbname=database, connect_timeout=10)
        try:
            return apply(connection, wanted, check_mode)
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise Refused(f"PostgreSQL does not take rows now; nothing was changed: {_without_values(error)}") from None
    finally:
        os.seteuid(0)


def _without_values(error: Any) -> str:
    """The server's message without its DETAIL, which repeats rows with their digests."""
    return (getattr(error.diag, "message_primary", None) or str(error)).strip()


def main() -> None:
    arguments = {
        "rows": {"type": "str", "required": True, "no_log": True},
        "database": {"type": "str", "default": "kamailio"},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    if psycopg2 is None:
        module.fail_json(msg="python3-psycopg2 is missing on this node; the role postgres installs it")
    try:
        given = json.loads(module.params["rows"])
        wanted = {tenant: wanted_rows(text, tenant) if text else Wanted() for tenant, text in given.items()}
        result = run(wanted, module.params["database"], module.check_mode)
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
