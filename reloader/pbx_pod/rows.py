"""The database's taker: schema and tenants' rows into PostgreSQL, by the very code that writes them on hosts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pbx_database
import psycopg2
import tenant_rows

from .bundles import Bundle
from .cluster import REVISION, Cluster
from .loop import Refused

PLATFORM = Path("/pbx/platform")
DATABASE = "kamailio"
FILE = "rows.json"


class Rows:
    """The tables of the edges."""

    def __init__(self, cluster: Cluster, status: str) -> None:
        self._cluster = cluster
        self._status = status

    def take(self, bundles: Sequence[Bundle]) -> None:
        try:
            wanted = {each.slug: tenant_rows.wanted_rows(each.files[FILE].decode(), each.slug) for each in bundles}
        except KeyError as error:
            raise Refused(f"the bundle lacks {error}") from error
        except tenant_rows.Refused as error:
            raise Refused(str(error)) from error
        self._apply(wanted)

    def drop(self, slugs: Sequence[str]) -> None:
        self._apply({slug: tenant_rows.Wanted() for slug in slugs})

    def astray(self, bundles: Iterable[Bundle]) -> set[str]:  # noqa: ARG002
        """Rows are asked for at `take`, which writes only what differs."""
        return set()

    def _apply(self, wanted: dict[str, tenant_rows.Wanted]) -> None:
        try:
            connection = psycopg2.connect(dbname=DATABASE, connect_timeout=10)
            try:
                done = tenant_rows.apply(connection, wanted, False)
            finally:
                connection.close()
        except tenant_rows.Refused as error:
            raise Refused(str(error)) from error
        except psycopg2.OperationalError as error:
            # It is away or starting: the same is tried again soon.
            raise ConnectionError(f"PostgreSQL does not answer: {tenant_rows._without_values(error)}") from None
        except psycopg2.Error as error:
            raise Refused(f"PostgreSQL does not take rows now: {tenant_rows._without_values(error)}") from None
        self._cluster.merge(
            "configmaps", self._status, {"metadata": {"annotations": {REVISION: str(done["revision"])}}}
        )


def prepare() -> None:
    """Database, role and schema as the platform's files say; waits for a server that is still starting."""
    facts = [json.loads(each.read_text()) for each in sorted(PLATFORM.glob("*.json"))]
    schemas = {each["schema"]: (PLATFORM / each["schema"]).read_text() for each in facts if each["schema"]}
    while True:
        try:
            for line in pbx_database.ensure(facts, schemas):
                print(f"rows: {line}", file=sys.stderr, flush=True)
            return
        except psycopg2.OperationalError as error:
            print(f"rows: {str(error).strip()}", file=sys.stderr, flush=True)
            time.sleep(2)
