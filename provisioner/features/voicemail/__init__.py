"""Voicemail: mailboxes that several users share (row R5); personal ones belong to `users`."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, kamailio, probes, words
from .model import SharedMailbox

FEATURE: Feature[dict[str, SharedMailbox]] = Feature(
    section="voicemail",
    nouns=("shared mailbox", "shared mailboxes"),
    kind="voicemail",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda boxes: (
        (box.extension, Ref("voicemail", name), ("voicemail", name, "extension"))
        for name, box in boxes.items()
        if box.extension
    ),
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
)
