"""sipp for what a telephone does badly: a single try to register, and calls in numbers.

baresip tries a refused password again and again until an edge bans it, and one process of it for each of a hundred
calls would measure the machine instead of the platform. Scenario files lie in memory, readable by root only, for they
hold passwords.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from xml.sax.saxutils import escape

from provisioner.core.ports.sip import AgentError, AgentSpec, LoadResult, Registration

from .machine import Machine, compressed
from .settings import ROOT

HOME = f"{ROOT}-sipp"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="{name}">
"""
_REGISTER = """  <send retrans="500"><![CDATA[
REGISTER sip:{domain} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{user}@{domain}>;tag=[call_number]
To: <sip:{user}@{domain}>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:{user}@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 60
{authentication}Content-Length: 0

]]></send>
"""
_INVITE = """  <send retrans="500"><![CDATA[
INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]load[call_number]
To: <sip:{number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{caller}@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=load 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true" timeout="30000"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]load[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <nop><action><exec rtp_stream="{sound},-1,8,PCMA/8000"/></action></nop>
  <pause milliseconds="{milliseconds}"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]load[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200" crlf="true"/>
"""
_TONE = bytes.fromhex("34212134b4a1a1b4") * 1000
"""One second of 1 kHz in A-law: ITU-T G.711, table 5."""
_ANSWER = re.compile(r"^SIP/2\.0 (\d{3}[^\n]*)\n(?:[^\n]+\n)*?CSeq: *\d+ REGISTER", re.MULTILINE | re.IGNORECASE)


class Sipp:
    """One try to register, and the `LoadCaller` port."""

    def __init__(self, machines: Mapping[str, Machine]) -> None:
        self._machines = machines

    async def register_once(self, spec: AgentSpec) -> Registration:
        """What the server finally says to one registration with the account's password."""
        machine = self._machines[spec.machine]
        scenario = (
            _HEAD.format(name="register")
            + _REGISTER.format(user=spec.user, domain=spec.domain, authentication="")
            + '  <recv response="401" auth="true"/>\n'
            + _REGISTER.format(user=spec.user, domain=spec.domain, authentication=_authentication(spec))
            + '  <recv response="200"/>\n</scenario>\n'
        )
        folder = f"{HOME}/{spec.name}"
        arguments = ["sipp", *_place(machine, spec.proxy), "-sf", "s.xml", "-m", "1", "-timeout", "8", "-nostdin"]
        messages = ["-trace_msg", "-message_file", "messages"]
        # A refusal is an unexpected answer to sipp and its exit status says no more than that: the messages do.
        run = f"{shlex.join([*arguments, *messages])} >/dev/null 2>&1; cat messages"
        told = await machine.shell.run(_in_folder(folder, run), stdin=scenario.encode(), timeout=20)
        answers = _ANSWER.findall(told.decode(errors="replace").replace("\r", ""))
        if not answers:
            raise AgentError(f"nobody at {spec.proxy} answered the registration of {spec.user}")
        return Registration(answers[-1].startswith("2"), answers[-1].strip())

    async def hold(
        self, *, machine: str, number: str, calls: int, seconds: float, caller: str, proxy: str
    ) -> LoadResult:
        """`calls` callers that dial `number` within two seconds and talk for `seconds`."""
        place = self._machines[machine]
        folder = f"{HOME}/load"
        scenario = _HEAD.format(name="load") + _INVITE.format(
            number=escape(number), caller=escape(caller), sound="tone.alaw", milliseconds=int(seconds * 1000)
        )
        scenario += "</scenario>\n"
        counts = ["-m", str(calls), "-l", str(calls), "-r", str(max(calls // 2, 1))]
        limits = ["-timeout", str(int(seconds + 60)), "-min_rtp_port", "40000", "-max_rtp_port", "44000", "-nostdin"]
        statistics = ["-trace_stat", "-stf", "statistics", "-fd", "1"]
        arguments = ["sipp", *_place(place, proxy), "-sf", "s.xml", *counts, *limits, *statistics]
        sound = f"{folder}/tone.alaw"
        await place.shell.run(f"umask 077; mkdir -p {folder}; gzip -dc >{sound}", stdin=compressed(_TONE))
        command = f"{shlex.join(arguments)} >output 2>&1; cat statistics output"
        told = await place.shell.run(_in_folder(folder, command), stdin=scenario.encode(), timeout=seconds + 90)
        return _result(calls, told.decode(errors="replace"))


def _place(machine: Machine, proxy: str) -> list[str]:
    target = proxy if ":" in proxy else f"{proxy}:5060"
    return [target, "-i", machine.address, "-mi", machine.address]


def _in_folder(folder: str, run: str) -> str:
    """Runs in a folder of its own that is gone afterwards; standard input is the scenario."""
    gone = f"cd /; rm -rf {folder}; rmdir {HOME} 2>/dev/null || true"
    return f"umask 077; mkdir -p {folder} && cd {folder} && cat >s.xml && {{ {run}; }}; {gone}"


def _authentication(spec: AgentSpec) -> str:
    bad = sorted({sign for sign in spec.password if sign in "[]<>&" or sign.isspace()})
    if bad:
        raise AgentError(f"the password of agent {spec.name} holds {' '.join(map(repr, bad))}, which sipp cannot take")
    return f"[authentication username={spec.user} password={spec.password}]\n"


def _result(wanted: int, statistics: str) -> LoadResult:
    """sipp's statistics: a line of names, then one each second; the last counts all."""
    lines = [line.split(";") for line in statistics.splitlines() if ";" in line]
    if len(lines) < 2:
        raise AgentError(f"sipp made no call: {statistics.strip()[-300:] or 'it said nothing'}")
    last = dict(zip(lines[0], lines[-1], strict=False))
    done, failed = int(last.get("SuccessfulCall(C)", 0)), int(last.get("FailedCall(C)", 0))
    return LoadResult(wanted, done, max(wanted - done, failed))
