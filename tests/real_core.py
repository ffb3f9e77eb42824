"""A real core node with an edge of straw: Asterisk with the platform's and one tenant's files, and calls by SIP.

Both live in one network namespace without a way out and end with the test. The edge of straw sends one call after the
other, answers what the core sends back as each case says, and notes what it saw. For dialplan text without SIP use
`real_asterisk`; for a real edge use the lab.
"""

from __future__ import annotations

import csv
import json
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from provisioner.core.artifacts import TextFile
from provisioner.targets.asterisk import core_node
from tests.real_asterisk import image

sys.path.insert(0, str(Path(__file__).parents[1] / "roles" / "asterisk_common" / "module_utils"))

import pbx_mailboxes

EDGE, CORE = "198.18.250.20", "198.18.250.30"
FIRST_KEY, BETWEEN_KEYS = 1.0, 0.5
"""Seconds from the first menu to the first key, and from one to the next. Questions have no sound here."""
AFTERWARDS = 0.5
"""Seconds in which a call that has passed what it should may still go on, and be seen to."""
RINGS = 180
"""An answer that stays at ringing until the core gives up."""


@dataclass(frozen=True)
class Call:
    """One call towards the core. `answers` says what those give who are called; the others are not there (480). Once
    the core has answered, the caller presses the `keys` in menus and `stays` so many seconds on the line,
    until a telephone has answered too, or until a moment after she has passed as many nodes as `passes` says."""

    dialled: str
    headers: Mapping[str, str]
    answers: Mapping[str, int] = field(default_factory=dict)
    stays: float = 0
    keys: str = ""
    passes: int = 1000


@dataclass(frozen=True)
class Seen:
    """What came of a call: the last answer of the core, whom it called in turn, with some headers, and the nodes that
    the caller's own channel passed."""

    final: int
    called: tuple[str, ...]
    headers: tuple[Mapping[str, str], ...]
    nodes: tuple[str, ...] = ()


