"""The lab's stand-in for the world that notices go to: where it is, how it comes onto its machine, what it caught."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import CompletedProcess

from provisioner.core.outlets import MailRelay, Outlets, SmsGateway

from .catcher_program import CAUGHT, MAIL_PORT, SMS_PORT

MACHINE = "carrier"
UNIT = "pbx-catcher.service"
PORTS = (MAIL_PORT, SMS_PORT)

_PROGRAM = "/usr/local/lib/pbx/catcher.py"
_SERVICE = f"""\
[Unit]
Description=Catches the notices of the lab

[Service]
ExecStart=/usr/bin/python3 {_PROGRAM}
DynamicUser=yes
StateDirectory=pbx-catcher
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


def furnish(root: Path) -> None:
    """Lays the catcher into the file system of its machine, to be started with it."""
    program = root / _PROGRAM.lstrip("/")
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(Path(__file__).with_name("catcher_program.py").read_text(encoding="utf-8"), encoding="utf-8")
    units = root / "etc/systemd/system"
    (units / "multi-user.target.wants").mkdir(parents=True, exist_ok=True)
    (units / UNIT).write_text(_SERVICE)
    wanted = units / "multi-user.target.wants" / UNIT
    wanted.unlink(missing_ok=True)
    wanted.symlink_to(f"../{UNIT}")


def outlets(address: str) -> Outlets:
    """Where a lab's notices leave, whatever the provider's file says; `address` is the catcher's machine."""
    return Outlets(
        MailRelay(address, MAIL_PORT, "none", "pbx@lab.example"),
        SmsGateway(
            f"http://{address}:{SMS_PORT}/sms",
            "pbx",
            body={"to": "{to}", "from": "{from}", "message": "{text}", "reference": "{id}"},
        ),
    )


@dataclass(frozen=True, slots=True)
class Caught:
    """A message that arrived."""

    kind: str
    """`mail` or `sms`."""
    at: float
    to: tuple[str, ...]
    sender: str
    """The `From:` of a mail, with its name."""
    subject: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    """What a mail carries: name and content."""
    calendar: str = ""
    """The iCalendar object of a mail that invites somebody."""


Run = Callable[[str, Sequence[str]], CompletedProcess[str]]


def caught(run: Run) -> tuple[Caught, ...]:
    """Everything that arrived since the lab came up, oldest first; `run` runs a command on a machine of the lab."""
    done = run(MACHINE, ["sh", "-c", f"cat {CAUGHT} 2>/dev/null || :"])
    return tuple(_caught(json.loads(line)) for line in done.stdout.splitlines())


def _caught(facts: dict[str, object]) -> Caught:
    to, at = tuple(map(str, facts["to"])), float(str(facts["at"]))  # type: ignore[call-overload]
    content = facts["content"]
    if isinstance(content, dict):
        return Caught("sms", at, to, str(facts["sender"]), "", str(content.get("message", "")))
    letter = message_from_bytes(base64.b64decode(str(content)), policy=policy.default)
    body = letter.get_body(("plain",))
    files = tuple((part.get_filename() or "", bytes(part.get_content())) for part in letter.iter_attachments())
    text = body.get_content().replace("\r\n", "\n") if body else ""
    invites = [part.get_content() for part in letter.walk() if part.get_content_type() == "text/calendar"]
    calendar = str(invites[0]) if invites else ""
    return Caught("mail", at, to, str(letter["From"]), str(letter["Subject"]), text, files, calendar)
