"""Reading SIP messages out of an agent's log: baresip's events tell neither the dialled number nor who was asserted."""

from __future__ import annotations

import re

from provisioner.core.ports.sip import Identity

_START = re.compile(r"^INVITE (\S+) SIP/2\.0\r?$", re.MULTILINE)
_ANSWER = re.compile(r"^SIP/2\.0 2\d\d .*$", re.MULTILINE)
_TAG = re.compile(r";\s*tag=([^;\s]+)")
_USER = re.compile(r"<?(?:sips?|tel):([^@;>]+)")
_REASON = re.compile(r";\s*reason=([\w-]+)")
_NAME = re.compile(r'^\s*"?([^"<]*?)"?\s*<')


def identity(log: str, call_id: str) -> Identity | None:
    """What the INVITE of a call said; None where the log does not hold it."""
    for start in _START.finditer(log):
        head = log[start.end() :].lstrip("\r\n").replace("\r", "").split("\n\n", 1)[0]
        if _header(head, "Call-ID", "i") != call_id:
            continue
        source = _header(head, "From", "f")
        name = _NAME.match(source)
        return Identity(
            dialled=_user(start[1]),
            caller=_user(source),
            display_name=name[1] if name else "",
            asserted=_user(_header(head, "P-Asserted-Identity")),
            private="id" in re.split(r"[;,\s]+", _header(head, "Privacy").lower()),
            diverted=_user(diversion := _header(head, "Diversion")),
            why=match[1] if (match := _REASON.search(diversion)) else "",
            history=tuple(_user(each) for each in _header(head, "History-Info").split(",") if each),
        )
    return None


def tags(log: str, call_id: str) -> tuple[str, str] | None:
    """The tags of a call that the agent made, its own and the far side's; None where the log holds no answer to it."""
    for start in _ANSWER.finditer(log):
        head = log[start.end() :].lstrip("\r\n").replace("\r", "").split("\n\n", 1)[0]
        if _header(head, "Call-ID", "i") == call_id and _header(head, "CSeq").endswith("INVITE"):
            ours, theirs = (_TAG.search(_header(head, *names)) for names in (("From", "f"), ("To", "t")))
            if ours and theirs:
                return ours[1], theirs[1]
    return None


def _header(head: str, *names: str) -> str:
    match = re.search(rf"^(?:{'|'.join(map(re.escape, names))})\s*:\s*(.*)$", head, re.MULTILINE | re.IGNORECASE)
    return match[1].strip() if match else ""


def _user(value: str) -> str:
    match = _USER.search(value)
    return match[1] if match else ""