def place(folder: Path, slug: str, files: Iterable[TextFile], calls: Sequence[Call], seconds: float = 90) -> list[Seen]:
    """Starts the core with the tenant's files, places the calls in turn and says what was seen."""
    etc = folder / "upper" / "etc" / "asterisk"
    platform = core_node.CorePlatform("core", CORE, (core_node.Edge("edge", EDGE),))
    for file in core_node.render(platform).files:
        _write(etc / file.path, file.text)
    texts = {file.path: file.text for file in files}
    for path, text in texts.items():
        _write(etc / core_node.TENANTS / slug / path, text)
    pbx_mailboxes.DATABASE = folder / "upper" / core_node.MAILBOXES.lstrip("/")
    pbx_mailboxes.DATABASE.parent.mkdir(parents=True)
    pbx_mailboxes.lay({slug: pbx_mailboxes.read(etc / core_node.TENANTS / slug)})
    (folder / "upper/var/log/asterisk/cel-custom").mkdir(parents=True)
    (folder / "upper/var/run/asterisk").mkdir(parents=True)
    for name in ("work", "root"):
        (folder / name).mkdir()
    _write(folder / "calls.json", json.dumps([asdict(call) for call in calls]))
    script = f"""
        ip link set lo up && ip address add {EDGE}/32 dev lo && ip address add {CORE}/32 dev lo || exit 1
        mount -t overlay overlay -o lowerdir={image()},upperdir={folder}/upper,workdir={folder}/work {folder}/root
        chroot {folder}/root asterisk -f > {folder}/console 2>&1 &
        exec {sys.executable} -m tests.real_core {folder}/calls.json
    """
    alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", script]
    done = subprocess.run(alone, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + (folder / "console").read_text()[-2000:]
    nodes = _nodes(folder / "upper" / core_node.CALL_EVENTS_FILE.lstrip("/"))
    return [
        Seen(each["final"], tuple(each["called"]), tuple(each["headers"]), tuple(passed))
        for each, passed in zip(json.loads(done.stdout), nodes, strict=True)
    ]


def _nodes(log: Path, *, whole: bool = True) -> list[list[str]]:
    """What the callers' channels passed, in the order of the calls; `whole`: of those alone that have ended."""
    columns, ended = list(core_node.CALL_EVENTS), set()
    passed: dict[str, list[str]] = {}
    if not log.exists():
        return []
    for row in (dict(zip(columns, fields, strict=False)) for fields in csv.reader(log.read_text().splitlines())):
        event, leg = row["event"], row.get("leg", "")  # the last row may be half written
        if event == "CHAN_START" and leg == row.get("call"):
            passed[leg] = []
        elif leg in passed and row["name"] == "node":
            passed[leg].append(json.loads(row["extra"])["extra"])
        elif event == "CHAN_END":
            ended.add(leg)
    return [nodes for leg, nodes in passed.items() if leg in ended or not whole]


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class _Message:
    """A SIP request or answer."""

    def __init__(self, data: bytes) -> None:
        head, _, self.body = data.decode(errors="replace").partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.headers = [
            (name.strip().lower(), value.strip()) for name, _, value in (each.partition(":") for each in lines)
        ]

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def code(self) -> int:
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0


class _StrawEdge:
    def __init__(self, log: Path) -> None:
        self.log = log
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((EDGE, 5060))
        self.socket.settimeout(0.1)
        self.answered = False

    def wait_for_core(self) -> None:
        for _ in range(300):
            self.request("OPTIONS", "sip:core", "ready", "1 OPTIONS", "<sip:core>")
            if self.receive():
                return
        raise SystemExit("Asterisk did not answer")

    def receive(self) -> _Message | None:
        try:
            return _Message(self.socket.recv(65535))
        except TimeoutError:
            return None

    def request(self, method: str, uri: str, call: str, cseq: str, to: str, more: str = "", body: str = "") -> None:
        self.send(
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {EDGE}:5060;branch=z9hG4bK{method}{call}\r\n"
            f"From: <sip:edge@{EDGE}>;tag=edge\r\nTo: {to}\r\nCall-ID: {call}\r\nCSeq: {cseq}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:edge@{EDGE}:5060>\r\n{more}",
            body,
        )

    def answer(self, message: _Message, code: int, body: str = "") -> None:
        copied = "".join(
            f"{key}: {value}\r\n" for key, value in message.headers if key in ("via", "from", "call-id", "cseq")
        )
        to = message["To"] if "tag=" in message["To"] else f"{message['To']};tag=straw"
        self.send(f"SIP/2.0 {code} Straw\r\n{copied}To: {to}\r\nContact: <sip:straw@{EDGE}:5060>\r\n", body)

    def send(self, head: str, body: str) -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.socket.sendto(f"{head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode(), (CORE, 5060))

    def call(self, number: int, call: Mapping[str, Any]) -> dict[str, object]:
        self.answered, stays, pressing = False, 0.0, iter(())
        name, uri = f"call-{number}", f"sip:{call['dialled']}@{CORE}"
        more = "".join(f"{key}: {value}\r\n" for key, value in call["headers"].items())
        self.request("INVITE", uri, name, "1 INVITE", f"<{uri}>", more, _sdp())
        called: dict[str, _Message] = {}
        end, final, to = time.monotonic() + 20, 0, ""
        while time.monotonic() < end:
            if final >= 200 and (final > 200 or self.answered or time.monotonic() > stays):
                break
            message = self.receive()
            if final == 200:
                passed = self.passed(number)
                if any(node.startswith("ivr:") for node in passed):
                    next(pressing, None)
                if len(passed) >= call["passes"]:
                    stays = min(stays, time.monotonic() + AFTERWARDS)
            if message is None:
                continue
            if message.code:
                if message["Call-ID"] == name:
                    if message.code == 200 and not final >= 200:
                        stays = time.monotonic() + call["stays"]
                        pressing = _pressed(message, call["keys"])
                        self.request("ACK", uri, name, "1 ACK", message["To"])
                    final, to = message.code, message["To"]
            elif "tag=" in message["To"] and message.first.startswith("INVITE"):
                self.answer(message, 200, _sdp())  # news of the other party within a call
            elif message.first.startswith("INVITE"):
                if message["Call-ID"] not in called:
                    called[message["Call-ID"]] = message
                    self.reply(message, dict(call["answers"]))
            elif message.first.startswith("CANCEL"):
                self.answer(message, 200)
                self.answer(called[message["Call-ID"]], 487)
            elif not message.first.startswith("ACK"):
                self.answer(message, 200)
                if message["Call-ID"] == name and message.first.startswith("BYE"):
                    break
        self.request("ACK", uri, name, "1 ACK", to)
        if final == 200:
            self.request("BYE", uri, name, "2 BYE", to)
        shown = ("From", "P-Asserted-Identity", "Privacy", "X-PBX-Tenant", "X-PBX-Route")
        return {
            "final": final,
            "called": [_user(each.first.split()[1]) for each in called.values()],
            "headers": [{key: each[key] for key in shown} for each in called.values()],
        }

    def passed(self, number: int) -> list[str]:
        """The nodes that the call of that number has passed so far."""
        return (_nodes(self.log, whole=False)[number:] or [[]])[0]

    def reply(self, message: _Message, answers: Mapping[str, int]) -> None:
        code = answers.get(_user(message.first.split()[1]), 480)
        self.answered = self.answered or code == 200
        self.answer(message, code, _sdp() if code == 200 else "")


def _user(uri: str) -> str:
    return re.split("[@;]", uri.removeprefix("sip:"))[0]


def _sdp() -> str:
    return (
        f"v=0\r\no=- 1 1 IN IP4 {EDGE}\r\ns=-\r\nc=IN IP4 {EDGE}\r\nt=0 0\r\n"
        "m=audio 30000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    )


def _pressed(answer: _Message, keys: str) -> Iterator[None]:
    """Presses the keys, whenever it is asked to go on and the time has come: as telephone events (RFC 4733)."""
    port = re.search(r"m=audio (\d+)", answer.body)
    assert port, answer.body
    begun, sent = time.monotonic(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind((EDGE, 30000))
        for index, key in enumerate(keys):
            while time.monotonic() < begun + FIRST_KEY + index * BETWEEN_KEYS:
                yield
            for end, length in ((0, 400), (0, 800), (1, 800), (1, 800), (1, 800)):
                head = struct.pack("!BBHII", 0x80, 101 | (0x80 if sent % 5 == 0 else 0), sent, 8000 * (index + 1), 1)
                media.sendto(
                    head + struct.pack("!BBH", "0123456789*#".index(key), end << 7 | 10, length), (CORE, int(port[1]))
                )
                sent += 1


if __name__ == "__main__":
    log = Path(sys.argv[1]).with_name("upper") / core_node.CALL_EVENTS_FILE.lstrip("/")
    edge = _StrawEdge(log)
    edge.wait_for_core()
    wanted = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps([edge.call(number, call) for number, call in enumerate(wanted)]))
    for _ in range(100):  # events are written by a thread of their own
        if len(_nodes(log)) == len(wanted):
            break
        time.sleep(0.1)
