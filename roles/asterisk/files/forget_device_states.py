#!/usr/bin/python3
"""Before Asterisk starts: forgets which lines were busy when it ended, for then no call is up.

Custom device states outlive the daemon in its database; a line left "in use" would get no queue calls.
"""

import contextlib
import sqlite3

with (
    contextlib.closing(sqlite3.connect("file:/var/lib/asterisk/astdb.sqlite3?mode=rw", uri=True)) as database,
    database,
):
    database.execute("DELETE FROM astdb WHERE key LIKE '/CustomDevstate/%'")
