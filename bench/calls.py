"""Calls through edge and core: how many in a second, at what cost, and how soon they are answered.

Our dialplan against the same Kamailio, rtpengine and Asterisk with one line for every call. Both take turns, and the
best round of each counts: machines are noisy. What a call costs in CPU says more than calls in a second, which the
callers (sipp, on the same cores) slow down too. One tenant; what many tenants cost is measured beside this.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import folder
from .figures import Figure
from .lab import LAB, on, possible, timed

CALLS, AT_ONCE, ROUNDS = 200, 10, 2
IN_TURN = 60
"""Calls one after the other, for the delay."""
TENANT = "company-1"
MENU = f"+{folder.FIRST_NUMBER}"
AWAY = f"+{folder.FIRST_NUMBER + folder.NUMBERS_EACH - 1}"
SERVICE = "+46701740690"
HOME = "/run/bench"
UNITS = {"edge": ("kamailio", "rtpengine-daemon"), "core": ("asterisk",)}

HEAD = """\
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+46701740600@[local_ip]:[local_port]>;tag=[pid]c[call_number]
"""
CALLER = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500" start_rtd="1"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{HEAD}To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:+46701740600@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=bench 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rtd="1" rrs="true" timeout="20000"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
[routes]
{HEAD}[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <pause milliseconds="100"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
[routes]
{HEAD}[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""
ANSWER = """\
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:];tag=[pid]s[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
"""
SERVER = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="answering service">
  <recv request="INVITE" rrs="true"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
{ANSWER}Content-Type: application/sdp
Content-Length: [len]

v=0
o=bench 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 30000 RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""
OURS = "mv -f /etc/asterisk/kept.conf /etc/asterisk/extensions.conf; asterisk -rx 'dialplan reload'"
BARE = f"""
cd /etc/asterisk; mv extensions.conf kept.conf
sound=$(find /var/lib/asterisk/sounds/pbx/ -name '*.wav' -size +60k | sort | head -n 1)
edge=$(sed -n 's/^PBX_EDGE = //p' kept.conf)
cat >extensions.conf <<END
[from-edge]
exten => {MENU},1,Playback(${{sound%.wav}})
exten => {AWAY},1,Dial(PJSIP/{SERVICE}@$edge,,b(to-edge^s^1))
[to-edge]
exten => s,1,Set(PJSIP_HEADER(add,X-PBX-Tenant)={TENANT})
same => n,Set(PJSIP_HEADER(add,X-PBX-Route)=trunk)
same => n,Return()
END
chmod --reference=kept.conf extensions.conf; chown --reference=kept.conf extensions.conf
asterisk -rx 'dialplan reload'
"""
"""One line for each call. The edge wants to know whose call goes out."""


@dataclass(frozen=True)
class Round:
    """What a number of calls took."""

    a_second: float
    cpu: float
    """Milliseconds of each call, edge and core together."""


def calls() -> Iterator[Figure]:
    """Through the lab's edge and core, from a carrier that is one of its machines."""
    if reason := possible():
        print(f"skipped: {reason}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as home:
        try:
            timed("lab", "up", "--name", LAB)
            timed("apply", "--yes", cwd=one_tenant(Path(home) / "folder"))
            edge, carrier = prepare()
            for number, what in ((MENU, "answered by a menu"), (AWAY, "sent on to the public network")):
                yield from compared(number, what, edge, carrier)
        finally:
            timed("lab", "down", "--name", LAB)


def one_tenant(root: Path) -> Path:
    folder.make(root, 1)
    provider, tenant = root / "provider.yaml", root / "tenants" / f"{TENANT}.yaml"
    text = provider.read_text(encoding="utf-8")
    provider.write_text(text.replace("{target: lab}", f"{{target: lab, lab: {LAB}}}"), encoding="utf-8")
    text = tenant.read_text(encoding="utf-8")
    text = text.replace('destination: "schedule:opening"', 'destination: "ivr:main"')
    away = f'  "{AWAY}": {{kind: main, title: Away, destination: "number:{SERVICE}"}}'
    text = text.replace("numbers:\n", f"numbers:\n{away}\n", 1)
    tenant.write_text(text, encoding="utf-8")
    return root


def prepare() -> tuple[str, str]:
    """Lays the scenarios down and lets the answering service listen; the addresses of edge and carrier."""
    on("carrier", f"mkdir -p {HOME}")
    for name, text in (("caller", CALLER), ("server", SERVER)):
        on("carrier", f"cat >{HOME}/{name}.xml", text.encode())
    edge = on("carrier", "getent ahostsv4 edge-public | head -n 1").split()[0]
    route = re.search(r" src (\S+)", on("carrier", f"ip -4 route get {edge}"))
    assert route, "the carrier has no way to the edge"
    listen = f"sipp -sf server.xml -i {route[1]} -p 5060 -aa -nostdin"
    on("carrier", f"systemd-run --quiet --unit bench-server --working-directory {HOME} {listen}")
    return edge, route[1]


def compared(number: str, what: str, edge: str, carrier: str) -> Iterator[Figure]:
    ours, bare = [], []
    delays: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        ours.append(round_of(number, edge, carrier))
        delays[0].append(delay_of(number, edge, carrier))
        on("core", BARE)
        bare.append(round_of(number, edge, carrier))
        delays[1].append(delay_of(number, edge, carrier))
        on("core", OURS)
    peer, command = "one-line dialplan, same daemons", f"sipp, {CALLS} calls, {AT_ONCE} at once, best of {ROUNDS}"
    cores = len(os.sched_getaffinity(0))
    yield Figure(
        f"calls {what} ({cores} cores, callers too)", max(each.a_second for each in ours), "/s", command,
        peer, max(each.a_second for each in bare),
    )  # fmt: skip
    yield Figure(
        f"CPU of a call {what}, edge and core", min(each.cpu for each in ours), "ms", command,
        peer, min(each.cpu for each in bare),
    )  # fmt: skip
    yield Figure(
        f"INVITE until 200 of a call {what}", min(delays[0]), "ms", f"sipp, {IN_TURN} calls in turn, median",
        peer, min(delays[1]),
    )  # fmt: skip


def round_of(number: str, edge: str, carrier: str) -> Round:
    before = cpu()
    took = sipp(number, edge, carrier, f"-m {CALLS} -l {AT_ONCE} -r 1000")
    return Round(round(CALLS / took["seconds"], 1), round((cpu() - before) * 1000 / CALLS, 2))


def delay_of(number: str, edge: str, carrier: str) -> float:
    return round(sipp(number, edge, carrier, f"-m {IN_TURN} -l 1 -r 50")["delay"], 2)


def sipp(number: str, edge: str, carrier: str, counts: str) -> dict[str, float]:
    """`seconds` from first to last, median milliseconds of `delay` from INVITE to 200; fails where a call does."""
    options = f"-sf caller.xml -s {number} -i {carrier} -p 5070 {counts} -timeout 120 -nostdin"
    traces = "-trace_stat -stf statistics -fd 1 -trace_rtt -rtt_freq 1"
    run = f"cd {HOME}; rm -f statistics *_rtt.csv; sipp {edge}:5060 {options} {traces} >output 2>&1"
    told = on("carrier", f"{run}; cat statistics; tail -n 30 output")
    lines = [line.split(";") for line in told.splitlines() if line.count(";") > 20]
    last = dict(zip(lines[0], lines[-1], strict=False)) if len(lines) > 1 else {}
    wanted = counts.split()[1]
    assert last.get("SuccessfulCall(C)") == wanted, f"{last.get('SuccessfulCall(C)')} of {wanted} calls:\n{told}"
    began, ended = (float(last[key].split()[-1]) for key in ("StartTime", "CurrentTime"))
    delays = [float(line.split(";")[1]) for line in on("carrier", f"tail -qn +2 {HOME}/*_rtt.csv").splitlines()]
    return {"seconds": ended - began, "delay": median(delays)}


def cpu() -> float:
    """Seconds that edge and core have worked for calls since they started."""
    total = 0
    for machine, units in UNITS.items():
        told = on(machine, f"systemctl show --value --property CPUUsageNSec {' '.join(units)}")
        total += sum(int(each) for each in told.split())
    return total / 1e9
