"""What the edge lets through, what it turns away, and what it says to either side."""

from __future__ import annotations

import itertools
import os
import re
import time
from dataclasses import dataclass

import pytest
from edge_lab import Platform, password
from raw_sip import Agent, Message, StreamAgent, answered, media, sdp, within

pytestmark = pytest.mark.lab

DOMAIN = "klinik.example"
MAIN = "+46850110100"
STRANGER = "+46701234567"
ATTACKERS = itertools.count(os.getpid())


@dataclass
class Scene:
    """Everybody who stands around the edge."""

    desk: Agent
    mobile: Agent
    core: Agent
    carrier: Agent
    edge: str


@pytest.fixture
def scene(platform: Platform) -> Scene:
    agents = [platform.agent(*each) for each in (("phones", 5071), ("phones", 5072), ("core", 5060), ("carrier", 5060))]
    return Scene(*agents, edge=f"198.19.{platform.slot}.20")


def register(agent: Agent, account: str, secret: str = "", expires: int = 300, domain: str = DOMAIN) -> Message:
    address = f"sip:{account}@{domain}"
    request = agent.request("REGISTER", f"sip:{domain}", address, address, ("Expires", str(expires)))
    return agent.ask_with_password(request, account, secret or password(f"{domain.split('.')[0]}/{account}"))


def call_from_user(scene: Scene, dialled: str, *extra: tuple[str, str], body: str = "") -> tuple[Message, Message]:
    """An authenticated call of anna's desk telephone: the request as sent, and as it came to the core."""
    uri = f"sip:{dialled}@{DOMAIN}"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, *extra, body=body or offer(scene.desk))
    challenge = scene.desk.ask(invite)
    assert challenge.status == 407
    again = answered(invite, challenge, "anna-desk", password("klinik/anna-desk"))
    scene.desk.send(again)
    return again, scene.core.wait_for("INVITE")


def offer(agent: Agent, port: int = 40000) -> str:
    return sdp(agent.address, port)


def headers(message: Message, prefix: str = "x-pbx-") -> dict[str, str]:
    return {name.lower(): value for name, value in message.headers if name.lower().startswith(prefix)}


# --- registration


def test_device_registers_under_its_user(platform: Platform, scene: Scene) -> None:
    assert register(scene.desk, "anna-desk").status == 200
    answer = register(scene.mobile, "anna-mobile")
    assert answer.status == 200
    assert {":5071", ":5072"} <= {found[0] for found in re.finditer(r":507[12]", " ".join(answer.all("Contact")))}
    found = platform.run("data", "runuser", "-u", "postgres", "--", "psql", "-At", "kamailio", "-c",
                         "SELECT DISTINCT username, domain FROM location")  # fmt: skip
    assert f"anna|{DOMAIN}" in found.splitlines()


@pytest.mark.parametrize(
    ("account", "secret", "domain"),
    [
        ("anna-desk", "wrong", DOMAIN),
        ("anna", "", DOMAIN),
        ("anna-desk", password("klinik/anna-desk"), "fabrik.example"),
        ("nobody-desk", "", DOMAIN),
    ],
)
def test_wrong_credentials_are_challenged_again(scene: Scene, account: str, secret: str, domain: str) -> None:
    assert register(scene.desk, account, secret, domain=domain).status == 401


def test_unknown_domain_is_refused(scene: Scene) -> None:
    assert register(scene.desk, "anna-desk", "x", domain="nowhere.example").status == 404


def test_one_account_cannot_register_as_another(scene: Scene) -> None:
    address = f"sip:bertil-desk@{DOMAIN}"
    request = scene.desk.request("REGISTER", f"sip:{DOMAIN}", address, address, ("Expires", "60"))
    assert scene.desk.ask_with_password(request, "anna-desk", password("klinik/anna-desk")).status == 403


def test_account_is_banned_after_five_wrong_passwords_and_only_from_there(scene: Scene) -> None:
    assert [register(scene.desk, "anna-desk", "wrong").status for _ in range(5)] == [401] * 5
    assert register(scene.desk, "anna-desk").status == 403
    assert register(scene.desk, "bertil-desk").status == 200


