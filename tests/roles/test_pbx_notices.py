"""The sender of notices without a mail server: what it reads, what it keeps, when it tries again, and what it posts."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))

from pbx_notices import deliver, outlets, words
from pbx_notices.__main__ import follow
from pbx_notices.follow import Follower
from pbx_notices.spool import Spool

NOTICE = {
    "attach": False,
    "language": "sv",
    "mail": ["info@acme.example", "bo@acme.example"],
    "sender": "Acme",
    "sms": ["+46701740605"],
    "subject": "Ring {number}",
    "text": "Från {caller}, {time}: {number}{unknown}",
    "text_sms": "Ring {number}",
    "time_zone": "Europe/Stockholm",
}
LINE = "1795000000|core-1795000000.7|pbx.notices|acme|ivr.main|caller=%2B46701740606&number=0701%2F{caller}"


@pytest.fixture
def tenants(tmp_path: Path) -> Path:
    home = tmp_path / "tenants" / "acme"
    home.mkdir(parents=True)
    (home / "notices.json").write_text(json.dumps({"ivr.main": NOTICE}))
    return home.parent


def messages(line: str, tenants: Path) -> list[words.Message]:
    told = words.understand(line)
    assert told
    return words.messages(told, tenants)


def test_a_line_becomes_a_message_for_each_receiver(tenants: Path) -> None:
    first, second, third = messages(LINE, tenants)
    assert [(each.channel, each.to) for each in (first, second, third)] == [
        ("mail", "info@acme.example"), ("mail", "bo@acme.example"), ("sms", "+46701740605"),
    ]  # fmt: skip
    # What a caller sends is not looked through for places again, and a place that nobody filled is empty.
    assert first.subject == "Ring 0701/{caller}"
    assert first.text == "Från +46701740606, 2026-11-18 12:06: 0701/{caller}"
    assert len({each.name for each in (first, second, third)}) == 3


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "dolt nummer"), ("en-GB", "withheld number"), ("de", "withheld number")]
)
def test_a_caller_without_a_number_is_called_so(tenants: Path, language: str, said: str) -> None:
    home = tenants / "acme" / "notices.json"
    home.write_text(json.dumps({"ivr.main": {**NOTICE, "language": language}}))
    assert said in messages(LINE.replace("%2B46701740606", ""), tenants)[0].text


def test_no_line_end_of_a_caller_reaches_a_mails_head(tenants: Path) -> None:
    (first, *_) = messages(LINE.replace("%2F", "%0D%0ABcc%3A%20x%40evil.example%0A"), tenants)
    letter = outlets.letter(first, None, "pbx@lab.example", "core")
    assert letter["Bcc"] is None
    assert b"\nBcc" not in letter.as_bytes()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1795000000|x|pbx.notices|acme", "cut off"),
        (LINE.replace("acme|", "../../etc|"), "no tenant"),
        (LINE.replace("acme|", "other|"), "has no notices"),
        (LINE.replace("ivr.main|", "ivr.gone|"), "has no notice"),
    ],
)
def test_a_line_that_means_nothing_is_set_aside_and_the_next_is_read(
    tmp_path: Path, tenants: Path, line: str, why: str
) -> None:
    with pytest.raises(words.Unreadable, match=why):
        messages(line, tenants)
    log = Log(tmp_path)
    log.add(line, LINE)
    assert len(log.take(tenants)) == 3
    assert [each.read_text() for each in (tmp_path / "spool" / "failed").iterdir()] == [line]


def test_other_lines_of_the_log_mean_nothing() -> None:
    assert words.understand("1795000000|core-1.7|klinik.nurse|NONE|ENTERQUEUE||+46701740606|1") is None


class Log:
    """A queue log, and a sender that is started anew for each look, as after a crash."""

    def __init__(self, home: Path) -> None:
        self.path, self.note, self.spool = home / "queue_log", home / "position.json", Spool(home / "spool")
        self.path.write_text("1|x|NONE|NONE|QUEUESTART|\n")
        Follower(self.path, self.note).lines()

    def add(self, *lines: str) -> None:
        with self.path.open("a") as file:
            file.writelines(f"{each}\n" for each in lines)

    def take(self, tenants: Path) -> list[words.Message]:
        follower = Follower(self.path, self.note)
        for _ in range(3):  # an end of a file is turned over by a look of its own
            follow(follower, self.spool, tenants)
        return list(self.spool.waiting("mail")) + list(self.spool.waiting("sms"))


def test_a_restart_reads_no_line_twice_and_misses_none(tmp_path: Path, tenants: Path) -> None:
    log = Log(tmp_path)
    log.add(LINE)
    for message in log.take(tenants):
        log.spool.forget(message)
    assert log.take(tenants) == []
    log.add(LINE.replace("core-1795000000.7", "core-1795000000.8"))
    assert len(log.take(tenants)) == 3


def test_half_a_line_waits_for_its_other_half(tmp_path: Path, tenants: Path) -> None:
    log = Log(tmp_path)
    with log.path.open("a") as file:
        file.write(LINE[:40])
    assert log.take(tenants) == []
    log.add(LINE[40:])
    assert len(log.take(tenants)) == 3


def test_lines_before_and_after_a_rotation_are_read(tmp_path: Path, tenants: Path) -> None:
    log = Log(tmp_path)
    log.add(LINE)
    log.path.rename(tmp_path / "queue_log.1")
    with (tmp_path / "queue_log.1").open("a") as file:  # Asterisk has not been told yet
        file.write(LINE.replace(".7|", ".8|") + "\n")
    log.path.write_text("")
    assert len(log.take(tenants)) == 6
    log.add(LINE.replace(".7|", ".9|"))
    assert len(log.take(tenants)) == 9


def test_a_crash_between_spool_and_note_gives_the_same_messages(tmp_path: Path, tenants: Path) -> None:
    log = Log(tmp_path)
    before = log.note.read_bytes()
    log.add(LINE)
    first = log.take(tenants)
    log.note.write_bytes(before)
    assert log.take(tenants) == first


def test_a_node_that_never_followed_the_log_leaves_what_stands_there(tmp_path: Path, tenants: Path) -> None:
    log = Log(tmp_path)
    log.add(LINE)
    log.note.unlink()
    assert log.take(tenants) == []


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_795_000_010.0
        monkeypatch.setattr(deliver.time, "time", lambda: self.now)


def channel(tmp_path: Path, tenants: Path, answers: list[Exception | None]) -> tuple[deliver.Channel, list[str]]:
    log = Log(tmp_path)
    log.add(LINE)
    log.take(tenants)
    tried: list[str] = []

    def carry(message: words.Message, _: Path | None) -> None:
        tried.append(message.to)
        if error := answers.pop(0) if answers else None:
            raise error

    return deliver.Channel("mail", log.spool, carry, lambda _: None), tried


def test_while_the_relay_is_down_one_try_is_for_all_and_tries_grow_rare(
    tmp_path: Path, tenants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    mail, tried = channel(tmp_path, tenants, [outlets.Later("down")] * 3)
    when = []
    for second in range(60):
        clock.now = 1_795_000_010.0 + second
        before = len(tried)
        mail.round()
        when += [second] * (len(tried) > before)
    assert when == [0, 5, 15, 35]
    assert sorted(tried[-2:]) == ["bo@acme.example", "info@acme.example"]
    assert not list((tmp_path / "spool" / "mail").iterdir())


def test_a_refused_message_is_set_aside_and_the_others_go(
    tmp_path: Path, tenants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    mail, tried = channel(tmp_path, tenants, [outlets.Refused("550 nobody")])
    mail.round()
    assert len(tried) == 2
    assert len(list((tmp_path / "spool" / "failed").iterdir())) == 1
    assert not list((tmp_path / "spool" / "mail").iterdir())


def test_a_message_that_is_not_taken_yet_holds_up_no_other_and_is_given_up_after_four_days(
    tmp_path: Path, tenants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    mail, tried = channel(tmp_path, tenants, [outlets.LaterForThis("451")])
    mail.round()
    assert len(tried) == 2
    mail.round()
    assert len(tried) == 2
    clock.now += 5
    mail.round()
    assert tried[2:] == tried[:1]
    assert not list((tmp_path / "spool" / "mail").iterdir())

    late, _ = channel(tmp_path / "late", tenants, [outlets.LaterForThis("451")])
    clock.now = 1_795_000_000 + deliver.GIVE_UP + 1
    late.round()
    assert len(list((tmp_path / "late" / "spool" / "failed").iterdir())) == 1


@pytest.fixture
def gateway() -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """A gateway of this computer: its settings, and what it was asked; it answers by the number's last digits."""
    asked: list[Any] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), body))
            self.send_response(int(str(body["to"])[-3:]))
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings = {
        "url": f"http://127.0.0.1:{server.server_port}/v1",
        "from": "Acme",
        "token": "hush",
        "headers": {"Authorization": "Bearer {token}"},
        "body": {"to": "{to}", "text": "{from}: {text}", "ref": "{id}"},
    }
    yield settings, asked
    server.shutdown()
    thread.join()
    server.server_close()


