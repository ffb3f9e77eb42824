"""`livekit.yaml` and `meet.json`: what holds for all tenants on the machine that carries video.

LiveKit listens for browsers' words on this machine alone, behind the edge's web server; voices and pictures come to the
public address, by UDP or, where a network lets no UDP out, by TCP. Nobody makes a room by coming in: the door does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile

SERVER, DOOR = "livekit.yaml", "meet.json"
SIGNAL_PORT, DOOR_PORT = 7880, 7890
"""On this machine alone."""
TCP_PORT, UDP_PORT = 7881, 7882
"""On the public address."""
KEY, SECRET = "pbx", f"{secrets.SIGNING}/livekit"
"""As whom the door speaks to the server, and the handle of what it proves it by."""
PATH = "/join/media"
"""Where browsers reach the server's words, at the edge's web server."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_address` is where users reach the machine, `public_name` what it is called in links."""

    public_address: str
    public_name: str


def render(settings: Settings) -> Bundle:
    door = {
        "port": DOOR_PORT,
        "address": f"wss://{settings.public_name}{PATH}",
        "livekit": SIGNAL_PORT,
        "key": KEY,
        "secret": secrets.token(SECRET),
    }
    files = (_file(SERVER, _server(settings.public_address)), _file(DOOR, json.dumps(door, indent=1)))
    return Bundle("", "livekit", files)


def _file(path: str, text: str) -> TextFile:
    return TextFile(path, tuple(Line(each) for each in text.splitlines()))


def _server(address: str) -> str:
    return f"""\
port: {SIGNAL_PORT}
bind_addresses: [127.0.0.1]
rtc:
  udp_port: {UDP_PORT}
  tcp_port: {TCP_PORT}
  use_external_ip: false
  node_ip: "{address}"
  ips: {{includes: ["{address}/32"]}}
  use_ice_lite: true
room:
  auto_create: false
  empty_timeout: 60
  departure_timeout: 30
  max_participants: 50
keys:
  {KEY}: "{secrets.token(SECRET)}"
logging:
  # No word of who meets whom.
  level: warn
  pion_level: error
"""
