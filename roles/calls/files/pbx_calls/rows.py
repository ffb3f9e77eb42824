"""Rows of the channel event log, as far as the call log asks for them."""

from __future__ import annotations

import base64
import csv
import json
from dataclasses import dataclass

COLUMNS = ("event", "time", "name", "extra", "call", "leg", "channel", "extension", "context", "caller")
"""What `CALL_EVENTS` of the compiler says; a test holds the two against each other."""
WANTED = ("CHAN_START", "ANSWER", "HANGUP", "CHAN_END", "USER_DEFINED", "BRIDGE_ENTER")


@dataclass(frozen=True)
class Row:
    event: str
    time: float
    """Seconds since 1970."""
    name: str
    """What happened, of a USER_DEFINED: node, made, comes, rings, takes."""
    extra: str
    call: str
    leg: str
    channel: str
    context: str

    @property
    def slug(self) -> str:
        """The tenant whose dialplan the leg is in; empty in the platform's own."""
        slug = self.context.partition(".")[0]
        return "" if slug == "pbx" or "." not in self.context else slug

    @property
    def words(self) -> list[str]:
        """What the dialplan says of it; a hyphen stands for what is not known."""
        return ["" if each == "-" else each for each in self.extra.split(" ")]


def read(line: str) -> Row | None:
    """Nothing where the line is no row, or none that is asked for."""
    try:
        (fields,) = csv.reader([line])
        row = dict(zip(COLUMNS, fields, strict=True))
        if row["event"] not in WANTED:
            return None
        extra = json.loads(row["extra"]) if row["event"] == "USER_DEFINED" and row["extra"] else {}
        said = str(extra.get("extra", ""))
        return Row(
            row["event"], float(row["time"]), row["name"], said, row["call"], row["leg"], row["channel"], row["context"]
        )
    except (ValueError, csv.Error, AttributeError):
        return None


def name(code: str) -> str:
    """What the dialplan wrote in base64: anything that a caller's telephone says, on one line."""
    try:
        text = base64.b64decode(code, validate=True).decode(errors="replace")
    except ValueError:
        return ""
    return "".join(each for each in text if each.isprintable())[:80]
