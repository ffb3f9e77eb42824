"""Whom the edge registers, whom it challenges, and whom it no longer answers."""

from __future__ import annotations

import itertools
import os
import re

import pytest
from edge_lab import Platform, password
from edge_scene import DOMAIN, Scene, call_from_user, register
from raw_sip import Agent, Message

pytestmark = pytest.mark.lab

ATTACKERS = itertools.count(os.getpid())


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