def test_banned_account_still_reaches_emergency_services(scene: Scene) -> None:
    for _ in range(5):
        register(scene.desk, "anna-desk", "wrong")
    _, arrived = call_from_user(scene, "112")
    assert arrived.uri == f"sip:112@{DOMAIN}"
    scene.core.answer(arrived, 486, "Busy")


@pytest.fixture
def attacker(platform: Platform) -> Agent:
    """An address that no other test uses: what it brings on itself hurts nobody else, and pike forgets slowly."""
    number = 100 + next(ATTACKERS) % 150
    platform.run("phones", "ip", "address", "replace", f"198.19.{platform.slot}.{number}/24", "dev", "public")
    return platform.agent("phones", 5066, number)


def hello(agent: Agent, *extra: tuple[str, str]) -> Message:
    return agent.request("OPTIONS", f"sip:{agent.edge[0]}", "sip:a@b", "sip:a@b", *extra)


def test_scanner_is_ignored_from_then_on(attacker: Agent) -> None:
    attacker.send(hello(attacker, ("User-Agent", "friendly-scanner")))
    assert attacker.receive(0.5) is None
    attacker.send(hello(attacker))
    assert attacker.receive(0.5) is None


def test_flood_is_ignored(platform: Platform, attacker: Agent) -> None:
    assert attacker.ask(hello(attacker)).status == 200
    for _ in range(300):
        attacker.send(hello(attacker))
    answers = 0
    while attacker.receive(0.5):
        answers += 1
    # The limit is counted in windows of two seconds, and the flood may lie across two of them.
    assert 0 < answers <= 2 * 61
    assert "flood" in platform.run("edge", "kamcmd", "htable.dump", "banned")


def test_an_office_that_is_known_may_register_all_at_once(platform: Platform, attacker: Agent) -> None:
    assert register(attacker, "anna-desk").status == 200
    for _ in range(3):  # what the socket can hold at a time
        for _ in range(100):
            attacker.send(hello(attacker))
        assert [attacker.final().status for _ in range(100)] == [200] * 100
    assert attacker.address not in platform.run("edge", "kamcmd", "htable.dump", "banned")


def test_many_accounts_from_one_address_ban_the_address(attacker: Agent) -> None:
    answers = [register(attacker, f"user{index}-desk", "guess").status for index in range(20)]
    assert answers == [401] * 20
    attacker.send(hello(attacker))
    assert attacker.receive(0.5) is None


# --- calls of users


def test_call_of_a_user_is_tagged_for_the_core(scene: Scene) -> None:
    _, arrived = call_from_user(scene, "102")
    assert headers(arrived) == {"x-pbx-tenant": "klinik", "x-pbx-user": "anna", "x-pbx-device": "desk"}
    assert arrived.uri == f"sip:102@{DOMAIN}"
    assert not arrived.get("Proxy-Authorization")
    scene.core.answer(arrived, 486, "Busy Here")
    assert scene.desk.final().status == 486


def test_headers_of_the_platform_cannot_be_brought_in(scene: Scene) -> None:
    forged = (
        ("X-PBX-Tenant", "fabrik"),
        ("x-pbx-user", "root"),
        ("X-PBX-Trunk ", "telco"),
        ("X-PBX-Route", "emergency"),
        ("X-Pbx-Anything", "1"),
        ("P-Asserted-Identity", f"<sip:{STRANGER}@x>"),
        ("Remote-Party-ID", f"<sip:{STRANGER}@x>"),
        ("Diversion", f"<sip:{STRANGER}@x>"),
    )
    _, arrived = call_from_user(scene, "102", *forged)
    assert headers(arrived) == {"x-pbx-tenant": "klinik", "x-pbx-user": "anna", "x-pbx-device": "desk"}
    assert not arrived.mentions(STRANGER)
    scene.core.answer(arrived, 486, "Busy Here")


def test_call_without_password_goes_nowhere(scene: Scene) -> None:
    uri = f"sip:102@{DOMAIN}"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, body=offer(scene.desk))
    assert scene.desk.ask_with_password(invite, "anna-desk", "wrong").status == 407
    assert scene.core.receive(0.5) is None


def test_user_cannot_call_in_another_domain(scene: Scene) -> None:
    uri = "sip:102@fabrik.example"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, body=offer(scene.desk))
    assert scene.desk.ask_with_password(invite, "anna-desk", password("klinik/anna-desk")).status == 403


