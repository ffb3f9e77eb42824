"""waiting.json of one tenant: whose telephones show the new messages of which mailboxes (RFC 3842).

The core node keeps it in a table that Asterisk asks when a telephone subscribes to message summaries; nothing of it
is read at a start. The edge puts tenant and user before what the telephone asks for, after it has proved who she is: a
mailbox that stands beside no name of hers cannot be watched by her.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from provisioner.core.artifacts import Line, TextFile

from . import naming
from .objects import AsteriskObject, Waiting

PATH = "waiting.json"


def write(slug: str, objects: Iterable[AsteriskObject]) -> TextFile | None:
    """One line for each name that telephones may subscribe to, or nothing where there is none.

    A user's own name is the sum of all her mailboxes; with a code behind it, it is the mailbox that the code opens.
    """
    found: dict[str, list[Waiting]] = {}
    for each in objects:
        if isinstance(each, Waiting):
            found.setdefault(each.user, []).append(each)
            if each.listen:
                found.setdefault(f"{each.user}.{each.listen}", []).append(each)
    if not found:
        return None
    lines = [Line("{")]
    for count, name in enumerate(sorted(found), start=1):
        boxes = sorted(found[name], key=lambda each: (each.box != each.user, each.box))
        facts = {
            "listen": next((each.listen for each in boxes if each.listen), ""),
            "mailboxes": [naming.mailbox(slug, each.box) for each in boxes],
        }
        comma = "," if count < len(found) else ""
        watched = json.dumps(naming.subscribed(slug, name))
        lines.append(Line(f"  {watched}: {json.dumps(facts)}{comma}", boxes[0].source))
    lines.append(Line("}"))
    return TextFile(PATH, tuple(lines))
