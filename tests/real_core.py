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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from provisioner.core.artifacts import TextFile
from provisioner.targets.asterisk import core_node
from tests.real_asterisk import image

sys.path.insert(0, str(Path(__file__).parents[1] / "roles" / "asterisk_common" / "module_utils"))

import pbx_mailboxes

EDGE, CORE = "198.18.250.20", "198.18.250.30"
NOTES_WAITS = "apps = waitexten\nevents = APP_START\n"
"""Added to what the channel event log holds: each time that the core begins to wait for a key. By the clock a key would
come before the wait or after it: Answer() takes half a second where no speech comes in, and a call is answered once."""
AFTERWARDS = 0.5
"""Seconds in which a call that has passed what it should may still go on, and be seen to."""
RINGS = 180
"""An answer that stays at ringing until the core gives up."""


@dataclass(frozen=True)
class Call:
    """One call towards the core. `answers` says what those give who are called; the others are not there (480). Once
    the core has answered, the caller presses the next of the `keys` whenever the core waits for one, and `stays` so
    many seconds on the line, until a telephone has answered too, or until a moment after she has passed as many nodes
    as `passes` says."""

    dialled: str
    headers: Mapping[str, str]
    answers: Mapping[str, int] = field(default_factory=dict)
    stays: float = 0
    keys: str = ""
    passes: int = 1000


@dataclass(frozen=True)
class Seen:
    """What came of a call: the last answer of the core, whom it called in turn, with some headers, the nodes that
    the caller's own channel passed, and how often it was waited for a key."""

    final: int
    called: tuple[str, ...]
    headers: tuple[Mapping[str, str], ...]
    nodes: tuple[str, ...] = ()
    asked: int = 0


def place(folder: Path, slug: str, files: Iterable[TextFile], calls: Sequence[Call], seconds: float = 90) -> list[Seen]:
    """Starts the core with the tenant's files, places the calls in turn and says what was seen."""
    etc = folder / "upper" / "etc" / "asterisk"
    platform = core_node.CorePlatform("core", CORE, (core_node.Edge("edge", EDGE),))
    for file in core_node.render(platform).files:
        _write(etc / file.path, file.text + (NOTES_WAITS if file.path == "cel.conf" else ""))
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
    courses = _courses(folder / "upper" / core_node.CALL_EVENTS_FILE.lstrip("/"))
    return [
        Seen(each["final"], tuple(each["called"]), tuple(each["headers"]), tuple(course.nodes), course.asked)
        for each, course in zip(json.loads(done.stdout), courses, strict=True)
    ]


@dataclass
class _Course:
    """What the channel event log says of a call so far; `legs` are its channels that have not ended."""

    call: str
    nodes: list[str] = field(default_factory=list)
    asked: int = 0
    legs: set[str] = field(default_factory=set)


