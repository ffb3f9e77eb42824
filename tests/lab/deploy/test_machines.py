"""The machines that `pbx apply` made of the examples: what runs there and as whom, what listens, and who may read what.

Lists are whole: a service, a socket or a copy of a secret that nobody wrote down here makes a test fail.
"""

from __future__ import annotations

import json
import re

import pytest
import testinfra
from testinfra.host import Host

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

MACHINES = ("data", "edge", "core")

SERVICES = {
    "data": ("nftables", "ssh"),
    "edge": ("kamailio", "rtpengine-daemon", "nginx", "pbx-ldap", "nftables", "ssh"),
    "core": (
        *("asterisk", "pbx-calendars", "pbx-calls", "pbx-contacts", "pbx-figures", "pbx-names", "pbx-notices"),
        *("pbx-people", "pbx-speech", "pbx-switches.timer", "pbx-transcripts", "nftables", "ssh"),
    ),
}

SYSTEM = {"init.scope": "root", "systemd-journald.service": "root", "ssh.service": "root", "dbus.service": "messagebus"}
PROCESSES = {
    "data": {"postgresql@N-main.service": "postgres"},
    "edge": {
        "kamailio.service": "kamailio",
        "rtpengine-daemon.service": "rtpengine",
        "pbx-ldap.service": "openldap",
        "nginx.service": "root www-data",  # the first process opens port 443 and serves nobody
    },
    "core": {
        "asterisk.service": "asterisk",
        "pbx-calendars.service": "asterisk",
        "pbx-calls.service": "asterisk",
        "pbx-contacts.service": "radicale",
        "pbx-figures.service": "asterisk",
        "pbx-names.service": "asterisk",
        "pbx-people.service": "asterisk",
        "pbx-transcripts.service": "asterisk",
        "pbx-notices.service": "dynamic",
        "pbx-speech.service": "dynamic",
    },
}
"""unit → users of its processes."""

NOW_AND_THEN = {"pbx-switches.service", "systemd-tmpfiles-clean.service"}
"""What a timer starts may run at the moment or not."""

SSH = ["tcp 0.0.0.0:22 sshd root", "tcp [::]:22 sshd root"]
LISTENING = {
    "data": [
        "tcp 127.0.0.1:5432 postgres postgres",
        "tcp PRIVATE:5432 postgres postgres",
        "unix /var/run/postgresql/.s.PGSQL.5432 postgres postgres",
    ],
    "edge": [
        "tcp 127.0.0.1:2224 rtpengine rtpengine",
        "tcp 127.0.0.1:3890 slapd openldap",  # nginx alone asks it
        "tcp PUBLIC:443 nginx root",
        "tcp PUBLIC:5060 kamailio kamailio",
        "tcp PUBLIC:5061 kamailio kamailio",
        "tcp PUBLIC:636 nginx root",
        "tcp PUBLIC:7443 kamailio kamailio",
        "udp 127.0.0.1:2223 rtpengine rtpengine",
        "udp PRIVATE:5060 kamailio kamailio",
        "udp PUBLIC:5060 kamailio kamailio",
        "unix /run/kamailio/kamailio_ctl kamailio kamailio",
        "unix /run/pbx-ldap/ldapi slapd openldap",
    ],
    "core": [
        "tcp 127.0.0.1:9099 python3 dynamic",  # speech: Asterisk alone asks it
        "tcp PRIVATE:8470 python3 asterisk",  # people
        "tcp PRIVATE:8471 radicale radicale",  # contact books
        "tcp PRIVATE:9790 python3 asterisk",  # figures
        "udp 0.0.0.0:DNS asterisk asterisk",  # PJSIP asks for names from here; the firewall lets nothing but answers in
        "udp PRIVATE:5060 asterisk asterisk",
        "udp PRIVATE:5071 python3 asterisk",  # people
        "udp [::]:DNS asterisk asterisk",
        "unix /var/run/asterisk/asterisk.ctl asterisk asterisk",
    ],
}
"""Protocol, address, program and user of the oldest process that holds the socket."""

MEDIA = {"edge": ("rtpengine", range(30000, 40000)), "core": ("asterisk", range(10000, 19501))}
"""Calls of other tests may still have their ports."""

