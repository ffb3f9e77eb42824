#!/usr/bin/python3
"""Before Asterisk starts: forgets which lines (`<tenant>.<user>`) were busy when it ended, for then no call is up.

Custom device states outlive the daemon in its database; a line left "in use" would get no queue calls, and a key would
show that somebody waits at a parking slot (`<tenant>.parking.<slot>`). What else has two dots in its name is a light
that people switch (`<tenant>.<kind>.<name>`) and stays.

The service starts it as ExecStartPre, when no Asterisk runs that would have to wait for the lock of this writer. It is
the one program that opens the file as SQLite means it to be, so that it also ends what a crash of Asterisk left half
written.
"""

import contextlib
import sqlite3

with (
    contextlib.closing(sqlite3.connect("file:/var/lib/asterisk/astdb.sqlite3?mode=rw", uri=True)) as database,
    database,
):
    database.execute("DELETE FROM astdb WHERE key LIKE '/CustomDevstate/%' AND key NOT LIKE '/CustomDevstate/%.%.%'")
    database.execute("DELETE FROM astdb WHERE key GLOB '/CustomDevstate/*.parking.[0-9]'")
