"""Telephones watch the lights of their own tenant through the edge, and of no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from edge_lab import Platform, password, tenant
from raw_sip import Agent, Message, again, answered, within

from provisioner.targets.kamailio.objects import Light, Object

pytestmark = pytest.mark.lab

DOMAIN = "klinik.example"
NEWS = """<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:{name}@klinik.example">
 <dialog id="{name}"><state>confirmed</state></dialog>
</dialog-info>
"""


@pytest.fixture
def desk(platform: Platform) -> Agent:
    return platform.agent("phones", 5071)


@pytest.fixture
def core(platform: Platform) -> Agent:
    return platform.agent("core", 5060)


@pytest.fixture
def people(platform: Platform) -> Agent:
    """Where the core's service listens that tells what users are doing."""
    return platform.agent("core", 5071)


def subscribe(agent: Agent, watched: str, *extra: tuple[str, str], domain: str = DOMAIN) -> Message:
    uri = f"sip:{watched}@{domain}"
    event = extra or (("Event", "dialog"), ("Expires", "600"), ("Accept", "application/dialog-info+xml"))
    return agent.request("SUBSCRIBE", uri, f"sip:anna-desk@{DOMAIN}", uri, *event)


def challenged(agent: Agent, request: Message) -> Message:
    challenge = agent.ask(request)
    assert challenge.status == 407
    again = answered(request, challenge, "anna-desk", password("klinik/anna-desk"))
    agent.send(again)
    return again


def accepted(desk: Agent, core: Agent, watched: str = "*28") -> tuple[Message, Message, Message]:
    """A watch that the core took: the request as sent, as it came to the core, and the answer at the telephone."""
    sent = challenged(desk, subscribe(desk, watched))
    arrived = core.wait_for("SUBSCRIBE")
    core.answer(arrived, 200, "OK", ("Expires", "600"))
    return sent, arrived, desk.wait_for(200)


def notify(core: Agent, arrived: Message, to_tag: str) -> Message:
    """What the core sends along the way by which the watch came; it knows the light by its name alone."""
    contact = arrived.get("Contact").strip("<>")
    routes = [("Route", value) for value in arrived.all("Record-Route")]
    headers = [
        ("Via", f"SIP/2.0/UDP {core.address}:{core.port};branch=z9hG4bKnotify{core.port};rport"),
        ("Max-Forwards", "70"),
        *routes,
        ("From", to_tag),
        ("To", arrived.get("From")),
        ("Call-ID", arrived.get("Call-ID")),
        ("CSeq", "1 NOTIFY"),
        ("Contact", f"<sip:{core.address}:{core.port}>"),
        ("Event", "dialog"),
        ("Subscription-State", "active;expires=600"),
        ("Content-Type", "application/dialog-info+xml"),
    ]
    return Message(f"NOTIFY {contact} SIP/2.0", headers, NEWS.format(name=arrived.uri[4:].split("@")[0]))


@contextmanager
def changed(platform: Platform, objects: list[Object]) -> Iterator[None]:
    """The tenant with other rows, for a while."""
    platform.rows("klinik", objects)
    try:
        yield
    finally:
        platform.rows("klinik", tenant("klinik", "+468501101"))


@pytest.mark.parametrize(
    ("watched", "arrives"),
    [
        ("*28", "switch.office"),
        ("%2A28", "switch.office"),
        ("%2328", "switch.child_care"),
        ("*22910*101", "queue.child_care.anna"),
        ("*29", ""),
        ("*2", ""),
        ("*288", ""),
        ("101", ""),
        ("fabrik.*28", ""),
        ("klinik.switch.office", ""),
        ("switch.office", ""),
        ("a_b", ""),
        ("*28%00", ""),
        ("*28'", ""),
        ("*28%27", ""),
        ("x'or'*28'='*28", ""),
        ("%27or(dialled%3D'*28')--", ""),
        ("*28" * 500, ""),
    ],
)
def test_what_is_watched_is_a_light_of_the_tenant(desk: Agent, core: Agent, watched: str, arrives: str) -> None:
    request = subscribe(desk, watched)
    if arrives:
        challenged(desk, request)
        arrived = core.wait_for("SUBSCRIBE")
        assert arrived.uri == f"sip:klinik.{arrives}@{DOMAIN}"
        core.answer(arrived, 404, "Not Found")
        assert desk.final().status == 404
    else:
        assert desk.ask_with_password(request, "anna-desk", password("klinik/anna-desk")).status == 404
        assert core.receive(0.5) is None


