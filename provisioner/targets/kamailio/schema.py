"""The schema of the edge's PostgreSQL database `kamailio`, as SQL that may be run again at any time.

`version`, `subscriber`, `location`, `location_attrs` have the columns and version numbers that Kamailio's modules
demand (auth_db 7, usrloc 9 and 1); `subscriber` carries columns of ours besides. `tenants`, `domains`, `numbers`,
`meta` are ours and are read as hash tables; `lights`, of which there are many, is asked for single rows. `devices` says
which telephone each registration is of: the edge writes its name before that of the program (`user_agent`). The edge
may write registrations only: rows of tenants come from the module `tenant_rows`.
"""

from __future__ import annotations

import json

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile

DATABASE = "kamailio"
ROLE = "kamailio"
PASSWORD = "platform/kamailio/database-password"
"""Handle of the password of the role; letters, digits and `._~-`, for it becomes part of a database address."""


def files() -> tuple[TextFile, ...]:
    """What the role `postgres` needs to make the database: its facts, with a token for the password, and its schema."""
    facts = {"name": DATABASE, "role": ROLE, "password": secrets.token(PASSWORD), "schema": f"{DATABASE}.sql"}
    return (
        TextFile(f"{DATABASE}.json", (Line(json.dumps(facts, sort_keys=True)),)),
        TextFile(f"{DATABASE}.sql", tuple(Line(each) for each in SCHEMA.splitlines())),
    )


SCHEMA = """\
CREATE TABLE IF NOT EXISTS version (
    id serial PRIMARY KEY,
    table_name varchar(32) NOT NULL UNIQUE,
    table_version integer NOT NULL DEFAULT 0
);
INSERT INTO version (table_name, table_version)
VALUES ('version', 1), ('subscriber', 7), ('location', 9), ('location_attrs', 1)
ON CONFLICT (table_name) DO UPDATE SET table_version = excluded.table_version
WHERE version.table_version <> excluded.table_version;

CREATE TABLE IF NOT EXISTS tenants (
    slug varchar(40) PRIMARY KEY,
    core varchar(64) NOT NULL,
    main_number varchar(16) NOT NULL DEFAULT '',
    tenant varchar(40) NOT NULL CHECK (tenant = slug)
);

CREATE TABLE IF NOT EXISTS domains (
    domain varchar(64) PRIMARY KEY,
    tenant varchar(40) NOT NULL REFERENCES tenants (slug)
);

CREATE TABLE IF NOT EXISTS numbers (
    number varchar(16) PRIMARY KEY CHECK (number ~ '^[+][1-9][0-9]{6,14}$'),
    tenant varchar(40) NOT NULL REFERENCES tenants (slug)
);

CREATE TABLE IF NOT EXISTS subscriber (
    id serial PRIMARY KEY,
    username varchar(64) NOT NULL DEFAULT '',
    domain varchar(64) NOT NULL DEFAULT '' REFERENCES domains (domain),
    password varchar(64) NOT NULL DEFAULT '' CHECK (password = ''),
    ha1 varchar(128) NOT NULL DEFAULT '' CHECK (ha1 ~ '^[0-9a-f]{32,128}$'),
    ha1b varchar(128) NOT NULL DEFAULT '',
    tenant varchar(40) NOT NULL REFERENCES tenants (slug),
    pbx_user varchar(40) NOT NULL,
    device varchar(40) NOT NULL,
    extension varchar(8) NOT NULL DEFAULT '',
    UNIQUE (username, domain)
);

CREATE TABLE IF NOT EXISTS lights (
    tenant varchar(40) NOT NULL REFERENCES tenants (slug),
    dialled varchar(40) NOT NULL CHECK (dialled ~ '^[*#0-9]+$'),
    light varchar(79) NOT NULL CHECK (light ~ '^[a-z][a-z0-9_.]*$'),
    PRIMARY KEY (tenant, dialled)
);

CREATE TABLE IF NOT EXISTS location (
    id serial PRIMARY KEY,
    ruid varchar(64) NOT NULL DEFAULT '' UNIQUE,
    username varchar(64) NOT NULL DEFAULT '',
    domain varchar(64),
    contact varchar(512) NOT NULL DEFAULT '',
    received varchar(128),
    path varchar(512),
    expires timestamp NOT NULL DEFAULT '2030-05-28 21:32:15',
    q real NOT NULL DEFAULT 1.0,
    callid varchar(255) NOT NULL DEFAULT 'Default-Call-ID',
    cseq integer NOT NULL DEFAULT 1,
    last_modified timestamp NOT NULL DEFAULT '2000-01-01 00:00:01',
    flags integer NOT NULL DEFAULT 0,
    cflags integer NOT NULL DEFAULT 0,
    user_agent varchar(255) NOT NULL DEFAULT '',
    socket varchar(64),
    methods integer,
    instance varchar(255),
    reg_id integer NOT NULL DEFAULT 0,
    server_id integer NOT NULL DEFAULT 0,
    connection_id integer NOT NULL DEFAULT 0,
    keepalive integer NOT NULL DEFAULT 0,
    partition integer NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS location_account ON location (username, domain, contact);
CREATE INDEX IF NOT EXISTS location_expires ON location (expires);
CREATE INDEX IF NOT EXISTS location_connection ON location (server_id, connection_id);

CREATE TABLE IF NOT EXISTS location_attrs (
    id serial PRIMARY KEY,
    ruid varchar(64) NOT NULL DEFAULT '',
    username varchar(64) NOT NULL DEFAULT '',
    domain varchar(64),
    aname varchar(64) NOT NULL DEFAULT '',
    atype integer NOT NULL DEFAULT 0,
    avalue varchar(512) NOT NULL DEFAULT '',
    last_modified timestamp NOT NULL DEFAULT '2000-01-01 00:00:01'
);
CREATE INDEX IF NOT EXISTS location_attrs_account ON location_attrs (username, domain, ruid);

CREATE OR REPLACE VIEW devices AS
SELECT (location.username || '@' || location.domain || '::' || contact)::varchar(700) AS contact, subscriber.device
FROM location JOIN subscriber ON subscriber.domain = location.domain
AND subscriber.username = location.username || '-' || split_part(user_agent, ' ', 1);

CREATE TABLE IF NOT EXISTS meta (
    key varchar(40) PRIMARY KEY,
    value varchar(80) NOT NULL
);
INSERT INTO meta (key, value) VALUES ('revision', '0') ON CONFLICT DO NOTHING;

GRANT SELECT ON version, tenants, domains, numbers, subscriber, lights, devices, meta TO kamailio;
GRANT SELECT, INSERT, UPDATE, DELETE ON location, location_attrs TO kamailio;
GRANT USAGE ON SEQUENCE location_id_seq, location_attrs_id_seq TO kamailio;
"""
