"""The web server of an edge: its whole file, and which core node a tenant's requests go to."""

from __future__ import annotations

import os
import re
from pathlib import Path

from provisioner.targets.nginx import Rooms, Settings, render

EXPECTED = Path(__file__).with_name("nginx.conf")


def test_whole_file() -> None:
    settings = Settings(
        "192.0.2.7", "10.0.0.3", {"verk": "10.0.0.4", "klinik": "10.0.0.5"}, chat=True, largest_file=100
    )
    (file,) = render(settings).files
    if os.environ.get("PBX_ACCEPT"):
        EXPECTED.write_text(file.text)
    assert file.text == EXPECTED.read_text()


def test_video_rooms_are_led_to_where_the_edge_carries_them() -> None:
    without = render(Settings("192.0.2.7", "10.0.0.3")).files[0].text
    text = render(Settings("192.0.2.7", "10.0.0.3", rooms=Rooms(7880, 7890, "/join/media"))).files[0].text
    assert "/join/" not in without
    places = re.findall(r"location (/join\S*) \{.*?\n        \}", text, re.DOTALL)
    assert places == ["/join/", "/join/api/", "/join/media/rtc"]
    assert re.findall(r"proxy_pass (http://127\.\S+);", text) == ["http://127.0.0.1:7890/", "http://127.0.0.1:7880/rtc"]


def test_nobody_is_shown_a_chat_page_where_the_edge_carries_none() -> None:
    assert "/chat" not in render(Settings("192.0.2.7", "10.0.0.3")).files[0].text


def test_the_pages_fetch_nothing_of_other_servers_and_are_framed_nowhere() -> None:
    text = render(Settings("192.0.2.7", "10.0.0.3", chat=True, rooms=Rooms(7880, 7890, "/join/media"))).files[0].text
    policies = set(re.findall(r'Content-Security-Policy "(.*?)"', text))
    assert len(policies) == 2
    for policy in policies:
        rules = dict(each.split(" ", 1) for each in policy.split("; "))
        named = {word for key, words in rules.items() for word in words.split()}
        assert named <= {"'none'", "'self'", "data:", "blob:", "'unsafe-inline'", "'wasm-unsafe-eval'"}
        assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
        assert "'unsafe-inline'" not in rules["script-src"]


def test_order_of_tenants_does_not_matter() -> None:
    cores = {"verk": "10.0.0.4", "klinik": "10.0.0.5"}
    turned = dict(reversed(cores.items()))
    assert (
        render(Settings("192.0.2.7", "10.0.0.3", cores)).digest
        == render(Settings("192.0.2.7", "10.0.0.3", turned)).digest
    )