LOOK = """
import json, os, pwd, re, socket, subprocess, sys
planted = [socket.create_server(("0.0.0.0", int(port))) for port in sys.argv[1:]]
def user(pid):
    uid = os.stat(f"/proc/{pid}").st_uid
    return "dynamic" if 61184 <= uid <= 65519 else pwd.getpwuid(uid).pw_name
found = []
for line in subprocess.run(["ss", "-Hlntuxp"], check=True, capture_output=True, text=True).stdout.splitlines():
    kind, _, _, _, address, *_ = line.split()
    holders = sorted((int(pid), name) for name, pid in re.findall(r'"([^"]+)",pid=([0-9]+)', line))
    protocol = "unix" if kind.startswith("u_") else kind
    program, owner = (holders[0][1], user(holders[0][0])) if holders else ("nobody", "nobody")
    if address != "*":
        found.append([protocol, address, program, owner])
print(json.dumps(found))
"""
"""Run on a machine: all sockets that listen, beside those that it opens itself at the ports given."""


def host(examples: ProviderFolder, machine: str) -> Host:
    return testinfra.get_host(f"ssh://{machine}", ssh_config=str(examples.lab.ssh_config))


def listening(examples: ProviderFolder, machine: str, *planted: str) -> list[str]:
    done = examples.lab.run(machine, ["python3", "-", *planted], stdin=LOOK)
    assert done.returncode == 0, done.stderr
    node = next(each for each in examples.deployment().site.machines if each.name == machine)
    names = {node.private_address: "PRIVATE"} | ({node.public_address: "PUBLIC"} if node.public_address else {})
    media = MEDIA.get(machine, ("", range(0)))
    found = []
    for protocol, address, program, user in json.loads(done.stdout):
        place, _, port = address.rpartition(":")
        if program in ("systemd", "dbus-daemon", "systemd-journal") and protocol == "unix":
            continue
        if (protocol, program) == ("udp", media[0]) and int(port) in media[1]:
            continue
        if machine == "core" and (protocol, program) == ("udp", "asterisk") and place in ("0.0.0.0", "[::]"):
            address = f"{place}:DNS"
        shown = f"{names[place]}:{port}" if place in names else address
        found.append(f"{protocol} {shown} {program} {user}")
    return sorted(found)


@pytest.mark.parametrize("machine", MACHINES)
def test_services_are_enabled_and_running(examples: ProviderFolder, machine: str) -> None:
    there = host(examples, machine)
    for name in SERVICES[machine]:
        assert there.service(name).is_enabled, name
        assert there.service(name).is_running, name
    assert there.run("systemctl --failed --no-legend --plain").stdout == ""


