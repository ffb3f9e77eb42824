"""What the edge bears of registrations: how many a second, by UDP and by TLS, and what each costs in memory.

Beside it a bare Kamailio of the same machine, version and database, which registers and does nothing else. Both are
asked by sipp from many addresses, so that no address passes for a flood; every registration is challenged, as real ones
are. sipp, the daemons and PostgreSQL share the machine's cores: the figures compare, they are no edge's limit.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.lab import Lab

from .figures import Figure

REGISTRATIONS, ADDRESSES = 5000, 25
OVER_TLS = 1000
SECONDS = 240
"""After which a run is given up."""
DOMAIN, PASSWORD = "bench.invalid", "registers"
BARE_PORT, BARE_FOLDER = 5070, "/run/bench-kamailio"
SCENARIO = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="register">
  <send retrans="500"><![CDATA[
REGISTER sip:{DOMAIN} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:[field0]@{DOMAIN}>;tag=[call_number]
To: <sip:[field0]@{DOMAIN}>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Expires: 3600
Content-Length: 0

]]></send>
  <recv response="401" auth="true"/>
  <send retrans="500"><![CDATA[
REGISTER sip:{DOMAIN} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:[field0]@{DOMAIN}>;tag=[call_number]
To: <sip:[field0]@{DOMAIN}>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Expires: 3600
[field1]
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""
ACCOUNTS = f"""
INSERT INTO tenants (slug, core, tenant) VALUES ('bench', 'core', 'bench') ON CONFLICT DO NOTHING;
INSERT INTO domains (domain, tenant) VALUES ('{DOMAIN}', 'bench') ON CONFLICT DO NOTHING;
INSERT INTO subscriber (username, domain, ha1, tenant, pbx_user, device)
SELECT 'u' || n || '-desk', '{DOMAIN}', md5('u' || n || '-desk:{DOMAIN}:{PASSWORD}'), 'bench', 'u' || n, 'desk'
FROM generate_series(1, {REGISTRATIONS}) AS n ON CONFLICT DO NOTHING;
"""


@dataclass(frozen=True)
class Registrar:
    """Somebody who registers: the edge, or the bare one beside it."""

    name: str
    port: int
    control: str
    """Where kamcmd asks it."""


EDGE = Registrar("the edge", 5060, "unix:/run/kamailio/kamailio_ctl")
BARE = Registrar("a bare Kamailio", BARE_PORT, f"unix:{BARE_FOLDER}/ctl")


def registrations(name: str) -> Iterator[Figure]:
    """The figures of a lab whose platform is applied."""
    lab = Lab(name)
    prepare(lab)
    bare(lab)
    found = {each.name: measured(lab, each) for each in (BARE, EDGE)}
    peer, ours = found[BARE.name], found[EDGE.name]
    what = f"{REGISTRATIONS} registrations at the edge"
    yield Figure(f"{what}, UDP", ours.udp, "/s", "sipp, each challenged", BARE.name, peer.udp)
    yield Figure(f"{OVER_TLS} registrations at the edge, TLS", ours.tls, "/s", "a connection each", BARE.name, peer.tls)
    yield Figure(f"{what}, memory of each", ours.bytes, "B", "kamcmd core.shmmem", BARE.name, peer.bytes)


@dataclass(frozen=True)
class Result:
    udp: float
    tls: float
    bytes: float


def measured(lab: Lab, registrar: Registrar) -> Result:
    before = memory(lab, registrar)
    udp = REGISTRATIONS / asked(lab, registrar.port, "u1", REGISTRATIONS)
    kept = memory(lab, registrar) - before
    tls = OVER_TLS / asked(lab, registrar.port + 1, "ln", OVER_TLS)
    return Result(round(udp), round(tls), round(kept / REGISTRATIONS))


def prepare(lab: Lab) -> None:
    """Accounts in the database, users and addresses on the telephones' machine."""
    run(lab, "data", f'runuser -u postgres -- psql -q kamailio <<"SQL"\n{ACCOUNTS}\nSQL')
    run(lab, "edge", "for table in tenants domains; do kamcmd htable.reload $table; done")
    share = REGISTRATIONS // ADDRESSES
    run(
        lab, "phones",
        f"mkdir -p /run/bench && cd /run/bench && cat >register.xml <<'XML'\n{SCENARIO}\nXML\n"
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=bench "
        "-keyout cakey.pem -out cacert.pem 2>/dev/null\n"
        f"for part in $(seq 1 {ADDRESSES}); do\n"
        f"  ip address replace {network(lab)}.$((100 + part))/24 dev public\n"
        "  { echo SEQUENTIAL; "
        f"for n in $(seq $(((part - 1) * {share} + 1)) $((part * {share}))); do "
        f'echo "u$n-desk;[authentication username=u$n-desk password={PASSWORD}]"; done; }} >users.$part\n'
        "done",
    )  # fmt: skip