def test_stranger_is_refused(scene: Scene) -> None:
    invite = scene.desk.request(
        "INVITE", f"sip:{MAIN}@{scene.edge}", "sip:me@evil.example", "sip:x@y", body=offer(scene.desk)
    )
    assert scene.desk.ask(invite).status == 403
    assert scene.core.receive(0.5) is None


def test_call_with_ringing_early_media_and_hangup(scene: Scene) -> None:
    sent, arrived = call_from_user(scene, "102")
    scene.core.answer(arrived, 183, "Session Progress", body=offer(scene.core, 10000))
    early = scene.desk.wait_for(183)
    assert media(early.body)[0] == scene.edge
    scene.core.answer(arrived, 200, "OK", body=offer(scene.core, 10000))
    answer = scene.desk.wait_for(200)
    scene.desk.send(within(scene.desk, "ACK", sent, answer))
    assert scene.core.wait_for("ACK")

    hold = within(scene.desk, "INVITE", sent, answer, ("X-PBX-Tenant", "fabrik"), body=offer(scene.desk, 40004))
    scene.desk.send(hold)
    again = scene.core.wait_for("INVITE")
    assert headers(again) == {}
    scene.core.answer(again, 200, "OK", body=offer(scene.core, 10000))
    scene.desk.wait_for(200)
    scene.desk.send(within(scene.desk, "ACK", hold, answer))
    assert scene.core.wait_for("ACK")

    scene.desk.send(within(scene.desk, "BYE", hold, answer))
    ended = scene.core.wait_for("BYE")
    scene.core.answer(ended, 200, "OK")
    assert scene.desk.final().status == 200


def test_cancelled_call_is_cancelled_at_the_core(scene: Scene) -> None:
    sent, arrived = call_from_user(scene, "102")
    scene.core.answer(arrived, 180, "Ringing")
    scene.desk.wait_for(180)
    cancel = Message(f"CANCEL {sent.uri} SIP/2.0", [
        *((name, sent.get(name)) for name in ("Via", "Max-Forwards", "From", "To", "Call-ID")),
        ("CSeq", f"{sent.get('CSeq').split()[0]} CANCEL"),
    ])  # fmt: skip
    scene.desk.send(cancel)
    stopped = scene.core.wait_for("CANCEL")
    scene.core.answer(stopped, 200, "OK")
    scene.core.answer(arrived, 487, "Request Terminated")
    scene.desk.wait_for(487)


def test_forged_route_leads_nowhere(platform: Platform, scene: Scene) -> None:
    """A request that pretends to be within a call must end at a core, never at the database or a stranger."""
    target = f"sip:x@198.18.{platform.slot}.10:5060"
    request = scene.desk.request("INVITE", target, "sip:a@b", "sip:a@b", ("Route", f"<sip:{scene.edge};lr>"))
    request.headers = [(name, f"{value};tag=forged" if name == "To" else value) for name, value in request.headers]
    assert scene.desk.ask(request).status == 403


def test_dead_core_is_no_wrong_number(scene: Scene) -> None:
    scene.core.close()
    uri = f"sip:102@{DOMAIN}"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, body=offer(scene.desk))
    assert scene.desk.ask_with_password(invite, "anna-desk", password("klinik/anna-desk"), seconds=15).status in (
        500,
        503,
    )


# --- telephones behind NAT, over streams, and an edge that restarts


