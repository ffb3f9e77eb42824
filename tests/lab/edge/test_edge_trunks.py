"""Calls between tenants and the public network: which number is shown, which trunk is taken."""

from __future__ import annotations

import pytest
from edge_lab import Platform
from edge_scene import MAIN, STRANGER, Scene, headers, offer
from raw_sip import Message, media

pytestmark = pytest.mark.lab


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


@pytest.mark.parametrize(
    ("why", "said", "cause"),
    [("no-answer", "no-answer", 408), ("user-busy", "user-busy", 486), ("time-of-day", "time-of-day", 302),
     ("unavailable", "unavailable", 503), ("x;y", "unconditional", 302)],
)  # fmt: skip
def test_a_call_that_is_sent_on_tells_from_where_and_why(scene: Scene, why: str, said: str, cause: int) -> None:
    sent_on = (("X-PBX-Diverted", "+46850110102"), ("X-PBX-Why", why))
    call_out(scene, "+46812345678", MAIN, *sent_on)
    arrived = scene.carrier.wait_for("INVITE")
    edge = arrived.get("P-Asserted-Identity").partition("@")[2].rstrip(">")
    assert arrived.get("Diversion") == f"<sip:+46850110102@{edge}>;reason={said};counter=1;privacy=off"
    assert arrived.get("History-Info") == (
        f"<sip:+46850110102@{edge}>;index=1, <sip:+46812345678@{edge};cause={cause}>;index=1.1;mp=1"
    )
    assert headers(arrived) == {}
    scene.carrier.answer(arrived, 486, "Busy Here")
    assert scene.core.final().status == 486


@pytest.mark.parametrize("diverted", ["+46850110200", STRANGER, "anna"])
def test_only_numbers_of_the_tenant_are_named_as_the_way(scene: Scene, diverted: str) -> None:
    call_out(scene, "+46812345678", MAIN, ("X-PBX-Diverted", diverted), ("X-PBX-Why", "no-answer"))
    arrived = scene.carrier.wait_for("INVITE")
    assert not arrived.get("Diversion")
    assert not arrived.get("History-Info")
    scene.carrier.answer(arrived, 486, "Busy Here")
    scene.core.final()


def test_an_emergency_call_names_no_way(scene: Scene) -> None:
    call_out(scene, "112", MAIN, ("X-PBX-Diverted", "+46850110102"), ("X-PBX-Why", "no-answer"))
    arrived = scene.carrier.wait_for("INVITE")
    assert not arrived.get("Diversion")
    scene.carrier.answer(arrived, 486, "Busy Here")
    scene.core.final()


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