@pytest.mark.parametrize("watched", ["*28", "%2A28", "%2328", "*22910*101"])
def test_news_comes_to_the_telephone(desk: Agent, core: Agent, watched: str) -> None:
    _, arrived, taken = accepted(desk, core, watched)
    assert not taken.mentions(core.address), "the private network stays hidden"
    core.send(notify(core, arrived, taken.get("To")))
    news = desk.wait_for("NOTIFY")
    assert (news.body, news.get("Event")) == (NEWS.format(name=watched), "dialog")
    assert news.get("Content-Length") == str(len(news.body))
    assert not news.mentions(core.address)
    desk.answer(news, 200, "OK")
    assert core.wait_for(200).get("CSeq") == "1 NOTIFY"


def test_a_watch_goes_on_with_the_password_alone(desk: Agent, core: Agent) -> None:
    sent, _, taken = accepted(desk, core)
    refresh = within(desk, "SUBSCRIBE", sent, taken, ("Event", "dialog"), ("Expires", "600"))
    challenge = desk.ask(refresh)
    assert challenge.status == 407
    desk.send(answered(refresh, challenge, "anna-desk", password("klinik/anna-desk")))
    core.answer(core.wait_for("SUBSCRIBE"), 200, "OK", ("Expires", "600"))
    assert desk.wait_for(200).get("CSeq").endswith("SUBSCRIBE")


@pytest.mark.parametrize("other", ["fabrik.switch.office", "klinik.switch.child_care", "fabrik.*28"])
def test_a_watch_cannot_turn_to_something_else(desk: Agent, core: Agent, other: str) -> None:
    sent, _, taken = accepted(desk, core)
    turned = again(within(desk, "SUBSCRIBE", sent, taken, ("Event", "dialog"), ("Expires", "600")))
    turned.start = f"SUBSCRIBE sip:{other}@{core.address} SIP/2.0"
    assert desk.ask(turned).status == 403
    assert core.receive(0.5) is None


def test_a_watch_ends_with_the_light_and_begins_anew_with_another(platform: Platform, desk: Agent, core: Agent) -> None:
    sent, _, taken = accepted(desk, core)
    others = [
        each for each in tenant("klinik", "+468501101") if not (isinstance(each, Light) and each.dialled == "*28")
    ]
    refresh = within(desk, "SUBSCRIBE", sent, taken, ("Event", "dialog"), ("Expires", "600"))
    with changed(platform, others):
        ended = desk.ask_with_password(refresh, "anna-desk", password("klinik/anna-desk"))
        assert ended.status == 481
        gone = desk.ask_with_password(subscribe(desk, "*28"), "anna-desk", password("klinik/anna-desk"))
        assert gone.status == 404
    with changed(platform, [*others, Light("*28", "klinik.switch.shop", "klinik")]):
        ended = desk.ask_with_password(again(again(refresh)), "anna-desk", password("klinik/anna-desk"))
        assert ended.status == 481
        assert core.receive(0.5) is None
        challenged(desk, subscribe(desk, "*28"))
        assert core.wait_for("SUBSCRIBE").uri == f"sip:klinik.switch.shop@{DOMAIN}"


def test_another_tenants_lights_are_never_seen(platform: Platform, desk: Agent, core: Agent) -> None:
    theirs = Light("*27", "fabrik.switch.shop", "fabrik")
    platform.rows("fabrik", [*tenant("fabrik", "+468501102"), theirs])
    try:
        answer = desk.ask_with_password(subscribe(desk, "*27"), "anna-desk", password("klinik/anna-desk"))
        assert answer.status == 404
        assert core.receive(0.5) is None
    finally:
        platform.rows("fabrik", tenant("fabrik", "+468501102"))