def asked(lab: Lab, port: int, transport: str, total: int) -> float:
    """Seconds until all have registered; raises where one has not."""
    run(lab, "edge", "kamcmd htable.flush banned; kamcmd htable.flush rate")
    share = total // ADDRESSES
    script = (
        "cd /run/bench; rm -f failed; begun=$(date +%s.%N)\n"
        f"for part in $(seq 1 {ADDRESSES}); do\n"
        f"  sipp {network(lab)}.20:{port} -sf register.xml -inf users.$part -i {network(lab)}.$((100 + part)) "
        f"-p $((20000 + part * 500)) -t {transport} -max_socket 400 -m {share} -l 20 -r 1000 -nostdin "
        f"-timeout {SECONDS} -tls_cert cacert.pem -tls_key cakey.pem >log.$part 2>&1 || echo $part >>failed &\n"
        "done; wait; test ! -e failed || { tail -n 15 log.$(head -n 1 failed); exit 1; }\n"
        'echo "took $(echo "$(date +%s.%N) $begun" | awk \'{print $1 - $2}\')"'
    )
    told = re.search(r"took ([\d.]+)", run(lab, "phones", script))
    assert told
    return float(told[1])


def memory(lab: Lab, registrar: Registrar) -> int:
    """Bytes of the shared memory that are in use."""
    found = re.search(r"real_used:\s*(\d+)", run(lab, "edge", f"kamcmd -s {registrar.control} core.shmmem"))
    assert found
    return int(found[1])


def bare(lab: Lab) -> None:
    """A Kamailio that registers and does nothing else, with the edge's own database, certificate and cores."""
    private = f"198.18.{lab.status().slot}"
    configuration = Path(__file__).with_name("bare_kamailio.cfg").read_text(encoding="utf-8")
    filled = configuration.replace("@PUBLIC@", f"{network(lab)}.20").replace("@FOLDER@", BARE_FOLDER)
    filled = filled.replace("@DATABASE@", f"{private}.10").replace("@PORT@", str(BARE_PORT))
    run(
        lab, "edge",
        f"install -d -o kamailio -g kamailio {BARE_FOLDER} && cd {BARE_FOLDER}\n"
        f"cat >bare.cfg <<'CFG'\n{filled}\nCFG\n"
        "grep DBURL /etc/kamailio/current/secrets.cfg >secrets.cfg && chown kamailio bare.cfg secrets.cfg\n"
        f"nft insert rule inet pbx input tcp dport {BARE_PORT + 1} accept\n"
        f"nft insert rule inet pbx input udp dport {BARE_PORT} accept\n"
        "systemctl stop bench-kamailio 2>/dev/null; systemctl reset-failed bench-kamailio 2>/dev/null\n"
        "systemd-run --quiet --collect --unit=bench-kamailio --property=LimitNOFILE=65536 "
        f"kamailio -DD -f {BARE_FOLDER}/bare.cfg -Y {BARE_FOLDER} -P {BARE_FOLDER}/pid "
        "-m 256 -M 16 -u kamailio -g kamailio\n"
        f"for i in $(seq 50); do kamcmd -s {BARE.control} core.uptime >/dev/null 2>&1 && exit 0; sleep 0.1; done\n"
        "journalctl -u bench-kamailio -n 20 --no-pager -o cat; exit 1",
    )  # fmt: skip


def network(lab: Lab) -> str:
    return f"198.19.{lab.status().slot}"


def run(lab: Lab, machine: str, script: str) -> str:
    done: subprocess.CompletedProcess[str] = lab.run(machine, ["bash", "-c", script])
    if done.returncode:
        raise SystemExit(f"error: on {machine}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    for figure in registrations(sys.argv[1]):
        print(figure.document())
