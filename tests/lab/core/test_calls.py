"""Calls through a real core: device states, refusals, headers, evil names, and reloads under load.

The edge machine speaks SIP with sipp in the edge's place: it sends calls with the edge's headers and answers for users.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator

import pytest
from clinic import EVIL

from provisioner.targets.asterisk import core_node, text
from provisioner.targets.asterisk.objects import AsteriskObject, Include, Route, Step, Steps

from .conftest import Core

pytestmark = pytest.mark.lab

SLUG, DOMAIN, NUMBER = "calls", "calls.example", "+46850100101"
TRACE, RESULT = "/tmp/pbx-uas.log", "/tmp/pbx-result"


def objects(extra: str = "") -> list[AsteriskObject]:
    say = Steps(SLUG)
    ring = Step("Dial", f"Local/anna@{SLUG}.ring/n,20")
    return [
        say.ring("anna", DOMAIN),
        Route(f"{SLUG}.numbers", NUMBER, (ring, Step("Hangup", "17"))),
        Route(
            f"{SLUG}.identity",
            "anna",
            (
                Step("Set", f"CALLERID(name)={text.literal(EVIL)}"),
                Step("CELGenUserEvent", f"evil,{text.argument(EVIL)}"),
                Step("Return"),
            ),
        ),
        Include(f"{SLUG}.outgoing", f"{SLUG}.extensions"),
        Route(f"{SLUG}.extensions", "102", (Step("Dial", f"PJSIP/${{PBX_EDGE}}/sip:bo@{DOMAIN},20"),)),
        Route(f"{SLUG}.extensions", "103", (say.dial_public("+46701", route="emergency"), Step("Hangup"))),
        *([Route(f"{SLUG}.extra", "s", (Step("NoOp", extra),))] if extra else []),
    ]


@pytest.fixture(scope="module")
def calls(core: Core) -> Iterator[Core]:
    core.configure(dataclasses.replace(core.node, edges=(core_node.Edge("edge", core.edge, 5070),)))
    core.lay_down(SLUG, objects())
    core.sh(f"rm -f {TRACE}; timeout 200 sipp -sn uas -p 5070 -i {core.edge} -nostdin -bg -trace_msg "
            f"-message_file {TRACE} >/dev/null 2>&1 || true", "edge")  # fmt: skip
    yield core
    core.sh("kill $(ss -H -lnup 'sport = 5070' | grep -o 'pid=[0-9]*' | cut -d= -f2) || true", "edge")
    core.take_away(SLUG)
    core.configure()


def send(core: Core, dialled: str, headers: str, *, seconds: float = 0, count: int = 1, port: int = 5081) -> str:
    """The command that makes calls from the edge; it succeeds if all are answered and end as they should."""
    return (
        rf"sipp -sd uac | sed 's/Max-Forwards: 70/&\n{headers}/' > /tmp/pbx-{port}.xml; "
        f"timeout 60 sipp -sf /tmp/pbx-{port}.xml -s '{dialled}' -i {core.edge} -p {port} -m {count} -l {count} -r 20 "
        f"-d {int(seconds * 1000)} -timeout 50s -nostdin {core.address}:5060 >/dev/null 2>&1"
    )


def begin(core: Core, command: str) -> None:
    """Starts it in the background; its exit code comes into `RESULT`."""
    core.sh(f"rm -f {RESULT}; (({command}); echo $? > {RESULT}) >/dev/null 2>&1 </dev/null & :", "edge")


TRUNK = rf"X-PBX-Tenant: {SLUG}\nX-PBX-Trunk: carrier"
USER = rf"X-PBX-Tenant: {SLUG}\nX-PBX-User: anna\nX-PBX-Device: desk"


def state(core: Core) -> str:
    for line in core.ask("devstate list").splitlines():
        if f"Custom:{SLUG}.anna'" in line:
            return line.split("State: '")[1].split("'")[0]
    return "UNKNOWN"


def becomes(what: Callable[[], object], wanted: object, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what() == wanted:
            return True
        time.sleep(0.1)
    return False


def test_device_state_follows_calls_as_callee_and_caller(calls: Core) -> None:
    begin(calls, send(calls, NUMBER, TRUNK, seconds=3))
    begin(calls, send(calls, "102", USER, seconds=7, port=5082))
    assert becomes(lambda: calls.ask("core show channels count").split()[0], "6")
    assert state(calls) == "INUSE"
    assert becomes(lambda: calls.ask("core show channels count").split()[0], "2", 8)
    assert state(calls) == "INUSE", "one call of two is left"
    assert becomes(lambda: state(calls), "NOT_INUSE", 10)


def test_twenty_calls_at_once_leave_nothing_behind(calls: Core) -> None:
    calls.sh(send(calls, NUMBER, TRUNK, seconds=1, count=20), "edge")
    assert becomes(lambda: state(calls), "NOT_INUSE")
    assert "0 active channels" in calls.ask("core show channels count")


def test_no_call_drops_while_a_bundle_changes(calls: Core) -> None:
    begin(calls, send(calls, NUMBER, TRUNK, seconds=15, count=20))
    assert becomes(lambda: calls.ask("core show channels count").split()[0], "80", 8), calls.ask(
        "core show channels count"
    )
    assert calls.lay_down(SLUG, objects(extra="changed")) == 1
    assert "NoOp(changed)" in calls.ask(f"dialplan show {SLUG}.extra")
    assert calls.ask("core show channels count").split()[0] == "80"
    assert becomes(lambda: calls.sh(f"cat {RESULT} 2>/dev/null || true", "edge").strip(), "0", 25)
    assert calls.lay_down(SLUG, objects()) == 1


def test_words_of_a_tenant_are_said_and_not_done(calls: Core) -> None:
    calls.sh("rm -f /tmp/x", "core")
    calls.sh(send(calls, "102", USER), "edge")
    said = calls.sh(f"grep -a '^From: \"Evil' {TRACE} | tail -1", "edge")
    assert said.startswith(r'From: "Evil ＄{SHELL(touch /tmp/x)} \"quoted\", (bracket) ＄[1+1]; #exec #include <x>')
    assert "{secret:other/pin}" in calls.sh("grep -a '\"evil\"' /var/log/asterisk/cel-custom/calls.csv | tail -1")
    assert calls.sh("ls /tmp/x 2>/dev/null || true") == ""


def test_headers_for_the_edge(calls: Core) -> None:
    calls.sh(send(calls, "103", USER), "edge")
    message = calls.sh(f"grep -a -A25 '^INVITE sip:+46701@{calls.edge}:5070' {TRACE} | tail -26", "edge")
    assert f"X-PBX-Tenant: {SLUG}" in message
    assert "X-PBX-Route: emergency" in message
    calls.sh(send(calls, NUMBER, TRUNK), "edge")
    message = calls.sh(f"grep -a -A25 '^INVITE sip:anna@{DOMAIN} ' {TRACE} | tail -26", "edge")
    assert f"X-PBX-Tenant: {SLUG}" in message
    assert "X-PBX-Route" not in message


@pytest.mark.parametrize(
    ("dialled", "headers"),
    [
        (NUMBER, "X-PBX-Trunk: carrier"),
        (NUMBER, r"X-PBX-Tenant: nobody\nX-PBX-Trunk: carrier"),
        ("102", rf"X-PBX-Tenant: {SLUG}\nX-PBX-User: eve"),
        ("102", rf"X-PBX-Tenant: {SLUG}"),
        ("999", USER),
        ("+46850100109", TRUNK),
        ("102", r"X-PBX-Tenant: ${SHELL(touch \/tmp\/x)}\nX-PBX-User: anna"),
    ],
)
def test_what_nobody_defined_is_refused(calls: Core, dialled: str, headers: str) -> None:
    done = calls.lab.run("edge", ["sh", "-c", send(calls, dialled, headers)])
    assert done.returncode != 0
    assert "0 active channels" in calls.ask("core show channels count")


def test_a_stranger_is_challenged_and_gets_no_channel(calls: Core) -> None:
    events = calls.sh("wc -l < /var/log/asterisk/cel-custom/calls.csv")
    command = send(calls, NUMBER, TRUNK).replace(f"-i {calls.edge}", "-trace_msg -message_file /tmp/pbx-stranger.log")
    assert calls.lab.run("data", ["sh", "-c", command]).returncode != 0
    answers = calls.sh("grep -a '^SIP/2.0' /tmp/pbx-stranger.log | sort -u", "data").split()
    assert "401" in answers
    assert "200" not in answers
    assert calls.sh("wc -l < /var/log/asterisk/cel-custom/calls.csv") == events