def test_the_database_starts_with_its_machine(examples: ProviderFolder) -> None:
    """`postgresql.service` stands for each database of the machine, and only starts them."""
    assert host(examples, "data").service("postgresql").is_enabled


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_else_runs_and_all_of_it_as_its_user(examples: ProviderFolder, machine: str) -> None:
    users: dict[str, set[str]] = {}
    for line in host(examples, machine).run("ps -e -o unit:60= -o user:30=").stdout.splitlines():
        unit, user = line.split()
        users.setdefault(re.sub(r"@\d+-", "@N-", unit), set()).add("dynamic" if user.isdigit() else user)
    found = {unit: " ".join(sorted(names)) for unit, names in users.items() if unit not in NOW_AND_THEN}
    assert found == SYSTEM | PROCESSES[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_exactly_what_is_written_down_listens(examples: ProviderFolder, machine: str) -> None:
    assert listening(examples, machine) == sorted(SSH + LISTENING[machine])


def test_a_socket_that_nobody_wrote_down_is_seen(examples: ProviderFolder) -> None:
    assert listening(examples, "core", "11111") == sorted([*SSH, *LISTENING["core"], "tcp 0.0.0.0:11111 python3 root"])


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_not_let_in_is_dropped(examples: ProviderFolder, machine: str) -> None:
    chains = json.loads(host(examples, machine).run("nft -j list chains").stdout)["nftables"]
    policies = {each["chain"]["hook"]: each["chain"]["policy"] for each in chains if "hook" in each.get("chain", {})}
    assert policies["input"] == policies["forward"] == "drop"


@pytest.mark.parametrize(
    ("machine", "path", "who"),
    [
        ("data", "/etc/nftables.conf", "root:root 600"),
        ("data", "/etc/postgresql/*/main/pg_hba.conf", "postgres:postgres 640"),
        ("data", "/var/lib/postgresql/*/main", "postgres:postgres 700"),
        ("edge", "/etc/nftables.conf", "root:root 600"),
        ("edge", "/etc/kamailio/releases", "root:kamailio 750"),
        ("edge", "/etc/kamailio/current/kamailio.cfg", "root:kamailio 640"),
        ("edge", "/etc/kamailio/current/secrets.cfg", "root:kamailio 640"),
        ("edge", "/etc/kamailio/tls/key.pem", "root:kamailio 640"),
        ("edge", "/etc/rtpengine/rtpengine.conf", "root:rtpengine 640"),
        ("edge", "/etc/pbx-ldap/slapd.conf", "root:openldap 640"),
        ("edge", "/var/lib/pbx-ldap", "openldap:openldap 700"),
        ("edge", "/var/lib/pbx-devices", "root:www-data 2750"),
        ("core", "/etc/nftables.conf", "root:root 600"),
        ("core", "/etc/asterisk", "root:asterisk 750"),
        ("core", "/etc/asterisk/modules.conf", "root:asterisk 640"),
        ("core", "/etc/asterisk/pjsip.conf", "root:asterisk 640"),
        ("core", "/etc/asterisk/pbx", "root:asterisk 750"),
        ("core", "/etc/pbx/notices.json", "root:root 600"),
        ("core", "/var/lib/asterisk/astdb.sqlite3", "asterisk:asterisk 640"),
        ("core", "/var/lib/asterisk/pbx-names.sqlite3", "asterisk:asterisk 640"),
        ("core", "/var/lib/pbx-contacts", "radicale:radicale 750"),
        ("core", "/var/lib/pbx-contacts/collection-root/solglantan", "root:radicale 750"),
        ("core", "/var/lib/private/pbx-notices", "dynamic 700"),
        ("core", "/var/spool/asterisk/recordings", "asterisk:asterisk 750"),
        ("core", "/usr/local/libexec/pbx/end_switches.py", "root:asterisk 755"),
    ],
)
def test_who_may_read_and_write(examples: ProviderFolder, machine: str, path: str, who: str) -> None:
    there = host(examples, machine)
    (found,) = there.run(f"ls -d {path}").stdout.split()
    file = there.file(found)
    owner = "dynamic" if file.user.startswith("UNKNOWN") or file.user.isdigit() else f"{file.user}:{file.group}"
    assert f"{owner} {file.mode:o}" == who


@pytest.mark.parametrize("machine", MACHINES)
def test_nobody_may_write_what_is_everybodys(examples: ProviderFolder, machine: str) -> None:
    """Folders that others may not enter are left out: in one, Asterisk writes facts of messages with mode 666."""
    closed, open_to_all = "-type d ! -perm -o+x -prune", "-perm -o+w ! -type l ! -type s ! -perm -1000 -print"
    found = host(examples, machine).run(f"find /etc /usr /var/lib /var/log /var/spool -xdev {closed} -o {open_to_all}")
    assert (found.rc, found.stdout) == (0, "")


SECRETS = {
    "data": set(),
    "edge": {
        "root:kamailio 640 /etc/kamailio/releases/NAME/secrets.cfg",
        "root:www-data 640 /var/lib/pbx-devices/nordverk/NAME/805ec04a1b70.cfg",
        "root:www-data 640 /var/lib/pbx-devices/solglantan/NAME/linphone.xml",
    },
    "core": set(),
}
"""Who may read the files that hold one. Passwords of telephones stand at the edge as hashes alone, in the database."""


@pytest.mark.parametrize("machine", MACHINES)
def test_secrets_lie_nowhere_else(examples: ProviderFolder, machine: str) -> None:
    kept = examples.deployment().secrets
    handles = kept._keeper.values()
    long = [value for value in handles.values() if len(value) > 12]  # six digits stand in many files by chance
    assert len(long) > 10
    search = "grep -rlaF -f - --devices=skip --exclude-dir=proc --exclude-dir=sys / | xargs -r stat -c '%U:%G %a %n'"
    done = examples.lab.run(machine, ["sh", "-c", search], stdin="\n".join(long) + "\n", timeout=120)
    assert {re.sub(r"/[0-9A-Za-z]{28,32}/", "/NAME/", line) for line in done.stdout.splitlines()} == SECRETS[machine]
