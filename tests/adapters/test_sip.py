"""The baresip adapter where no telephone is needed: its files, its wire format, its reading of traces."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.sip import settings
from provisioner.adapters.sip.agents import BaresipAgents
from provisioner.adapters.sip.call import BaresipCall
from provisioner.adapters.sip.control import Control, encode, read_message
from provisioner.adapters.sip.shell import ShellError, execute
from provisioner.adapters.sip.trace import identity, tags
from provisioner.core.errors import TimedOut
from provisioner.core.ports.sip import AgentError, AgentSpec

ANNA = AgentSpec(
    name="anna",
    machine="phones",
    user="anna-desk",
    domain="klinik.example",
    password="s3cret",
    proxy="198.19.0.20",
    expires=60,
)


WHOLE = NumpyVoice().tone(1000, 0.5)
OPEN = WHOLE[:40] + bytes(4) + WHOLE[44:4096]
"""A recording that baresip still writes."""


def spec(**changes: Any) -> AgentSpec:
    facts = {name: getattr(ANNA, name) for name in ANNA.__dataclass_fields__}
    return AgentSpec(**{**facts, **changes})


def test_an_account_that_registers() -> None:
    assert settings.account(ANNA, settings.Ports.numbered(0), "198.19.0.50") == (
        "<sip:anna-desk@klinik.example;transport=udp>;answermode=manual;regint=60;"
        'auth_user=anna-desk;auth_pass=s3cret;outbound="sip:198.19.0.20;transport=udp"\n'
    )


def test_an_outside_line_lives_at_its_own_address() -> None:
    line = AgentSpec(name="line", machine="carrier", user="+46701234567", display_name="Mor", port=5060)
    ports = settings.Ports.numbered(3, line.port)
    assert settings.account(line, ports, "198.19.0.40") == (
        '"Mor" <sip:+46701234567@198.19.0.40:5060;transport=udp>;answermode=manual;regint=0\n'
    )


def test_a_secure_telephone_takes_no_other_media() -> None:
    line = settings.account(spec(secure=True, proxy="198.19.0.20:5061"), settings.Ports.numbered(0), "198.19.0.50")
    assert line == (
        "<sip:anna-desk@klinik.example;transport=tls>;answermode=manual;regint=60;"
        'auth_user=anna-desk;auth_pass=s3cret;mediaenc=srtp-mand;outbound="sip:198.19.0.20:5061;transport=tls"\n'
    )


@pytest.mark.parametrize("bad", ['a"b', "a;b", "a<b", "a\nb"])
def test_a_password_that_baresip_would_misread_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(AgentError, match="password of agent anna") as problem:
        settings.account(spec(password=bad), settings.Ports.numbered(0), "198.19.0.50")
    assert bad not in str(problem.value)
    assert bad not in repr(spec(password=bad))


def test_agents_of_a_machine_share_no_port() -> None:
    taken: set[int] = set()
    for index in range(100):
        ports = settings.Ports.numbered(index)
        own = {ports.sip, ports.sip + 1, ports.control, *range(ports.media, ports.media + 20)}
        assert not taken & own
        taken |= own
    assert max(taken) < 65536


def test_the_password_is_not_in_the_configuration() -> None:
    text = settings.configuration(ANNA, settings.Ports.numbered(0), "198.19.0.50", "198.18.0.50")
    assert "s3cret" not in text
    assert "ctrl_tcp_listen 198.18.0.50:17000\n" in text


async def _read(data: bytes) -> Any:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await read_message(reader)


def test_netstrings_count_bytes_and_not_characters() -> None:
    message = {"command": "dial", "params": "sip:åsa@x"}
    assert asyncio.run(_read(encode(message))) == message
    raw = json.dumps({"type": "X", "param": "Åsa"}, ensure_ascii=False).encode()
    assert asyncio.run(_read(b"%d:%s," % (len(raw), raw)))["param"] == "Åsa"


def test_a_netstring_without_its_comma_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a comma"):
        asyncio.run(_read(b"2:{};"))


class Telephone:
    """What baresip does on its control port, written out: answers some commands, is silent to others."""

    def __init__(self, script: dict[str, dict[str, Any]]) -> None:
        self.script, self.got = script, list[str]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await read_message(reader)
                self.got.append(f"{asked['command']} {asked['params']}".strip())
                for event in self.script.get(asked["command"], {}).get("events", ()):
                    writer.write(encode({"event": True, **event}))
                answer = {k: v for k, v in self.script.get(asked["command"], {}).items() if k != "events"}
                writer.write(encode({"response": True, "ok": True, "data": "", **answer, "token": asked["token"]}))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def test_answers_find_their_command_among_events() -> None:
    async def run() -> tuple[list[str], list[str], str]:
        phone = Telephone(
            {
                "slow": {"events": [{"type": "A"}, {"type": "B"}], "data": "s"},
                "fast": {"data": "f"},
                "bad": {"ok": False, "data": "no such"},
            }
        )
        server = await asyncio.start_server(phone.serve, "127.0.0.1", 0)
        events: list[str] = []
        control = await Control.connect(
            "anna", "127.0.0.1", server.sockets[0].getsockname()[1], lambda event: events.append(event["type"])
        )
        answers = list(await asyncio.gather(control.command("slow"), control.command("fast")))
        with pytest.raises(AgentError, match=r"anna refused bad.*no such") as problem:
            await control.command("bad")
        await control.close()
        server.close()
        return answers, events, str(problem.value)

    answers, events, _ = asyncio.run(run())
    assert answers == ["s", "f"]
    assert events == ["A", "B"]


def test_an_answer_is_noticed_between_the_events_before_it_and_those_after() -> None:
    """All in one packet: a call that came before baresip took its new file is recorded in the old one."""

    async def run() -> list[str]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            token = (await read_message(reader))["token"]
            told = (
                {"event": True, "type": "A"},
                {"response": True, "ok": True, "token": token},
                {"event": True, "type": "B"},
            )
            writer.write(b"".join(map(encode, told)))

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        seen: list[str] = []
        port = server.sockets[0].getsockname()[1]
        control = await Control.connect("anna", "127.0.0.1", port, lambda event: seen.append(event["type"]))
        await control.command("auplay", answered=lambda: seen.append("answer"))
        await control.close()
        server.close()
        return seen[:3]

    assert asyncio.run(run()) == ["A", "answer", "B"]


def test_nobody_listening_names_agent_and_place() -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        await Control.connect("anna", "127.0.0.1", port, lambda _: None, timeout=0.2)

    with pytest.raises(AgentError, match=r"agent anna does not listen on 127\.0\.0\.1"):
        asyncio.run(run())


TRACE = (
    "UDP 198.19.0.20:5060 -> 198.19.0.40:5060\r\n"
    "INVITE sip:+46850100200@198.19.0.40:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 198.19.0.20\r\n"
    'From: "Anna Berg" <sip:+46850100101@edge>;tag=1\r\nCall-ID: first\r\n'
    "P-Asserted-Identity: <sip:+46850100100@edge>\r\nPrivacy: id\r\n"
    "Diversion: <sip:+46850100102@edge>;reason=no-answer;counter=1\r\n"
    "History-Info: <sip:+46850100102@edge>;index=1, <sip:+46850100200@edge;cause=408>;index=1.1;mp=1\r\n"
    "\r\nv=0\r\nCall-ID: second\r\n"
    "INVITE sip:112@198.19.0.40:5062 SIP/2.0\nFrom: <sip:anonymous@anonymous.invalid>;tag=2\ni: second\n\n"
)


def test_a_trace_tells_who_was_called_by_whom() -> None:
    first, second = identity(TRACE, "first"), identity(TRACE, "second")
    assert first is not None
    assert second is not None
    assert (first.dialled, first.caller, first.display_name) == ("+46850100200", "+46850100101", "Anna Berg")
    assert (first.diverted, first.why) == ("+46850100102", "no-answer")
    assert first.history == ("+46850100102", "+46850100200")
    assert (second.diverted, second.why, second.history) == ("", "", ())
    assert (first.asserted, first.private) == ("+46850100100", True)
    assert (second.dialled, second.caller, second.asserted, second.private) == ("112", "anonymous", "", False)
    assert identity(TRACE, "third") is None


def test_a_trace_tells_the_tags_of_an_answered_call() -> None:
    answers = "".join(
        f"SIP/2.0 {status}\r\nFrom: <sip:a@x>;tag=ours\r\nt: <sip:b@x>{tag}\r\nCall-ID: c\r\nCSeq: 2 {method}\r\n\r\n"
        for status, tag, method in (
            ("100 Trying", "", "INVITE"),
            ("180 Ringing", ";tag=early", "INVITE"),
            ("200 OK", ";tag=wrong", "OPTIONS"),
            ("200 OK", ";tag=theirs;x=y", "INVITE"),
        )
    )
    assert tags(answers, "c") == ("ours", "theirs")
    assert tags(answers, "d") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"machine": "attic"}, "'attic'"), ({"name": "Anna Berg"}, "'Anna Berg' is no name"), ({"name": ""}, "no name")],
)
def test_impossible_agents_are_refused_before_anything_starts(changes: dict[str, str], words: str) -> None:
    async def run() -> None:
        await BaresipAgents({"phones": None}, NumpyVoice()).start([spec(**changes)])  # type: ignore[dict-item]

    with pytest.raises(AgentError, match=words):
        asyncio.run(run())


def test_a_command_that_fails_or_hangs_names_the_machine() -> None:
    with pytest.raises(ShellError, match=r"phones: .* ended with 3: broken"):
        asyncio.run(execute(["sh", "-c", "echo broken >&2; exit 3"], b"", 5, "phones"))
    with pytest.raises(ShellError, match="phones: no answer within") as slow:
        asyncio.run(execute(["sleep", "5"], b"", 0.1, "phones"))
    assert slow.value.exit_code == TimedOut.exit_code
    assert asyncio.run(execute(["cat"], b"sound", 5, "phones")) == b"sound"


@pytest.mark.parametrize(
    ("state", "files", "reads"),
    [
        ("CALL_CLOSED", [b"", OPEN, WHOLE], 3),
        ("CALL_CLOSED", [WHOLE], 1),
        ("CALL_CLOSED", [b"none\n"], 1),
        ("CALL_ESTABLISHED", [OPEN], 1),
    ],
    ids=["ended a moment ago", "ended", "nothing came", "goes on"],
)
def test_what_an_ended_call_heard_is_read_when_it_is_whole(state: str, files: list[bytes], reads: int) -> None:
    """baresip tells of the end first and closes the recording later, on a busy machine much later."""
    asked: list[str] = []

    async def run(command: str) -> bytes:
        asked.append(command)
        return files[len(asked) - 1]

    call = BaresipCall(SimpleNamespace(shell=SimpleNamespace(run=run)), "1", "/run/call.wav")  # type: ignore[arg-type]
    call.happened({"type": state, "id": "1"})
    assert asyncio.run(call.heard()) == (b"" if files[-1] == b"none\n" else files[-1])
    assert len(asked) == reads


def test_the_recording_that_another_call_holds_open_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.adapters.sip.call.CLOSED_WITHIN", 0.15)
    asked: list[str] = []

    async def run(command: str) -> bytes:
        asked.append(command)
        return OPEN

    call = BaresipCall(SimpleNamespace(shell=SimpleNamespace(run=run)), "1", "/run/call.wav")  # type: ignore[arg-type]
    call.happened({"type": "CALL_CLOSED", "id": "1"})
    assert asyncio.run(call.heard()) == OPEN
    first = len(asked)
    assert first > 1
    assert asyncio.run(call.heard()) == OPEN
    assert len(asked) == first + 1
