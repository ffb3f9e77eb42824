"""What a call does at a fax mailbox: pages are received and mailed."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends

from .model import FaxMailbox


def trace(boxes: dict[str, FaxMailbox], ref: Ref, _: Scope, call: Call, __: Around) -> Move | None:
    box = boxes.get(ref.name) if ref.kind == "fax" else None
    if box is None:
        return None
    told = Step(f"a fax machine answers; pages go to {', '.join(box.mail)}", ("fax", ref.name, "mail"))
    return ends(call, [told], Ending.FAX, str(ref))
