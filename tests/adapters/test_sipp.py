"""What sipp left behind, read: the answer to one registration, and how many calls were held. The machine is written."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio

import pytest

from provisioner.adapters.sip.machine import Machine
from provisioner.adapters.sip.sipp import Sipp
from provisioner.core.ports.sip import AgentError, AgentSpec, LoadResult

ANNA = AgentSpec(
    name="anna", machine="phones", user="anna", domain="klinik.example", password="s3cret", proxy="198.19.0.20"
)


class WrittenShell:
    def __init__(self, answer: str) -> None:
        self.answer, self.asked = answer, list[tuple[str, bytes]]()

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        self.asked.append((command, stdin))
        return self.answer.encode()


def sipp(shell: WrittenShell) -> Sipp:
    machine = Machine(shell, "198.18.0.50", "198.19.0.50")
    return Sipp({"phones": machine, "carrier": machine})


def message(status: str, method: str, number: int) -> str:
    head = f"SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 198.19.0.50\r\nFrom: <sip:anna@klinik.example>\r\n"
    return f"UDP message received [300] bytes:\r\n\r\n{head}CSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n"


CHALLENGE = message("401 Unauthorized", "REGISTER", 1)


@pytest.mark.parametrize(
    ("messages", "accepted", "reason"),
    [
        (CHALLENGE + message("200 OK", "REGISTER", 2), True, "200 OK"),
        (CHALLENGE + message("401 Unauthorized", "REGISTER", 2), False, "401 Unauthorized"),
        (CHALLENGE + message("403 Too Many Failures", "REGISTER", 2), False, "403 Too Many Failures"),
        (CHALLENGE + message("200 OK", "REGISTER", 2) + message("481 No Such Call", "OPTIONS", 1), True, "200 OK"),
    ],
    ids=["right", "wrong password", "banned", "something else in between"],
)
def test_the_last_answer_to_the_registration_counts(messages: str, accepted: bool, reason: str) -> None:
    told = asyncio.run(sipp(WrittenShell(messages)).register_once(ANNA))
    assert (told.accepted, told.reason) == (accepted, reason)


def test_no_answer_at_all_is_an_error_and_no_refusal() -> None:
    with pytest.raises(AgentError, match=r"nobody at 198\.19\.0\.20 answered"):
        asyncio.run(sipp(WrittenShell("")).register_once(ANNA))


def test_the_password_goes_over_standard_input_only() -> None:
    shell = WrittenShell(CHALLENGE)
    asyncio.run(sipp(shell).register_once(ANNA))
    ((command, scenario),) = shell.asked
    assert "s3cret" not in command
    assert b"password=s3cret]" in scenario


@pytest.mark.parametrize("password", ["a]b", "a b", "a<b"])
def test_a_password_that_sipp_would_misread_is_refused(password: str) -> None:
    bad = AgentSpec(name="anna", machine="phones", user="anna", domain="x.example", password=password, proxy="1.2.3.4")
    with pytest.raises(AgentError, match="which sipp cannot take"):
        asyncio.run(sipp(WrittenShell("")).register_once(bad))


def statistics(done: int, failed: int) -> str:
    names = "StartTime;TotalCallCreated;SuccessfulCall(C);FailedCall(C);"
    return f"{names}\n2026-11-22;0;0;0;\n2026-11-22;20;{done};{failed};\n"


@pytest.mark.parametrize(
    ("done", "failed", "dropped"), [(20, 0, 0), (19, 1, 1), (0, 20, 20), (18, 0, 2)],
    ids=["all held", "one dropped", "none answered", "two never ended"],
)  # fmt: skip
def test_calls_that_were_not_held_to_the_end_are_dropped(done: int, failed: int, dropped: int) -> None:
    result = asyncio.run(
        sipp(WrittenShell(statistics(done, failed))).hold(
            machine="carrier", number="+46850100100", calls=20, seconds=1, caller="+46701740605", proxy="198.19.0.20"
        )
    )
    assert result == LoadResult(wanted=20, held=done, dropped=dropped)


def test_sipp_that_did_not_run_tells_why() -> None:
    with pytest.raises(AgentError, match="sipp made no call: sipp: not found"):
        asyncio.run(
            sipp(WrittenShell("sipp: not found\n")).hold(
                machine="carrier", number="1", calls=1, seconds=1, caller="2", proxy="198.19.0.20:5080"
            )
        )
