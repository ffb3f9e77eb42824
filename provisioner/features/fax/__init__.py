"""Fax mailboxes: a received fax goes out as a mail with a PDF (row R8)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, facts, probes, words
from .model import FaxMailbox

FEATURE: Feature[dict[str, FaxMailbox]] = Feature(
    section="fax",
    nouns=("fax box", "fax boxes"),
    kind="fax",
    extensions=lambda boxes: (
        (box.extension, Ref("fax", name), ("fax", name, "extension")) for name, box in boxes.items() if box.extension
    ),
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    probes=probes.probes,
)