def test_telephone_behind_nat_is_called_where_it_came_from(scene: Scene) -> None:
    contact = "<sip:bertil@192.168.1.5:5060>"
    address = f"sip:bertil-desk@{DOMAIN}"
    request = scene.desk.request("REGISTER", f"sip:{DOMAIN}", address, address, ("Expires", "300"))
    request.headers = [(name, contact if name == "Contact" else value) for name, value in request.headers]
    assert scene.desk.ask_with_password(request, "bertil-desk", password("klinik/bertil-desk")).status == 200
    uri = f"sip:bertil@{DOMAIN}"
    invite = scene.core.request("INVITE", uri, f"sip:101@{scene.core.address}", uri, body=offer(scene.core, 10000))
    scene.core.send(invite)
    arrived = scene.desk.wait_for("INVITE")
    assert arrived.uri == "sip:bertil@192.168.1.5:5060"
    scene.desk.answer(arrived, 200, "OK", body=offer(scene.desk))
    answer = scene.core.wait_for(200)
    scene.core.send(within(scene.core, "ACK", invite, answer))
    assert scene.desk.wait_for("ACK")
    scene.core.send(within(scene.core, "BYE", invite, answer))
    scene.desk.answer(scene.desk.wait_for("BYE"), 200, "OK")
    assert scene.core.final().status == 200


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_telephone_on_a_stream_is_called_through_it(platform: Platform, scene: Scene, transport: str) -> None:
    phone = StreamAgent(platform.agent("phones", 0), transport)
    try:
        assert register(phone, "bertil-desk").status == 200
        uri = f"sip:bertil@{DOMAIN}"
        invite = scene.core.request("INVITE", uri, f"sip:101@{scene.core.address}", uri, body=offer(scene.core, 10000))
        scene.core.send(invite)
        arrived = phone.wait_for("INVITE")
        phone.answer(arrived, 486, "Busy Here")
        assert scene.core.final().status == 486
    finally:
        phone.close()


def test_calls_and_registrations_outlive_a_restart_of_the_edge(platform: Platform, scene: Scene) -> None:
    register(scene.mobile, "anna-mobile")
    sent, arrived = call_from_user(scene, "102")
    scene.core.answer(arrived, 200, "OK", body=offer(scene.core, 10000))
    answer = scene.desk.wait_for(200)
    scene.desk.send(within(scene.desk, "ACK", sent, answer))
    assert scene.core.wait_for("ACK")

    platform.run("edge", "systemctl", "restart", "kamailio")

    uri = f"sip:anna@{DOMAIN}"
    invite = scene.core.request("INVITE", uri, f"sip:102@{scene.core.address}", uri, body=offer(scene.core, 10002))
    scene.core.send(invite)
    ringing = scene.mobile.wait_for("INVITE")
    scene.mobile.answer(ringing, 486, "Busy Here")

    scene.desk.send(within(scene.desk, "BYE", sent, answer))
    scene.core.answer(scene.core.wait_for("BYE"), 200, "OK")
    assert scene.desk.final().status == 200


# --- calls to users


def test_call_to_a_user_rings_all_devices(scene: Scene) -> None:
    register(scene.desk, "anna-desk")
    register(scene.mobile, "anna-mobile")
    uri = f"sip:anna@{DOMAIN}"
    sender = f"sip:{STRANGER}@{scene.core.address}"
    extra = (("X-PBX-Tenant", "klinik"), ("P-Asserted-Identity", f"<{sender}>"))
    invite = scene.core.request("INVITE", uri, sender, uri, *extra, body=offer(scene.core, 10000))
    scene.core.send(invite)
    desk, mobile = scene.desk.wait_for("INVITE"), scene.mobile.wait_for("INVITE")
    assert headers(desk) == {}
    assert f"sip:{STRANGER}@{DOMAIN}" in desk.get("From")
    private = scene.core.address.rpartition(".")[0]
    assert not desk.mentions(private), desk.text().decode()

    scene.desk.answer(desk, 180, "Ringing")
    scene.core.wait_for(180)
    scene.mobile.answer(mobile, 200, "OK", ("X-PBX-Tenant", "fabrik"), body=offer(scene.mobile, 40002))
    answer = scene.core.wait_for(200)
    assert headers(answer) == {}
    assert media(answer.body)[0] == f"{private}.20"
    scene.core.send(within(scene.core, "ACK", invite, answer))
    assert scene.mobile.wait_for("ACK")
    stopped = scene.desk.wait_for("CANCEL")
    scene.desk.answer(stopped, 200, "OK")
    scene.desk.answer(desk, 487, "Request Terminated")
    scene.core.send(within(scene.core, "BYE", invite, answer))
    scene.mobile.answer(scene.mobile.wait_for("BYE"), 200, "OK")
    assert scene.core.final().status == 200


def test_user_without_telephone_is_unavailable(scene: Scene) -> None:
    uri = f"sip:bertil@{DOMAIN}"
    register(scene.desk, "bertil-desk", expires=0)
    invite = scene.core.request("INVITE", uri, f"sip:101@{scene.core.address}", uri, body=offer(scene.core))
    assert scene.core.ask(invite).status == 480


