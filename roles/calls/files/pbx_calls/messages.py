"""The message that a caller left, as Asterisk notes it beside the sound: which channel left it, and when."""

from __future__ import annotations

import configparser
from pathlib import Path

SPOOL = Path("/var/spool/asterisk/voicemail")


def noted(path: Path) -> dict[str, str]:
    """What msg0000.txt says; empty where there is none any more."""
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=(";",), empty_lines_in_values=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
        return dict(parser["message"])
    except (OSError, KeyError, configparser.Error):
        return {}


def left(slug: str, user: str, channel: str, since: float, spool: Path = SPOOL) -> str:
    """The id of the message that the channel left in her mailbox since that second; empty where it left none."""
    for path in sorted((spool / slug / user).glob("*/msg*.txt"), reverse=True):
        found = noted(path)
        began = found.get("origtime", "")
        if found.get("callerchan") == channel and began.isdigit() and int(began) >= int(since) - 1:
            return found.get("msg_id", "")
    return ""
