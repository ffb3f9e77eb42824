"""What LiveKit and the door to it are told on every edge that carries video rooms."""

from __future__ import annotations

import json

import yaml

from provisioner.core.secrets import fill, handles
from provisioner.targets.video import server


def test_both_files_hold_the_same_key_and_meet_on_this_machine_alone() -> None:
    files = {each.path: each.text for each in server.render(server.Settings("192.0.2.7", "pbx.example")).files}
    assert {path: handles(text) for path, text in files.items()} == dict.fromkeys(files, ("signing/livekit",))
    filled = {path: fill(text, lambda _: "the-key") for path, text in files.items()}
    told, door = yaml.safe_load(filled["livekit.yaml"]), json.loads(filled["meet.json"])
    assert told["keys"] == {door["key"]: door["secret"]} == {"pbx": "the-key"}
    assert (told["port"], told["bind_addresses"]) == (door["livekit"], ["127.0.0.1"])
    assert told["room"]["auto_create"] is False
    assert (told["rtc"]["node_ip"], told["rtc"]["ips"]) == ("192.0.2.7", {"includes": ["192.0.2.7/32"]})
    assert door["address"] == "wss://pbx.example/join/media"