# --- calls from a trunk


@pytest.mark.parametrize("called", [MAIN, MAIN.replace("+", "00")])
def test_number_leads_to_its_tenant(scene: Scene, called: str) -> None:
    uri = f"sip:{called}@{scene.edge}"
    forged = (("X-PBX-Tenant", "fabrik"), ("X-PBX-User", "anna"))
    sender = f"sip:{STRANGER}@carrier.example"
    scene.carrier.send(scene.carrier.request("INVITE", uri, sender, uri, *forged, body=offer(scene.carrier)))
    arrived = scene.core.wait_for("INVITE")
    assert arrived.uri.startswith(f"sip:{MAIN}@")
    assert headers(arrived) == {"x-pbx-tenant": "klinik", "x-pbx-trunk": "telco"}
    assert STRANGER in arrived.get("P-Asserted-Identity")
    scene.core.answer(arrived, 486, "Busy Here")
    assert scene.carrier.final().status == 486


@pytest.mark.parametrize("called", ["+46850110105", "+46850110", "anna", "101"])
def test_unknown_number_is_not_found(scene: Scene, called: str) -> None:
    uri = f"sip:{called}@{scene.edge}"
    invite = scene.carrier.request("INVITE", uri, f"sip:{STRANGER}@c.example", uri, body=offer(scene.carrier))
    assert scene.carrier.ask(invite).status == 404
    assert scene.core.receive(0.3) is None


# --- calls to a trunk


def call_out(scene: Scene, called: str, shown: str, *extra: tuple[str, str], tenant: str = "klinik") -> Message:
    uri = f"sip:{called}@{scene.core.edge[0]}"
    route = ("X-PBX-Route", "emergency" if called == "112" else "trunk")
    headers = (("X-PBX-Tenant", tenant), route, *extra)
    sender = f"sip:{shown}@{scene.core.address}"
    invite = scene.core.request("INVITE", uri, sender, uri, *headers, body=offer(scene.core, 10000))
    scene.core.send(invite)
    return invite


@pytest.mark.parametrize(
    ("shown", "seen"),
    [("+46850110102", "+46850110102"), (STRANGER, MAIN), ("+46850110200", MAIN), ("101", MAIN)],
)
def test_caller_id_is_the_tenants_own(scene: Scene, shown: str, seen: str) -> None:
    call_out(scene, "+46812345678", shown)
    arrived = scene.carrier.wait_for("INVITE")
    assert arrived.uri == f"sip:+46812345678@{scene.carrier.address}:5060"
    assert f"<sip:{seen}@" in arrived.get("From")
    assert f"<sip:{seen}@" in arrived.get("P-Asserted-Identity")
    assert headers(arrived) == {}
    assert not arrived.mentions(scene.core.address.rpartition(".")[0])
    assert media(arrived.body)[0] == scene.edge
    scene.carrier.answer(arrived, 486, "Busy Here")
    assert scene.core.final().status == 486


def test_withheld_number_reaches_the_carrier_only(scene: Scene) -> None:
    call_out(scene, "+46812345678", "+46850110102", ("Privacy", "id"))
    arrived = scene.carrier.wait_for("INVITE")
    assert "anonymous.invalid" in arrived.get("From")
    assert "+46850110102" in arrived.get("P-Asserted-Identity")
    assert arrived.get("Privacy") == "id"
    scene.carrier.answer(arrived, 486, "Busy Here")
    scene.core.final()


def test_emergency_call_shows_its_number_whatever_was_asked(scene: Scene) -> None:
    call_out(scene, "112", "+46850110102", ("Privacy", "id"))
    arrived = scene.carrier.wait_for("INVITE")
    assert arrived.uri == f"sip:112@{scene.carrier.address}:5060"
    assert "<sip:+46850110102@" in arrived.get("From")
    assert not arrived.get("Privacy")
    scene.carrier.answer(arrived, 486, "Busy Here")
    scene.core.final()


def test_emergency_call_tries_every_trunk(platform: Platform, scene: Scene) -> None:
    """`telco` is for emergencies and refuses; `dead` answers never; `norsk` is the last resort."""
    norsk = platform.agent("carrier", 5070)
    call_out(scene, "112", "+46850110102")
    scene.carrier.answer(scene.carrier.wait_for("INVITE"), 404, "Not Found")
    arrived = norsk.wait_for("INVITE", seconds=15)
    assert arrived.uri == f"sip:112@{norsk.address}:5070"
    norsk.answer(arrived, 200, "OK", body=offer(norsk))
    assert scene.core.wait_for(200).status == 200


