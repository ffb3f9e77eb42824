"""Calls of users and to users: what the edge lets through, what it turns away, what it says to either side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from edge_lab import Platform, password
from edge_scene import DOMAIN, MAIN, STRANGER, Scene, call_from_user, headers, offer, register
from raw_sip import Message, StreamAgent, media, within

pytestmark = pytest.mark.lab


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


# --- an edge whose rtpengine is gone


@pytest.fixture
def without_media(platform: Platform) -> Iterator[Callable[[], object]]:
    yield lambda: platform.run("edge", "systemctl", "stop", "rtpengine-daemon")
    platform.run("edge", "systemctl", "start", "rtpengine-daemon")
    time.sleep(3)


def test_a_call_that_nobody_could_hear_is_refused(scene: Scene, without_media: Callable[[], object]) -> None:
    without_media()
    uri = f"sip:102@{DOMAIN}"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, body=offer(scene.desk))
    refused = scene.desk.ask_with_password(invite, "anna-desk", password("klinik/anna-desk"), seconds=15)
    assert refused.status in (500, 503)
    assert scene.core.receive(0.5) is None


def test_an_answer_shows_no_private_address(
    platform: Platform, scene: Scene, without_media: Callable[[], object]
) -> None:
    """Core 10000 is an address of the private network, to which no telephone may send and none can."""
    sent, arrived = call_from_user(scene, "102")
    without_media()
    scene.core.answer(arrived, 183, "Session Progress", body=offer(scene.core, 10000))
    scene.core.answer(arrived, 200, "OK", body=offer(scene.core, 10000))
    answer = scene.desk.wait_for(200, seconds=15)
    assert answer.body == ""
    assert not answer.mentions("198.18.")
    scene.desk.send(within(scene.desk, "ACK", sent, answer))
    scene.desk.send(within(scene.desk, "BYE", sent, answer))
    scene.core.answer(scene.core.wait_for("BYE"), 200, "OK")
    assert scene.desk.final().status == 200

    platform.run("edge", "systemctl", "start", "rtpengine-daemon")
    time.sleep(3)  # Kamailio looks for it every second
    _, arrived = call_from_user(scene, "102")
    assert media(arrived.body)[0].startswith("198.18.")
    scene.core.answer(arrived, 486, "Busy Here")


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
    lies = ("X-PBX-Tenant", "fabrik"), ("X-PBX-Device", "desk")
    scene.mobile.answer(mobile, 200, "OK", *lies, body=offer(scene.mobile, 40002))
    answer = scene.core.wait_for(200)
    assert headers(answer) == {"x-pbx-device": "mobile"}, "which telephone it was says the edge"
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
