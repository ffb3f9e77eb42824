"""LiveKit's server and the service at the door on this machine's loopback, as the role `livekit` runs them on an edge.

A small web server stands for the edge's nginx: it hands out the page and passes questions on. Lab tests have the real
one.
"""

from __future__ import annotations

import http.client
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from provisioner.adapters import programs

ROLES = Path(__file__).parents[2] / "roles"
KEY, SECRET = "pbx", "a-secret-of-tests-that-is-long-enough"
USERS = [
    {"id": "anna", "name": "Anna Berg", "invites": True},
    {"id": "bo", "name": "Bo Dahl", "invites": False},
]


def room(name: str, **says: Any) -> dict[str, Any]:
    facts = {"id": name, "title": name.capitalize(), "most": 50, "lobby": "nobody", "guests": True, "leaders": ["anna"]}
    return {**facts, **says}


@dataclass
class House:
    """The running parts. `tenant` lays a tenant's file down."""

    folder: Path
    page: int
    livekit: int
    meet: int

    def tenant(self, slug: str, *rooms: dict[str, Any], language: str = "en") -> None:
        facts = {"name": slug.capitalize(), "language": language, "most": 50, "key": self.key(slug)}
        text = json.dumps({**facts, "users": USERS, "rooms": list(rooms)})
        (self.folder / "tenants" / f"{slug}.json").write_text(text, encoding="utf-8")

    @staticmethod
    def key(slug: str) -> str:
        return f"the-key-by-which-{slug}-signs-its-links"

    def link(self, slug: str, room: str = "", key: str = "", seconds: int = 600, **says: Any) -> str:
        """A link as `pbx conference link` signs it."""
        facts = {"iss": slug, "aud": "join", "exp": int(time.time()) + seconds, "jti": os.urandom(6).hex()}
        facts |= {"room": room} if room else {}
        return jwt.encode(facts | says, key or self.key(slug), algorithm="HS256")

    def address(self, link: str) -> str:
        return f"http://127.0.0.1:{self.page}/#{link}"

    def ask(self, what: str, **words: Any) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.meet, timeout=10)
        connection.request("POST", f"/{what}", json.dumps(words))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Everything that a browser needs, until the end of the block."""
    ports = House(folder, _port(), _port(), _port())
    (folder / "tenants").mkdir()
    settings = {
        "port": ports.livekit,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": _port(),
            "udp_port": _port(),
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo"]},
        },
        "room": {"auto_create": False},
        "keys": {KEY: SECRET},
        "logging": {"level": "warn"},
    }
    (folder / "livekit.yaml").write_text(json.dumps(settings), encoding="utf-8")
    meet = {
        "port": ports.meet,
        "address": f"ws://127.0.0.1:{ports.livekit}",
        "livekit": ports.livekit,
        "key": KEY,
        "secret": SECRET,
    }
    (folder / "meet.json").write_text(json.dumps(meet), encoding="utf-8")
    server = [str(programs.livekit(print) / "livekit-server"), "--config", str(folder / "livekit.yaml")]
    door = [sys.executable, "-m", "pbx_meet", str(folder / "meet.json"), str(folder / "tenants")]
    environment = {**os.environ, "PYTHONPATH": str(ROLES / "livekit" / "files"), "PYTHONDONTWRITEBYTECODE": "1"}
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command, port in ((server, ports.livekit), (door, ports.meet)):
            log = folder / f"{Path(command[0]).name}.log"
            with log.open("wb") as out:
                process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
            running.append(process)
            _until_open(port, process, log)
        web = _web(ports)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield ports
        finally:
            web.shutdown()
            web.server_close()
    finally:
        for process in running:
            process.kill()  # asked to end, LiveKit waits until everybody has left
            process.wait(10)


def _web(ports: House) -> http.server.ThreadingHTTPServer:
    page = str(programs.page("join", print))

    class Web(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *all: Any) -> None:
            super().__init__(*all, directory=page)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection("127.0.0.1", ports.meet, timeout=10)
            connection.request("POST", self.path.removeprefix("/api"), body)
            answer = connection.getresponse()
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(answer.read())

        def log_message(self, *_: Any) -> None:
            pass

    return http.server.ThreadingHTTPServer(("127.0.0.1", ports.page), Web)
