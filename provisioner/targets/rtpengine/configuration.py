"""`rtpengine.conf` of one edge node: where media comes in and goes out.

The control socket listens on the node itself only. Packets are forwarded in user space: that works in a container and
on every kernel, and one core of a machine carries some hundred calls so.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.artifacts import Bundle, Line, TextFile


@dataclass(frozen=True, slots=True)
class Settings:
    """The addresses of the node and its range of UDP ports."""

    private_address: str
    public_address: str
    first_port: int = 30000
    last_port: int = 39999
    first_served: bool = True
    """Whether the daemon may put itself before other processes of the machine."""


def render(settings: Settings) -> Bundle:
    """The file; the names of its interfaces are the directions that Kamailio's `media.cfg` asks for."""
    priority = "# Media before everything else on the machine: a late packet is a lost one.\npriority = -10\n"
    text = f"""\
[rtpengine]
table = -1
interface = private/{settings.private_address};public/{settings.public_address}
listen-ng = 127.0.0.1:2223
listen-cli = 127.0.0.1:2224
port-min = {settings.first_port}
port-max = {settings.last_port}
# A call without media in either direction for so long is dead, unless it is on hold.
timeout = 60
silent-timeout = 3600
tos = 184
num-threads = 2
{priority if settings.first_served else ""}log-level = 5
"""
    return Bundle("", "rtpengine", (TextFile("rtpengine.conf", tuple(Line(each) for each in text.splitlines())),))