def test_unknown_tenant_cannot_call_out(scene: Scene) -> None:
    invite = call_out(scene, "+46812345678", MAIN, tenant="nobody")
    assert scene.core.final().status == 403
    assert invite


def test_call_goes_to_the_next_trunk_in_that_trunks_format(platform: Platform, scene: Scene) -> None:
    """`dead` comes first for Norway and answers never; `norsk` writes national numbers."""
    norsk = platform.agent("carrier", 5070)
    call_out(scene, "+4722334455", MAIN)
    arrived = norsk.wait_for("INVITE", seconds=15)
    assert arrived.uri == f"sip:022334455@{norsk.address}:5070"
    assert "<sip:0046850110100@" in arrived.get("P-Asserted-Identity")
    norsk.answer(arrived, 200, "OK", body=offer(norsk))
    assert scene.core.wait_for(200, seconds=5)


def test_trunk_that_refuses_is_passed_over_and_busy_is_not(scene: Scene) -> None:
    call_out(scene, "+46812345678", MAIN)
    scene.carrier.answer(scene.carrier.wait_for("INVITE"), 486, "Busy Here")
    assert scene.core.final().status == 486
    assert scene.carrier.wait_for("ACK")


# --- media


def test_audio_passes_through_rtpengine_both_ways(platform: Platform, scene: Scene) -> None:
    caller, callee = platform.agent("phones", 40000), platform.agent("core", 10000)
    sent, arrived = call_from_user(scene, "102")
    scene.core.answer(arrived, 200, "OK", body=offer(scene.core, 10000))
    answer = scene.desk.wait_for(200)
    scene.desk.send(within(scene.desk, "ACK", sent, answer))
    there, back = media(answer.body), media(arrived.body)
    assert there[0] == scene.edge
    assert back[0] == scene.core.edge[0]
    heard = {"callee": 0, "caller": 0}
    for index in range(50):
        packet = b"\x80\x08" + index.to_bytes(2, "big") + (index * 160).to_bytes(4, "big")
        caller.socket.sendto(packet + b"\0\0\0\1" + b"\xd5" * 160, there)
        callee.socket.sendto(packet + b"\0\0\0\2" + b"\xd5" * 160, back)
        time.sleep(0.01)
    for name, agent in (("callee", callee), ("caller", caller)):
        agent.socket.settimeout(0.3)
        try:
            while agent.socket.recv(2000):
                heard[name] += 1
        except TimeoutError:
            continue
    assert min(heard.values()) >= 45, heard
    scene.desk.send(within(scene.desk, "BYE", sent, answer))
    scene.core.answer(scene.core.wait_for("BYE"), 200, "OK")


def media_is_over(platform: Platform, message: Message) -> bool:
    """Whether rtpengine has let a call go; it keeps the ports a while longer for packets under way."""
    ask = 'exec 3<>/dev/tcp/127.0.0.1/2224; echo "list sessions all" >&3; timeout 1 cat <&3 || true'
    (line,) = (each for each in platform.run("edge", "bash", "-c", ask).splitlines() if message.get("Call-ID") in each)
    return "del:y" in line


@pytest.mark.parametrize("end", ["busy", "hangup"])
def test_media_ends_with_the_call(platform: Platform, scene: Scene, end: str) -> None:
    sent, arrived = call_from_user(scene, "102")
    assert not media_is_over(platform, sent)
    if end == "busy":
        scene.core.answer(arrived, 486, "Busy Here")
        assert scene.desk.final().status == 486
    else:
        scene.core.answer(arrived, 200, "OK", body=offer(scene.core, 10000))
        answer = scene.desk.wait_for(200)
        scene.desk.send(within(scene.desk, "ACK", sent, answer))
        scene.core.wait_for("ACK")
        scene.desk.send(within(scene.desk, "BYE", sent, answer))
        scene.core.answer(scene.core.wait_for("BYE"), 200, "OK")
        assert scene.desk.final().status == 200
    assert media_is_over(platform, sent)