def sms(to: str, text: str = "Ring {to}") -> words.Message:
    return words.Message("name-s0", "sms", to, "Acme", "", text, 1_795_000_000)


def test_a_gateway_gets_one_request_in_its_own_form(gateway: tuple[dict[str, Any], list[Any]]) -> None:
    settings, asked = gateway
    outlets.sms(sms("+46700000202"), None, settings, "core")
    body = {"to": "+46700000202", "text": "Acme: Ring {to}", "ref": "name-s0"}
    assert asked == [("/v1", "Bearer hush", body)]
    outlets.sms(sms("+46700000200"), None, {**settings, "token": ""}, "core")
    assert asked[1][1] is None


LATER = dict.fromkeys(("302", "401", "429", "503"), outlets.Later)


@pytest.mark.parametrize(("code", "error"), [("400", outlets.Refused), *LATER.items()])
def test_what_a_gateways_answer_means(
    gateway: tuple[dict[str, Any], list[Any]], code: str, error: type[Exception]
) -> None:
    settings, asked = gateway
    with pytest.raises(error):
        outlets.sms(sms(f"+46700000{code}"), None, settings, "core")
    assert len(asked) == 1


def test_nobody_at_the_other_end_means_later() -> None:
    relay = {"host": "127.0.0.1", "port": 9, "tls": "none", "from": "x@y.example", "user": "", "password": ""}
    with pytest.raises(outlets.Later):
        outlets.mail(sms("x@y.example"), None, relay, "core")
    gateway = {"url": "http://127.0.0.1:9/", "from": "", "token": "", "headers": {}, "body": {}}
    with pytest.raises(outlets.Later):
        outlets.sms(sms("+1"), None, gateway, "core")


class _Relay(socketserver.StreamRequestHandler):
    """Says what a relay says that knows nobody and no TLS."""

    def handle(self) -> None:
        self.wfile.write(b"220 relay\r\n")
        for line in self.rfile:
            verb = line.split()[0].upper()
            answers = {b"EHLO": b"250-relay\r\n250 AUTH PLAIN", b"AUTH": b"535 5.7.8 wrong", b"QUIT": b"221 bye"}
            self.wfile.write(answers.get(verb, b"530 5.7.0 log in first") + b"\r\n")
            if verb == b"QUIT":
                return


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ("none", "the relay refuses the log-in of pbx: 535 5.7.8 wrong"),
        ("starttls", "the relay does not offer what provider.yaml wants: STARTTLS extension not supported by server."),
    ],
)
def test_why_a_relay_takes_nothing_is_said_without_the_password(tls: str, said: str) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Relay) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        relay = {
            "host": "127.0.0.1",
            "port": port,
            "tls": tls,
            "from": "x@y.example",
            "user": "pbx",
            "password": "hush",
        }
        try:
            with pytest.raises(outlets.Later) as raised:
                outlets.mail(sms("x@y.example"), None, relay, "core")
        finally:
            server.shutdown()
            thread.join()
    assert str(raised.value) == said
