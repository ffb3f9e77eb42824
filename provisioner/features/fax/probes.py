"""A fax mailbox as a sender meets it: pages that are confirmed, and a mail that carries them.

Only mailboxes that a public number leads to at once: a machine waits for no menu.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.probes import FaxArrives, Faxes, Passes, Probe, example_caller
from provisioner.core.refs import Ref

from .model import FaxMailbox

PAGES = 1


def probes(boxes: dict[str, FaxMailbox], scope: Scope) -> Iterator[Probe]:
    for name, box in boxes.items():
        number = _number(Ref("fax", name), scope)
        if number:
            # A line of its own: what others say and hear on a line is no fax.
            caller = example_caller(zlib.crc32(f"{scope.slug}.{name}".encode()) % 1000)
            yield Probe(
                id=f"fax.{name}",
                title=f"A fax to {box.title or name} arrives as a mail",
                tenant=scope.slug,
                rows=("R8",),
                steps=(
                    Faxes(caller, number, PAGES),
                    FaxArrives(caller, box.mail[0], PAGES),
                    Passes(caller, (f"number:{number}", f"fax:{name}")),
                ),
                seconds=240.0,
            )


def _number(ref: Ref, scope: Scope) -> str:
    """The first public number whose calls come here at once."""
    found = (path for path, each in scope.references if each == ref and path[0] == "numbers")
    return next((str(path[1]) for path in found if path[2:] == ("destination",)), "")
