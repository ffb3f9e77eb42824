"""Reading a core node: the channel event log, mailboxes, the tenant's clock. The node is a written shell."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio

import pytest

from provisioner.adapters.live.core_view import SshCoreView, nodes
from provisioner.adapters.sip.shell import ShellError


def row(event: str, name: str, extra: str, call: str, extension: str, context: str, caller: str) -> str:
    fields = (event, "1772445600.1", name, extra, call, f"{call}-leg", "PJSIP/edge-1", extension, context, caller)
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"


def node(ref: str, call: str, context: str, caller: str = "+46701740605") -> str:
    return row("USER_DEFINED", "node", f'{{"extra":"{ref}"}}', call, "s", context, caller)


LOG = (
    'end of a line","x"\n'
    + row("CHAN_START", "", "", "c1", "101", "from-edge", "anna")
    + node("user:bo", "c1", "nordverk.user.bo", "101")
    + row("CHAN_START", "", "", "c2", "+46850100100", "from-edge", "+46701740605")
    + row("CHAN_START", "", "", "c3", "101", "from-edge", "anna")
    + node("schedule:opening", "c2", "klinik.schedule.opening")
    + node("user:anna", "c3", "klinik.user.anna", "101")
    + node("ivr:main", "c2", "klinik.ivr.main")
    + '"half a'
)


@pytest.mark.parametrize(
    ("tenant", "caller", "dialled", "found"),
    [
        ("klinik", "+46701740605", "+46850100100", ("schedule:opening", "ivr:main")),
        ("klinik", "", "101", ("user:anna",)),
        ("nordverk", "", "101", ("user:bo",)),
        ("klinik", "+46701740606", "+46850100100", ()),
        ("other", "", "101", ()),
        ("klini", "", "101", ()),
    ],
)
def test_the_trail_of_a_call_is_the_tenants_own(tenant: str, caller: str, dialled: str, found: tuple[str, ...]) -> None:
    assert nodes(LOG, tenant, caller, dialled) == found


class WrittenShell:
    def __init__(self, **answers: str) -> None:
        self.answers, self.asked = answers, list[str]()

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        self.asked.append(command)
        return next((text.encode() for word, text in self.answers.items() if word in command), b"")


MESSAGES = (
    'INBOX/msg0000.txt:callerid="Växel" <+46701740606>\nINBOX/msg0000.txt:msg_id=17-01\n'
    "Old/msg0003.txt:msg_id=17-00\nOld/msg0003.txt:callerid=+46701740605\nOld/msg0004.txt:callerid=<1>\n"
)


def test_messages_go_by_their_id_and_not_by_their_file() -> None:
    shell = WrittenShell(grep=MESSAGES, cat="sound")
    view = SshCoreView(lambda _: shell)
    assert asyncio.run(view.messages("klinik", "info", "")) == {"17-01", "17-00"}
    assert asyncio.run(view.messages("klinik", "info", "+46701740605")) == {"17-00"}
    assert asyncio.run(view.messages("klinik", "info", "+4670174060")) == set()
    assert asyncio.run(view.message("klinik", "info", "17-00")) == b"sound"
    assert shell.asked[-1] == "cat /var/spool/asterisk/voicemail/klinik/info/Old/msg0003.wav"
    with pytest.raises(ShellError, match="no message 17-09"):
        asyncio.run(view.message("klinik", "info", "17-09"))


def test_a_message_that_cannot_be_taken_out_is_told() -> None:
    shell = WrittenShell(grep="INBOX/msg0000.txt:msg_id=17-01\n")
    with pytest.raises(ShellError, match="17-01 of a probe stays"):
        asyncio.run(SshCoreView(lambda _: shell).remove_message("klinik", "info", "17-01"))
    assert "asterisk -rx 'voicemail remove info klinik INBOX 17-01'" in shell.asked


def test_the_clock_is_shifted_by_the_tenants_own_entry() -> None:
    shell = WrittenShell(put="Updated database successfully\n")
    view = SshCoreView(lambda _: shell)
    asyncio.run(view.shift_clock("klinik", -3600))
    asyncio.run(view.shift_clock("klinik", None))
    assert shell.asked == [
        "asterisk -rx 'database put pbx/klinik clock-offset -3600'",
        "asterisk -rx 'database del pbx/klinik clock-offset'",
    ]
    with pytest.raises(ShellError, match="could not be shifted"):
        asyncio.run(SshCoreView(lambda _: WrittenShell()).shift_clock("klinik", 5))


def test_a_log_that_is_not_there_yet_is_empty() -> None:
    view = SshCoreView(lambda _: WrittenShell(stat="0\n"))
    assert asyncio.run(view.mark("klinik")) == "0"
    assert asyncio.run(view.trail("klinik", "0", "", "101")) == ()
