"""Lights on a real core: who watches sees each change, over reloads and restarts, and of her tenant alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from provisioner.core import lights
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step
from tests.lab.edge.raw_sip import Agent, Message, within

from .conftest import Core

pytestmark = pytest.mark.lab

OURS, THEIRS = (lights.of_switch(slug, "office")[0] for slug in ("a-b", "ab"))
OFFICE = naming.light(OURS)
_HEARD: set[tuple[str, str]] = set()
"""News by call and number."""


def objects(slug: str, extra: str = "") -> list[AsteriskObject]:
    return [Route(f"{slug}.extra", "s", (Step("NoOp", extra),))]


@pytest.fixture(scope="module")
def _tenants(core: Core) -> Iterator[None]:
    core.configure()
    for slug in ("a-b", "ab"):
        core.lay_down(slug, objects(slug))
    yield
    for slug in ("a-b", "ab"):
        core.take_away(slug)


@pytest.fixture
def edge(core: Core, _tenants: None) -> Iterator[Agent]:
    core.ask(f"devstate change {OFFICE} NOT_INUSE")
    # Watches of earlier tests outlive even a restart, and speak in between.
    world = os.urandom(4).hex()
    agent = Agent(core.lab.namespace("edge"), core.edge, 5060, (core.address, 5060), world)
    yield agent
    agent.close()


def watch(edge: Agent, watched: str) -> tuple[Message, Message]:
    """The request and its final answer; the edge asks the core for the light that the telephone's code leads to."""
    request = edge.request(
        "SUBSCRIBE", f"sip:{watched}@a-b.example", "sip:anna-desk@a-b.example", "sip:*28@a-b.example",
        ("Event", "dialog"), ("Expires", "600"), ("Accept", "application/dialog-info+xml"),
    )  # fmt: skip
    edge.send(request)
    return request, edge.final()


def state(edge: Agent, seconds: float = 5) -> str:
    """What the next news says: terminated is dark, confirmed lit, early blinking.

    What the core says again, because the machine was too busy to answer in time, is passed over.
    """
    while True:
        news = edge.wait_for("NOTIFY", seconds=seconds)
        edge.answer(news, 200, "OK")
        if (said := (news.get("Call-ID"), news.get("CSeq"))) not in _HEARD:
            break
    _HEARD.add(said)
    found = re.search(r"<state>(\w+)</state>", news.body)
    assert found, news.body
    assert "198.18" not in news.body, "no address of the private network goes out"
    return found[1]


def test_each_change_is_told(core: Core, edge: Agent) -> None:
    request, answer = watch(edge, OURS)
    assert answer.status == 200
    assert state(edge) == "terminated"
    for shown, told in (("INUSE", "confirmed"), ("RINGING", "early"), ("NOT_INUSE", "terminated")):
        core.ask(f"devstate change {OFFICE} {shown}")
        assert state(edge) == told
    core.ask(f"devstate change {naming.light(THEIRS)} INUSE")
    assert edge.receive(1) is None, "another tenant's light"
    edge.send(within(edge, "SUBSCRIBE", request, answer, ("Event", "dialog"), ("Expires", "0")))
    assert edge.final().status == 200
    assert state(edge) == "terminated"


@pytest.mark.parametrize("watched", ["*28", "101", "_" + OURS, "x"])
def test_what_is_no_name_of_a_light_cannot_be_watched(edge: Agent, watched: str) -> None:
    """What a tenant has not is refused by the edge, which alone asks here."""
    assert watch(edge, watched)[1].status == 404


def test_slugs_that_differ_by_a_hyphen_are_two(core: Core, edge: Agent) -> None:
    core.ask(f"devstate change {naming.light(THEIRS)} INUSE")
    assert watch(edge, THEIRS)[1].status == 200
    assert state(edge) == "confirmed"
    assert watch(edge, OURS)[1].status == 200
    assert state(edge) == "terminated"


def test_members_and_queues_that_differ_by_a_hyphen_are_two(core: Core, edge: Agent) -> None:
    one, other = (lights.of_member("a-b", Ref("queue", name), "anna-lisa") for name in ("child-care", "childcare"))
    core.ask(f"devstate change {naming.light(one)} RINGING")
    core.ask(f"devstate change {naming.light(other)} NOT_INUSE")
    for watched, shown in ((one, "early"), (other, "terminated")):
        assert watch(edge, watched)[1].status == 200
        assert state(edge) == shown


def test_the_longest_name_is_a_light(core: Core, edge: Agent) -> None:
    one, other = (lights.of_member("a" * 40, Ref("ring_group", "b" * 40), "c" * 39 + end) for end in "de")
    core.ask(f"devstate change {naming.light(one)} INUSE")
    for watched, shown in ((one, "confirmed"), (other, "terminated")):
        assert watch(edge, watched)[1].status == 200
        assert state(edge) == shown


def test_a_hint_is_there_as_long_as_somebody_watches(core: Core, edge: Agent) -> None:
    light = lights.of_mailbox("a-b", "info")
    request, answer = watch(edge, light)
    assert state(edge) == "terminated"
    core.ask("dialplan reload")
    assert hints(core, light) == 1
    edge.send(within(edge, "SUBSCRIBE", request, answer, ("Event", "dialog"), ("Expires", "0")))
    assert edge.final().status == 200
    assert state(edge) == "terminated"
    core.ask("dialplan reload")
    assert hints(core, light) == 0


def hints(core: Core, light: str) -> int:
    return sum(line.startswith(f"{light}@") for line in core.ask("core show hints").splitlines())


def test_a_forged_watch_without_a_beginning_is_refused(core: Core, edge: Agent) -> None:
    request = edge.request(
        "SUBSCRIBE", f"sip:{THEIRS}@{core.address}", "sip:x@y", "sip:x@y;tag=forged", ("Event", "dialog")
    )
    request.headers = [(key, "<sip:x@y>;tag=forged" if key == "To" else value) for key, value in request.headers]
    edge.send(request)
    assert edge.final().status in range(400, 500)
    assert "Asterisk" in core.ask("core show version")


def test_a_light_stays_over_a_change_of_the_tenant(core: Core, edge: Agent) -> None:
    assert watch(edge, OURS)[1].status == 200
    assert state(edge) == "terminated"
    for change, shown, told in (("changed", "INUSE", "confirmed"), ("again", "RINGING", "early")):
        core.lay_down("a-b", objects("a-b", change))
        core.ask(f"devstate change {OFFICE} {shown}")
        assert state(edge) == told


def test_a_light_stays_over_a_restart(core: Core, edge: Agent) -> None:
    core.ask(f"devstate change {OFFICE} INUSE")
    assert watch(edge, OURS)[1].status == 200
    assert state(edge) == "confirmed"
    core.sh("systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert state(edge, 20) == "confirmed", "the watch is taken up again"
    core.ask(f"devstate change {OFFICE} NOT_INUSE")
    assert state(edge) == "terminated"