def _courses(log: Path) -> list[_Course]:
    """The calls in their order."""
    courses: dict[str, _Course] = {}
    text = log.read_text() if log.exists() else ""
    whole = text[: text.rfind("\n") + 1]  # the last row may be half written
    for fields in csv.reader(whole.splitlines()):
        row = dict(zip(core_node.CALL_EVENTS, fields, strict=True))
        event, leg, call = row["event"], row["leg"], row["call"]
        if event == "CHAN_START" and leg == call:
            courses[call] = _Course(call)
        if event == "CHAN_START" and call in courses:
            courses[call].legs.add(leg)
        elif event == "CHAN_END":
            for course in courses.values():
                course.legs.discard(leg)
        elif leg in courses and event == "APP_START":
            courses[leg].asked += 1
        elif leg in courses and row["name"] == "node":
            courses[leg].nodes.append(json.loads(row["extra"])["extra"])
    return list(courses.values())


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
        self.socket.settimeout(0.02)
        self.answered = False
        self.invited: dict[str, _Message] = {}
        self.ended: set[str] = set()
        """What the core calls the calls that are over: it may still send what it began for them."""

    def wait_for_core(self) -> None:
        for _ in range(1500):
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
        self.answered, stays, keypad = False, 0.0, None
        name, uri = f"call-{number}", f"sip:{call['dialled']}@{CORE}"
        more = "".join(f"{key}: {value}\r\n" for key, value in call["headers"].items())
        self.request("INVITE", uri, name, "1 INVITE", f"<{uri}>", more, _sdp())
        called: dict[str, _Message] = {}
        end, final, to = time.monotonic() + max(20, call["stays"] + 2), 0, ""
        while time.monotonic() < end:
            if final >= 200 and (final > 200 or self.answered or time.monotonic() > stays):
                break
            message = self.receive()
            if keypad and (course := self.course(number)):
                keypad.press(course.asked)
                if len(course.nodes) >= call["passes"]:
                    stays = min(stays, time.monotonic() + AFTERWARDS)
            if message and message.code and message["Call-ID"] == name:
                if message.code == 200 and not final >= 200:
                    stays = time.monotonic() + call["stays"]
                    keypad = _Keypad(message, call["keys"])
                    self.request("ACK", uri, name, "1 ACK", message["To"])
                final, to = message.code, message["To"]
            elif message and self.hears(message, called, call["answers"]) == f"BYE {name}":
                break
        self.request("ACK", uri, name, "1 ACK", to)
        if final == 200:
            self.request("BYE", uri, name, "2 BYE", to)
        if keypad:
            keypad.close()
        if final >= 200:
            self.ends(number, called, call["answers"])
        shown = ("From", "P-Asserted-Identity", "Privacy", "X-PBX-Tenant", "X-PBX-Route")
        return {
            "final": final,
            "called": [_user(each.first.split()[1]) for each in called.values()],
            "headers": [{key: each[key] for key in shown} for each in called.values()],
        }

    def hears(self, message: _Message, called: dict[str, _Message], answers: Mapping[str, int]) -> str:
        """Answers a request of the core's, and notes whom it calls; says its method and call."""
        method, call = message.first.split()[0], message["Call-ID"]
        match method:
            case "INVITE" if "tag=" in message["To"]:
                self.answer(message, 200, _sdp())  # news of the other party within a call
            case "INVITE" if call not in self.invited:
                self.invited[call] = message
                if message["X-PBX-Call"] in self.ended:
                    self.answer(message, 480)
                else:
                    called[call] = message
                    self.reply(message, answers)
            case "CANCEL":
                self.answer(message, 200)
                self.answer(self.invited[call], 487)
            case "INVITE" | "ACK" | "SIP/2.0":
                pass
            case _:
                self.answer(message, 200)
        return f"{method} {call}"

    def ends(self, number: int, called: dict[str, _Message], answers: Mapping[str, int]) -> None:
        """Waits until nothing is left of the call. What the core sends later is not taken for the next one's."""
        end = time.monotonic() + 20
        while (course := self.course(number)) is None or course.legs:
            if time.monotonic() > end:
                raise SystemExit(f"call {number} did not end: {course}")
            message = self.receive()
            if message:
                self.hears(message, called, answers)
        self.ended.add(course.call)

    def course(self, number: int) -> _Course | None:
        """What the call of that number has come to so far; None where nothing is noted yet."""
        return dict(enumerate(_courses(self.log))).get(number)

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


class _Keypad:
    """Presses keys by telephone events (RFC 4733)."""

    def __init__(self, answer: _Message, keys: str) -> None:
        port = re.search(r"m=audio (\d+)", answer.body)
        assert port, answer.body
        self.port, self.keys, self.pressed, self.sent = int(port[1]), keys, 0, 0
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((EDGE, 30000))

    def press(self, asked: int) -> None:
        """Presses the next key where the core has asked for more of them than were pressed."""
        if self.pressed >= min(asked, len(self.keys)):
            return
        key = "0123456789*#".index(self.keys[self.pressed])
        self.pressed += 1
        for end, length in ((0, 400), (0, 800), (1, 800), (1, 800), (1, 800)):
            kind = 101 | (0x80 if self.sent % 5 == 0 else 0)
            head = struct.pack("!BBHII", 0x80, kind, self.sent, 8000 * self.pressed, 1)
            self.media.sendto(head + struct.pack("!BBH", key, end << 7 | 10, length), (CORE, self.port))
            self.sent += 1

    def close(self) -> None:
        self.media.close()


if __name__ == "__main__":
    edge = _StrawEdge(Path(sys.argv[1]).with_name("upper") / core_node.CALL_EVENTS_FILE.lstrip("/"))
    edge.wait_for_core()
    wanted = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps([edge.call(number, call) for number, call in enumerate(wanted)]))