def test_another_tenants_domain_is_refused(desk: Agent, core: Agent) -> None:
    assert desk.ask(subscribe(desk, "*28", domain="fabrik.example")).status == 403
    assert core.receive(0.5) is None


MAILBOXES = (("Event", "message-summary"), ("Expires", "600"), ("Accept", "application/simple-message-summary"))


@pytest.mark.row("R5")
@pytest.mark.parametrize(
    ("watched", "arrives"),
    [
        ("anna-desk", "klinik.anna"),
        ("anna", "klinik.anna"),
        ("*98950", "klinik.anna.*98950"),
        ("%2A98", "klinik.anna.*98"),
        ("bo", ""),
        ("bo-desk", ""),
        ("bo.*98", ""),
        ("fabrik.anna", ""),
    ],
)
def test_r5_mailboxes_are_asked_for_by_the_name_of_who_asks(
    desk: Agent, core: Agent, watched: str, arrives: str
) -> None:
    request = subscribe(desk, watched, *MAILBOXES)
    if arrives:
        challenged(desk, request)
        arrived = core.wait_for("SUBSCRIBE")
        assert arrived.uri == f"sip:{arrives}@{DOMAIN}"
        core.answer(arrived, 404, "Not Found")
        assert desk.final().status == 404
    else:
        assert desk.ask_with_password(request, "anna-desk", password("klinik/anna-desk")).status == 404
        assert core.receive(0.5) is None


PRESENCE = (("Event", "presence"), ("Expires", "600"), ("Accept", "application/pidf+xml"))


@pytest.mark.row("A4")
@pytest.mark.parametrize(
    ("watched", "arrives"), [("bo", "bo"), ("102", "102"), ("fabrik.anna", ""), ("*28", ""), ("a_b", "")]
)
def test_a4_a_colleague_is_watched_at_the_service_beside_the_core(
    desk: Agent, core: Agent, people: Agent, watched: str, arrives: str
) -> None:
    request = subscribe(desk, watched, *PRESENCE)
    if not arrives:
        assert desk.ask_with_password(request, "anna-desk", password("klinik/anna-desk")).status == 404
        assert people.receive(0.5) is None
        return
    sent = challenged(desk, request)
    arrived = people.wait_for("SUBSCRIBE")
    assert arrived.uri == f"sip:klinik.{arrives}@{DOMAIN}"
    people.answer(arrived, 200, "OK", ("Expires", "600"))
    taken = desk.wait_for(200)
    assert not taken.mentions(people.address), "the private network stays hidden"
    people.send(notify(people, arrived, taken.get("To")))
    desk.answer(desk.wait_for("NOTIFY"), 200, "OK")
    assert people.wait_for(200).get("CSeq") == "1 NOTIFY"
    refresh = within(desk, "SUBSCRIBE", sent, taken, *PRESENCE)
    challenge = desk.ask(refresh)
    assert challenge.status == 407
    desk.send(answered(refresh, challenge, "anna-desk", password("klinik/anna-desk")))
    assert people.wait_for("SUBSCRIBE").get("Event") == "presence"
    assert core.receive(0.2) is None


@pytest.mark.parametrize("event", ["presences", "dialogue", "message-summaries"])
def test_other_events_are_refused(desk: Agent, event: str) -> None:
    request = subscribe(desk, "*28", ("Event", event), ("Expires", "600"))
    answer = desk.ask_with_password(request, "anna-desk", password("klinik/anna-desk"))
    assert (answer.status, answer.get("Allow-Events")) == (489, "dialog, message-summary, presence")


def test_a_wrong_password_watches_nothing(desk: Agent, core: Agent) -> None:
    assert desk.ask_with_password(subscribe(desk, "*28"), "anna-desk", "wrong").status == 407
    assert core.receive(0.5) is None
